import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CheckDocument, checkOf, examplesOf } from '../../src/checks/document.ts';
import { failingExamples } from '../../src/checks/examples.ts';
import { unnoticedMutants } from '../../src/checks/mutate.ts';
import { readBundle } from '../../src/checks/bundle.generated.ts';
import { problemsOf } from '../../src/checks/validate.ts';
import { validate } from '../../src/checks/validators/check.generated.ts';
import { validate as validateFramework } from '../../src/checks/validators/framework.generated.ts';
import { bundledReferences } from '../support/check-references.ts';

const { loaded, references } = await bundledReferences();
const library = { checks: references.checks, predicates: references.predicates, policy: {} };

it('there are checks to look at', () => {
  expect(loaded.length).toBeGreaterThan(0);
});

it('no two checks share an id, a former id included', () => {
  const ids = references.checks.flatMap(({ id, formerly }) => [id, ...formerly]);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

describe.each(loaded.map((one) => [one.check.id, one] as const))('%s', (_, { check, document }) => {
  it('is written by the schema', () => {
    expect(validate(document)).toEqual([]);
  });

  it('reads only what exists, names only controls that exist, and can be undone or says why not', () => {
    expect(problemsOf(check, document, references)).toEqual([]);
  });

  it('comes out as its examples say', () => {
    expect(failingExamples(check, examplesOf(document), library)).toEqual([]);
  });

  it('has an example that notices each mutant', () => {
    expect(unnoticedMutants(check, examplesOf(document), library).map(({ change }) => change)).toEqual([]);
  });
});

describe.each(readBundle().frameworks.map((one) => [one.id, one] as const))('framework %s', (_, framework) => {
  it('is written by the schema', () => {
    expect(validateFramework(framework)).toEqual([]);
  });

  it('has every id once, each of the owner’s form', () => {
    // Proven by the schema above.
    const { idPattern, controls } = framework as unknown as {
      readonly idPattern: string;
      readonly controls: readonly { readonly id: string }[];
    };
    const ids = controls.map(({ id }) => id);
    expect(ids.filter((id) => !new RegExp(`^(?:${idPattern})$`).test(id))).toEqual([]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

describe('docs/adding-a-check.md', () => {
  const page = readFileSync(new URL('../../docs/adding-a-check.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text as string);
  const whole = blocks.filter((text) => /^fix:/m.test(text) && /^examples:/m.test(text));

  it('shows whole files', () => {
    expect(whole.length).toBeGreaterThan(1);
  });

  it.each(blocks.map((text) => [text.split('\n')[0], text] as const))('is YAML: %s', (_, text) => {
    expect(parse(text)).toBeTypeOf('object');
  });

  it.each(whole.map((text) => [text.split('\n')[0], text] as const))('is right: %s', (_, text) => {
    const id = (/^# checks\/(.*)\.yaml/.exec(text)?.[1] ?? '').replaceAll('/', '.');
    const document = { ...(parse(text) as object), id } as CheckDocument;
    const check = checkOf(document);
    expect(validate(document)).toEqual([]);
    expect(problemsOf(check, document, references)).toEqual([]);
    expect(failingExamples(check, examplesOf(document), library)).toEqual([]);
    expect(unnoticedMutants(check, examplesOf(document), library).map(({ change }) => change)).toEqual([]);
  });
});
