import type { NameUse } from '../models/model-warnings.ts';
import { isBuiltins, type Reach, reachOf } from './pickle-globals.ts';
import { isArrayWrapper, type RawArray, rawArrayOf } from './pickled-arrays.ts';

export type { RawArray } from './pickled-arrays.ts';

/** A bound was reached. */
export class Cut extends Error {}

/** A name that is imported, and what is done with it. */
export interface Import {
  readonly module: string;
  readonly name: string;
  readonly reach: Reach | undefined;
  use: NameUse;
  /** `getattr` whose arguments were read: what it looks up is an import of its own. */
  isReadThrough?: true;
}

/** A list, a tuple, a mapping or an object: which names that reach somewhere lie in it, and what else of it is known. */
interface Whole {
  readonly parts: Import[];
  readonly isTuple?: true;
  /** Of a short tuple of short texts and other values. */
  readonly items?: readonly Value[];
  /** Of what tells where an array stands: what was called to make it, and with what. */
  readonly made?: { readonly by: Import; readonly of: readonly Value[] };
  /** Of a mapping: those members that tell where an array stands. */
  readonly members?: (readonly [name: string, value: Value])[];
}

/** A text that was not remembered. */
export const lostText: { readonly text: string } = { text: '' };

export type Value =
  | { readonly text: string }
  | { readonly number: number }
  | { readonly imported: Import }
  | Whole
  | typeof mark
  | undefined;
const mark = Symbol('mark');

const deepestStack = 30_000;
const mostMemo = 60_000;
/** Texts that are remembered; of others it is known that they are texts. */
const mostTexts = 20_000;
const mostImports = 10_000;
/** Of the names in one container: a risk is told by any of them. */
const mostParts = 8;

export interface PickleStack {
  push(value: Value): void;
  pop(): Value;
  top(): Value;
  pushMark(): void;
  /** What stands above the last mark; the mark goes, too. */
  toMark(): readonly Value[];
  /** A container of these. */
  pack(kind: PackKind, values: readonly Value[]): void;
  packLast(count: number): void;
  /** Puts the values into what lies on top. */
  put(values: readonly Value[]): void;
  /** The last values are put into what lies below them. */
  putLast(count: number): void;
  /** What stands behind it where it makes an array. */
  build(): RawArray | undefined;
  remember(key: number | undefined): void;
  recall(key: number): void;
  import(module: string, name: string): void;
  call(callee: Value, args: readonly Value[]): void;
  callLast(count: number): void;
  /** Another one with the same content. */
  fork(imports: Map<string, Import>): PickleStack;
}

/** The stack and the memo of a machine that runs nothing. `imports` is shared by the pickles of a file; it throws `Cut` beyond its bounds. */
export function pickleStack(imports: Map<string, Import>, stack: Value[] = [], memo = new Map<number, Value>()): PickleStack {
  let texts = 0;

  function push(value: Value): void {
    if (stack.length >= deepestStack) throw new Cut();
    stack.push(value);
  }

  function imported(module: string, name: string): Value {
    const key = `${module}.${name}`;
    const known = imports.get(key);
    if (known !== undefined) return { imported: known };
    const one: Import = { module, name, reach: reachOf(module, name), use: 'imported' };
    if (imports.size < mostImports) imports.set(key, one);
    else if (one.reach !== undefined) throw new Cut();
    return { imported: one };
  }

  function put(values: readonly Value[]): void {
    const into = stack.at(-1);
    if (isWhole(into)) {
      addParts(into.parts, values);
      if (into.members !== undefined) addMembers(into.members, values);
    } else if (isImport(into)) hand(values);
  }

  function call(callee: Value, args: readonly Value[]): void {
    const by = isImport(callee) ? callee.imported : undefined;
    const found = attributeOf(by, args);
    if (by !== undefined && found !== undefined) {
      by.isReadThrough = true;
      return push(imported(found.module, found.name));
    }
    if (by !== undefined) by.use = 'called';
    const parts = hand(args);
    push({ parts, ...(by !== undefined && tellsOfArrays(by) && { made: { by, of: args } }) });
  }

  return {
    push,
    pop: () => stack.pop(),
    top: () => stack.at(-1),
    pushMark: () => push(mark),
    toMark() {
      const from = stack.lastIndexOf(mark);
      const above = stack.splice(from < 0 ? 0 : from);
      return from < 0 ? above : above.slice(1);
    },
    pack: (kind, values) => push(whole(kind, values)),
    packLast: (count) => push(whole('tuple', stack.splice(-count))),
    put,
    putLast: (count) => put(stack.splice(-count)),
    build() {
      const state = stack.pop();
      const into = stack.at(-1);
      const isOdd = isImport(into) || (isWhole(state) && state.isTuple === true);
      // The attributes of an object may be any function; those of a module or a class, and what a callable is made of, will be called.
      hand([state], isOdd ? undefined : 'far');
      if (isWhole(into)) addParts(into.parts, [state]);
      return isArray(into) ? arrayOf(state) : undefined;
    },
    remember(key) {
      const place = key ?? memo.size;
      if (memo.size >= mostMemo && !memo.has(place)) throw new Cut();
      const value = stack.at(-1);
      const isText = typeof value === 'object' && 'text' in value;
      if (isText) texts++;
      memo.set(place, isText && texts > mostTexts ? lostText : value);
    },
    recall: (key) => push(memo.get(key)),
    import: (module, name) => push(imported(module, name)),
    call,
    callLast(count) {
      const [callee, ...args] = stack.splice(-count);
      call(callee, args);
    },
    fork: (others) => pickleStack(others, [...stack], new Map(memo)),
  };
}

