import { base64Texts } from '../encodings/base64-texts.ts';
import { numbersText, writtenTexts } from '../encodings/written-texts.ts';
import { nestedJson } from './decode.ts';

/** One scalar of a document, with the names that lead to it. */
export interface Leaf {
  /** Stable: list places are `[]`, or `[NAME]` in lists of name and value pairs. */
  readonly place: string;
  /** The same with indexes, to find the leaf again in this one document. */
  readonly exact: string;
  /** The member or variable that holds it. */
  readonly name: string;
  readonly text: string;
  /** The text is JSON whose scalars are leaves of their own. */
  readonly isOpened: boolean;
}

const deepest = 64;
const deepestPacked = 3;

/** Every scalar of a value as text, those inside JSON strings, in base64, hexadecimal, escapes and lists of bytes too. `name` is that of the value itself. */
export function leavesOf(value: unknown, name: string): readonly Leaf[] {
  return walk(value, { place: '', exact: '', name }, 0, 0);
}

type Path = Pick<Leaf, 'place' | 'exact' | 'name'>;

function walk(value: unknown, path: Path, depth: number, unpacked: number): readonly Leaf[] {
  if (value === null || value === undefined) return nameOnly(path);
  if (typeof value === 'object' && depth < deepest) {
    const text = numbersText(value);
    if (text !== undefined) return [...nameOnly(path), { ...path, text, isOpened: false }];
    const below = childrenOf(value, path).flatMap(([child, inner]) => walk(inner, child, depth + 1, unpacked));
    return [...nameOnly(path), ...below];
  }
  if (typeof value === 'object') return [{ ...path, text: flatText(value), isOpened: false }];
  if (typeof value !== 'string') return [{ ...path, text: JSON.stringify(value), isOpened: false }];
  const isDeepEnough = unpacked >= deepestPacked || depth >= deepest;
  const json = isDeepEnough ? undefined : nestedJson(value);
  const inside = json === undefined ? (isDeepEnough ? [] : [...base64Texts(value), ...writtenTexts(value)]) : [json];
  return [{ ...path, text: value, isOpened: json !== undefined }, ...inside.flatMap((inner) => walk(inner, path, depth + 1, unpacked + 1))];
}

/** Names and scalars of a document too deep to walk, as lines. */
function flatText(value: object): string {
  const lines: string[] = [];
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') lines.push(next);
    else if (typeof next !== 'object') lines.push(JSON.stringify(next));
    else if (next !== null)
      for (const [name, inner] of Object.entries(next)) open.push(inner ?? '', typeof inner === 'string' ? `${name}=` : name);
  }
  return lines.join('\n');
}

/** The name of a member that holds no scalar: it may name an issuer, or be a key itself. */
function nameOnly({ name, place, exact }: Path): readonly Leaf[] {
  const isInherited = name === '' || exact === '' || exact.endsWith(']');
  return isInherited ? [] : [{ place, exact: `${exact}#name`, name: '', text: name, isOpened: false }];
}

function childrenOf(value: object, path: Path): readonly (readonly [Path, unknown])[] {
  if (!Array.isArray(value)) return Object.entries(value).map(([member, inner]: [string, unknown]) => [memberOf(path, member), inner]);
  return value.flatMap((item: unknown, index): readonly (readonly [Path, unknown])[] => {
    const pair = pairOf(item);
    const exact = `${path.exact}[${index}]`;
    if (pair === undefined) return [[{ exact, place: `${path.place}[]`, name: path.name }, item]];
    const named = { exact, place: `${path.place}[${pair.name}]`, name: pair.name };
    const valuePath = { ...named, exact: `${exact}.${pair.valueMember}` };
    return [[valuePath, pair.value], ...pair.others.map(([member, inner]) => [memberOf(named, member), inner] as const)];
  });
}

function memberOf({ place, exact }: Path, member: string): Path {
  const below = (path: string): string => (path === '' ? member : `${path}.${member}`);
  return { exact: below(exact), place: below(place), name: member };
}

interface Pair {
  readonly name: string;
  readonly value: unknown;
  readonly valueMember: string;
  readonly others: readonly (readonly [string, unknown])[];
}

/** `{ name, value }`, `{ Name, Value }`, `{ key, value }` and the like: the way environments are written in lists. */
function pairOf(item: unknown): Pair | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(item);
  const name = entries.find(([member]) => /^(?:name|key)$/i.test(member));
  const value = entries.find(([member]) => /^value$/i.test(member));
  if (typeof name?.[1] !== 'string' || value === undefined) return undefined;
  return { name: name[1], valueMember: value[0], value: value[1], others: entries.filter((entry) => entry !== name && entry !== value) };
}
