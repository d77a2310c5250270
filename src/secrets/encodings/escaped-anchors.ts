import type { Anchor } from '../detectors/anchor.ts';
import type { BytePattern } from '../search/automaton.ts';
import { codesOf, type Guard } from '../detectors/guard.ts';

/** So many letters of fixed text are rare enough by themselves. */
const enoughFixed = 6;
/** A run behind the anchor that is not escaped: longer where no sign of its class ever is. */
const leastRun = 10;
const leastRunOfSigns = 4;

/** What must stand beside an anchor whose key is escaped farther on: a shorter run than usual. */
export function escapedGuard({ bytes, guard }: Anchor): Guard {
  if (guard.kind !== 'run' || guard.from < 0 || bytes.filter((set) => set.length === 1).length >= enoughFixed) return { kind: 'none' };
  const hasSigns = codesOf('+/=').some((sign) => guard.set.includes(sign));
  return { ...guard, length: Math.min(guard.length, hasSigns ? leastRunOfSigns : leastRun) };
}

/** Signs that URLs, JSON or pages do not leave as they are. */
const escapable = codesOf(' "&+,/:;<=>@');

/** An anchor with its signs escaped, in each of the ways in which they are: all of them in the same. */
export function escapedPatterns(pattern: BytePattern): readonly BytePattern[] {
  const isSign = (set: readonly number[]): boolean => set.length === 1 && set.every((byte) => escapable.includes(byte));
  if (!pattern.some(isSign)) return [];
  return writings.map((write) => pattern.flatMap((set) => (isSign(set) ? anyCase(write(set[0] as number)) : [set])));
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const writings: readonly ((byte: number) => string)[] = [
  (byte) => `%${hex(byte)}`,
  (byte) => `%25${hex(byte)}`,
  (byte) => `\\u00${hex(byte)}`,
  (byte) => `&#x${hex(byte)};`,
  (byte) => `&#${byte};`,
];

const anyCase = (text: string): BytePattern =>
  text.split('').map((character) => [...new Set(codesOf(character.toLowerCase() + character.toUpperCase()))]);