const isImport = (value: Value): value is { readonly imported: Import } => typeof value === 'object' && 'imported' in value;
const isWhole = (value: Value): value is Whole => typeof value === 'object' && 'parts' in value;

function addParts(parts: Import[], values: readonly Value[]): void {
  const add = (part: Import): void => {
    if (parts.length < mostParts && !parts.includes(part)) parts.push(part);
  };
  for (const value of values) {
    if (parts.length >= mostParts) return;
    if (isImport(value) && value.imported.reach !== undefined) add(value.imported);
    else if (isWhole(value)) for (const part of value.parts) add(part);
  }
}

const mostItems = 8;

/** What tells of an array or of an attribute is short. */
const isShort = (value: Value): boolean => typeof value !== 'object' || !('text' in value) || value.text.length <= 64;

export type PackKind = 'tuple' | 'mapping' | 'list';

function whole(kind: PackKind, values: readonly Value[]): Whole {
  const parts: Import[] = [];
  addParts(parts, values);
  if (kind === 'list') return { parts };
  if (kind === 'tuple') return { parts, isTuple: true, ...(values.length <= mostItems && values.every(isShort) && { items: values }) };
  const members: (readonly [string, Value])[] = [];
  addMembers(members, values);
  return { parts, members };
}

/** Gives them away to what is called or built; `only`: those that reach so far. */
function hand(values: readonly Value[], only?: Reach): Import[] {
  const parts: Import[] = [];
  addParts(parts, values);
  for (const part of parts) if (part.use === 'imported' && (only === undefined || part.reach === only)) part.use = 'handed';
  return parts;
}

/** `getattr(X, 'name')` with both known: enumerations and class methods are pickled so by some versions of Python. */
function attributeOf(by: Import | undefined, args: readonly Value[]): { readonly module: string; readonly name: string } | undefined {
  if (by === undefined || !isBuiltins(by.module) || by.name !== 'getattr') return undefined;
  const [tuple] = args;
  const [owner, name] = isWhole(tuple) ? (tuple.items ?? []) : [];
  if (!isImport(owner) || typeof name !== 'object' || !('text' in name)) return undefined;
  return { module: owner.imported.module, name: `${owner.imported.name}.${name.text}` };
}

/** Each of them, and again. */
const mostMembers = 6;
const arrayMembers: ReadonlySet<string> = new Set(['shape', 'dtype', 'numpy_array_alignment_bytes']);

function addMembers(members: (readonly [string, Value])[], values: readonly Value[]): void {
  for (let at = 0; at + 1 < values.length; at += 2) {
    const name = values[at];
    if (typeof name === 'object' && 'text' in name && arrayMembers.has(name.text) && members.length < mostMembers)
      members.push([name.text, values[at + 1]]);
  }
}

const tellsOfArrays = ({ module, name }: Import): boolean => name === '_reconstructor' || name === 'dtype' || isArrayWrapper(module, name);

/** Made by the wrapper itself, or by what older protocols make every object by. */
function isArray(value: Value): boolean {
  if (!isWhole(value) || value.made === undefined) return false;
  const { by, of } = value.made;
  const [tuple] = of;
  const [first] = isWhole(tuple) ? (tuple.items ?? []) : [];
  const maker = by.name === '_reconstructor' && isImport(first) ? first.imported : by;
  return isArrayWrapper(maker.module, maker.name);
}

function arrayOf(state: Value): RawArray {
  const members = new Map(isWhole(state) ? state.members : []);
  const shape = members.get('shape');
  const dtype = members.get('dtype');
  const alignment = members.get('numpy_array_alignment_bytes');
  const [argument] = isWhole(dtype) ? (dtype.made?.of ?? []) : [];
  const [type] = isWhole(argument) ? (argument.items ?? []) : [];
  return rawArrayOf({
    shape: isWhole(shape)
      ? shape.items?.map((item) => (typeof item === 'object' && 'number' in item ? item.number : undefined))
      : undefined,
    type: typeof type === 'object' && 'text' in type ? type.text : undefined,
    isAligned: typeof alignment === 'object' && 'number' in alignment,
  });
}
