import { describe, expect, it } from 'vitest';
import { examplesOf } from '../../src/checks/document.ts';
import { failingExamples } from '../../src/checks/examples.ts';
import { unnoticedMutants } from '../../src/checks/mutate.ts';
import { problemsOf } from '../../src/checks/validate.ts';
import { validate } from '../../src/checks/validators/check.generated.ts';
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
