import type { Asset } from '../../model/asset.ts';
import type { Fix, FixStep } from '../../model/check.ts';
import { factAt, unreadAt } from '../../model/fact-path.ts';
import { accountOf, regionOf } from '../../model/finding-order.ts';
import type { Json } from '../../model/json.ts';
import { isJsonObject } from '../../model/json.ts';
import type { RenderedFix } from '../../model/report.ts';
import { putInto } from './argument.ts';

type Step = { readonly run: readonly string[]; readonly note?: string };

/** The file that a read-modify-write step keeps its document in. */
const bodyFile = 'aispm-body.json';

/**
 * Fills the placeholders of a fix from the asset. Steps stay argv lists: no value is ever part of a shell line.
 * What is absent, unread or could change the meaning of a command stays a visible `<…>`, and a note says so.
 * `{input.NAME}` stays: only the user knows it.
 */
export function renderFix(fix: Fix, asset: Asset, element?: string): RenderedFix {
  const resolve = (placeholder: string): Resolved => valueOf(placeholder, asset, element);
  const { undo } = fix;
  return {
    kind: fix.kind,
    do: inWords(fix.do, resolve),
    inputs: fix.inputs ?? {},
    steps: (fix.steps ?? []).flatMap((step) => renderStep(step, resolve)),
    undo: undoOf(undo, fix, resolve),
    ...(fix.effect !== undefined && { effect: fix.effect }),
  };
}

export type Resolved = { readonly text: string } | { readonly missing: string };

function valueOf(placeholder: string, asset: Asset, element: string | undefined): Resolved {
  if (placeholder === 'element') return element === undefined ? { missing: 'the finding is about no single element' } : { text: element };
  if (placeholder === 'asset.id') return { text: asset.id };
  if (placeholder === 'asset.name') return { text: asset.name };
  if (placeholder === 'scope.account') return { text: accountOf(asset.scope).split('/')[1] ?? '' };
  if (placeholder === 'scope.region') return { text: regionOf(asset.scope) };
  if (placeholder.startsWith('fact.')) return factOf(placeholder.slice('fact.'.length), asset);
  return { missing: 'this version of aispm does not know it' };
}

function factOf(path: string, asset: Asset): Resolved {
  const value = factAt(asset.facts, path);
  if (value !== undefined && value !== null && value !== '') return textOf(value);
  return { missing: unreadAt(asset, path) ? 'it was not read' : 'the asset has none' };
}

function textOf(value: Json): Resolved {
  if (typeof value === 'string') return { text: value };
  if (isJsonObject(value) && value.$inspected === true) return { missing: 'it may hold a secret' };
  return { text: typeof value === 'object' ? JSON.stringify(value) : String(value) };
}

function renderStep(step: FixStep, resolve: (placeholder: string) => Resolved): readonly Step[] {
  if ('run' in step) return [withNotes(step.run, resolve, step.note)];
  if ('wait' in step) {
    const { read, until } = step.wait;
    return [withNotes(read, resolve, `repeat until ${until.path} is ${JSON.stringify(until.is)}`)];
  }
  const { read, at, keep, set, write } = step.edit;
  const source = at === undefined ? 'the answer' : `"${at}" of the answer`;
  const kept = keep === undefined ? source : `of ${source} only ${keep.join(', ')}`;
  const settings = settingsOf(set).map(
    ([path, value]) => `${path} to ${typeof value === 'string' ? inWords(value, resolve) : JSON.stringify(value)}`,
  );
  return [
    withNotes(read, resolve, `take ${kept}, set ${settings.join(', ')}, and save it as ${bodyFile}, readable by you alone`),
    withNotes(
      write.map((argument) => argument.replaceAll('{body}', bodyFile)),
      resolve,
    ),
  ];
}

function undoOf(undo: Fix['undo'], fix: Fix, resolve: (placeholder: string) => Resolved): RenderedFix['undo'] {
  if (typeof undo !== 'string') return undo.flatMap((step) => renderStep(step, resolve));
  if (undo !== 'restore') return inWords(undo, resolve);
  const edits = (fix.steps ?? []).filter((step) => 'edit' in step);
  if (edits.length === 0) return 'restore: set back the value that was there before';
  return edits.map((step) =>
    withNotes(
      step.edit.write.map((argument) => argument.replaceAll('{body}', bodyFile)),
      resolve,
      `with ${bodyFile} as it was read, before anything was set`,
    ),
  );
}

/** The leaves of `set`, by dotted path. */
function settingsOf(set: Json, prefix = ''): readonly (readonly [string, Json])[] {
  if (!isJsonObject(set) || Object.keys(set).length === 0) return [[prefix, set]];
  return Object.entries(set).flatMap(([name, value]) => settingsOf(value, prefix === '' ? name : `${prefix}.${name}`));
}

function withNotes(template: readonly string[], resolve: (placeholder: string) => Resolved, note?: string): Step {
  const { argv, notes } = putInto(template, resolve);
  const all = note === undefined ? notes : [note, ...notes];
  return all.length === 0 ? { run: argv } : { run: argv, note: all.join('; ') };
}

/** A sentence may hold any value: whoever prints it escapes it for the place. */
function inWords(text: string, resolve: (placeholder: string) => Resolved): string {
  return text.replaceAll(/\{((?:fact|asset|scope)\.[^{}]+|element)\}/g, (_, placeholder: string) => {
    const value = resolve(placeholder);
    return 'text' in value ? value.text : `<${placeholder}>`;
  });
}
