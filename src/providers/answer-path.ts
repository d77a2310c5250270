import { isJsonList, isJsonObject, type Json } from '../model/json.ts';

/** One step of an answer path: a member, every item of a list (`[]`), every entry of a map (`{}`). */
export type Step = { readonly member: string } | 'items' | 'entries';

/** `Environment.Variables{}` → member, member, entries. */
export function stepsOf(path: string): readonly Step[] {
  return (path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? []).map((text) =>
    text === '[]' ? 'items' : text === '{}' ? 'entries' : { member: text },
  );
}

/** What stands at a place: `name` is the last member's or entry's name, `isWhole` is false where the path could not be followed to its end. */
export interface Found {
  readonly place: string;
  readonly name: string;
  readonly isWhole: boolean;
}

export type Change = (value: Json, found: Found) => Json;

/**
 * The value with each place that the path names changed; everything beside the path is shared with the original.
 * Where the answer does not have the path's form (a text in the place of a list), the change is applied to what stands there:
 * nothing that the path was meant to reach may slip through by being malformed.
 */
export function changeAt(value: Json, steps: readonly Step[], change: Change): Json {
  return walk(value, steps, '', '', change);
}

function walk(value: Json, steps: readonly Step[], place: string, name: string, change: Change): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return change(value, { place, name, isWhole: true });
  if (value === null) return value;
  const isForm = step === 'items' ? isJsonList(value) : isJsonObject(value);
  if (!isForm) return change(value, { place, name, isWhole: false });
  if (isJsonList(value)) return value.map((item, at) => walk(item, rest, `${place}[${at}]`, name, change));
  if (!isJsonObject(value) || step === 'items') return value;
  const below = (member: string) => (place === '' ? member : `${place}.${member}`);
  if (step === 'entries') {
    return Object.fromEntries(Object.entries(value).map(([entry, inner]) => [entry, walk(inner, rest, below(entry), entry, change)]));
  }
  const inner = value[step.member];
  if (inner === undefined) return value;
  return { ...value, [step.member]: walk(inner, rest, below(step.member), step.member, change) };
}

/** True if every place that the path names holds something; a list may be empty, its items may not lack what comes below. */
export function isPresentAt(value: Json | undefined, steps: readonly Step[]): boolean {
  const [step, ...rest] = steps;
  if (value === undefined || value === null) return false;
  if (step === undefined) return true;
  if (step === 'items') return isJsonList(value) && value.every((item) => rest.length === 0 || isPresentAt(item, rest));
  if (!isJsonObject(value)) return false;
  if (step === 'entries') return Object.values(value).every((entry) => isPresentAt(entry, rest));
  return isPresentAt(value[step.member], rest);
}

/** The list at a path of members that ends in `[]`, or `undefined` where there is none. */
export function listAt(value: Json, path: string): readonly Json[] | undefined {
  let found: Json | undefined = value;
  for (const step of stepsOf(path)) {
    if (typeof step === 'string') continue;
    found = isJsonObject(found) ? found[step.member] : undefined;
  }
  return isJsonList(found) ? found : undefined;
}
