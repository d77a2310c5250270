import type { GapId } from '../model/ids.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { type Step, stepsOf } from './answer-path.ts';
import { unreadMembersOf, withUnreadMembers } from './unread-members.ts';

/** Answer path → type in the vendor's model, for one operation; paths without a type of their own are `text`. */
export type AnswerTypes = { readonly [path: string]: string };

/** The vendor's model of an answer as a tree. */
export interface ShapeNode {
  readonly type?: string;
  readonly members: ReadonlyMap<string, ShapeNode>;
  readonly items?: ShapeNode;
  readonly entries?: ShapeNode;
}

/** A place of an answer whose type is not the model's. */
export interface Misfit {
  /** Concrete place (`value[3].tags`). */
  readonly path: string;
  readonly found: string;
  readonly wanted: string;
}

interface TypedPath {
  readonly steps: readonly Step[];
  readonly type: string | undefined;
}

export function shapeOf(types: AnswerTypes): ShapeNode {
  return nodeOf(
    Object.entries(types).map(([path, type]) => {
      const steps = stepsOf(path);
      // The type of `list[]` is that of the list, which `items` says already.
      return { steps, type: typeof steps.at(-1) === 'string' ? undefined : type };
    }),
  );
}

function nodeOf(paths: readonly TypedPath[]): ShapeNode {
  const members = new Map<string, TypedPath[]>();
  const items: TypedPath[] = [];
  const entries: TypedPath[] = [];
  let type: string | undefined;
  for (const path of paths) {
    const [step, ...steps] = path.steps;
    const below = { steps, type: path.type };
    if (step === undefined) type = path.type ?? type;
    else if (step === 'items') items.push(below);
    else if (step === 'entries') entries.push(below);
    else members.set(step.member, [...(members.get(step.member) ?? []), below]);
  }
  return {
    ...(type !== undefined && { type }),
    members: new Map([...members].map(([member, below]) => [member, nodeOf(below)])),
    ...(items.length > 0 && { items: nodeOf(items) }),
    ...(entries.length > 0 && { entries: nodeOf(entries) }),
  };
}

/**
 * The answer without the members whose type is not the model's; each is reported once. Members that the model does not know
 * stay, so do absent ones, and `null` counts as absent. Spelling of values is not compared.
 */
export function fitToShape(answer: JsonObject, shape: ShapeNode, note: (misfit: Misfit) => GapId): JsonObject {
  const fitted = fit(answer, shape, '', note);
  return isJsonObject(fitted) ? fitted : answer;
}

function fit(value: Json, shape: ShapeNode, place: string, note: (misfit: Misfit) => GapId): Json {
  if (isJsonList(value)) {
    const items = shape.items;
    return items === undefined ? value : mapShared(value, (item, at) => fit(item, items, `${place}[${at}]`, note));
  }
  if (!isJsonObject(value) || value['$inspected'] === true) return value;
  const misfits: { member: string; gap: GapId }[] = [];
  const kept: [string, Json][] = [];
  let changed = false;
  for (const [member, inner] of Object.entries(value)) {
    const node = shape.members.get(member) ?? shape.entries;
    if (node === undefined) {
      kept.push([member, inner]);
      continue;
    }
    const path = place === '' ? member : `${place}.${member}`;
    const wanted = misfitOf(inner, node);
    if (wanted !== undefined) {
      misfits.push({ member, gap: note({ path, found: kindOf(inner), wanted }) });
      changed = true;
      continue;
    }
    const fitted = fit(inner, node, path, note);
    if (fitted !== inner) changed = true;
    kept.push([member, fitted]);
  }
  if (!changed) return value;
  const copy: JsonObject = { ...value, ...Object.fromEntries(kept) };
  if (misfits.length === 0) return copy;
  const gone = new Set(misfits.map(({ member }) => member));
  const left = Object.fromEntries(Object.entries(copy).filter(([member]) => !gone.has(member)));
  return withUnreadMembers(left, [...unreadMembersOf(value), ...misfits]);
}

function mapShared(list: readonly Json[], change: (item: Json, at: number) => Json): readonly Json[] {
  let copy: Json[] | undefined;
  list.forEach((item, at) => {
    const changed = change(item, at);
    if (changed === item) return;
    copy ??= [...list];
    copy[at] = changed;
  });
  return copy ?? list;
}

const numbers = new Set(['integer', 'long', 'float', 'double', 'number']);
const objects = new Set(['structure', 'object', 'map', 'union']);
const anything = new Set(['any', 'cut', 'document', 'blob']);

/** What the model wants in place of the value, or `undefined` if the value fits. */
function misfitOf(value: Json, node: ShapeNode): string | undefined {
  if (value === null || (node.type !== undefined && anything.has(node.type))) return undefined;
  // A list whose items carry secrets, and that was none, was inspected as a whole.
  if (isJsonObject(value) && value['$inspected'] === true) return node.items === undefined ? undefined : 'a list';
  if (node.items !== undefined) return listMisfit(value, node.items);
  if (node.entries !== undefined) return isJsonObject(value) ? undefined : 'an object';
  if (node.type !== undefined && objects.has(node.type)) return isJsonObject(value) ? undefined : 'an object';
  // A union of several forms has members and no type of its own: any of the forms may come.
  if (node.members.size > 0) return undefined;
  if (node.type === 'boolean') return typeof value === 'boolean' ? undefined : 'true or false';
  if (node.type !== undefined && numbers.has(node.type)) return isNumeric(value) ? undefined : 'a number';
  if (node.type === undefined) return undefined;
  return typeof value === 'object' ? 'text' : undefined;
}

// Collectors walk the items of a list: one that has no members would break them.
function listMisfit(value: Json, items: ShapeNode): string | undefined {
  if (!isJsonList(value)) return 'a list';
  return items.members.size > 0 && !value.every(isJsonObject) ? 'a list of objects' : undefined;
}

// Several vendors write counters as text.
function isNumeric(value: Json): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && Number.isFinite(Number(value)));
}

function kindOf(value: Json): string {
  if (isJsonList(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
