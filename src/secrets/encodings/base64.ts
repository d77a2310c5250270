import type { BytePattern } from '../search/automaton.ts';
import type { Digits } from './digit-run.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes that a character may be: the last two differ between base64 and base64url. */
const writings: readonly (readonly number[])[] = Array.from(alphabet, (character, value) =>
  value === 62 ? [0x2b, 0x2d] : value === 63 ? [0x2f, 0x5f] : [character.charCodeAt(0)],
);

export const noBase64 = -1;

/** What a byte means in base64: 0 to 63, or `noBase64`. */
export const values: Int8Array = valuesOf();

function valuesOf(): Int8Array {
  const table = new Int8Array(256).fill(noBase64);
  for (const [value, bytes] of writings.entries()) for (const byte of bytes) table[byte] = value;
  return table;
}

export const base64Digits: Digits = { values, bits: 6, characters: 4, bytes: 3 };

/** A pattern as base64 writes it where its first byte is byte `phase` of a group of three. */
export interface Base64Pattern {
  readonly bytes: BytePattern;
  readonly phase: number;
  /** Characters of that group before the first of `bytes`. */
  readonly skipped: number;
}

const longestPattern = 10;
const fewEnough = 4;

/** The three ways in which base64 may write a text in its middle. Characters of which few bits are known stand at no end. */
export function base64Patterns(pattern: BytePattern): readonly Base64Pattern[] {
  return [0, 1, 2].flatMap((phase) => {
    const characters = charactersOf(pattern, phase);
    const known = [4, 16].map((most) => characters.findIndex((set) => set.length <= most));
    const from = known.find((first) => first >= 0 && characters.length - first >= 4) ?? -1;
    let to = Math.min(characters.length, from + longestPattern);
    while (to > from + 4 && (characters[to - 1]?.length ?? 0) > fewEnough) to--;
    const bytes = characters.slice(from, to).map((set) => set.flatMap((value) => writings[value] ?? []));
    return from < 0 || bitsIn(bytes) < leastBits ? [] : [{ bytes, phase, skipped: from }];
  });
}

/** Fewer known bits would be met in ordinary base64 all the time. */
const leastBits = 20;
const bitsIn = (bytes: BytePattern): number => bytes.reduce((bits, set) => bits + 6 - Math.log2(set.length), 0);

/** For each character of the groups that hold the pattern: its possible values. */
function charactersOf(pattern: BytePattern, phase: number): readonly (readonly number[])[] {
  const any = Array.from({ length: 256 }, (_, byte) => byte);
  const setAt = (at: number): readonly number[] => pattern[at - phase] ?? any;
  const count = Math.ceil(((phase + pattern.length) * 8) / 6);
  return Array.from({ length: count }, (_, at) => {
    const bit = at * 6;
    const first = bit >> 3;
    const shift = bit & 7;
    const found = new Set<number>();
    if (shift <= 2) for (const a of setAt(first)) found.add((a >> (2 - shift)) & 63);
    else {
      // Six bits over two bytes: what each of them gives is known by itself.
      const lows = new Set(setAt(first + 1).map((b) => b >> (10 - shift)));
      for (const high of new Set(setAt(first).map((a) => (a << (shift - 2)) & 63))) for (const low of lows) found.add(high | low);
    }
    return [...found].sort((a, b) => a - b);
  });
}
