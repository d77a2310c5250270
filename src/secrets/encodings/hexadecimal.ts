import type { BytePattern } from '../search/automaton.ts';
import { codesOf } from '../detectors/guard.ts';
import type { Digits } from './digit-run.ts';

/** Two digits for each byte, in either case. */
export const hexDigits: Digits = { values: valuesOf(), bits: 4, characters: 2, bytes: 1 };

function valuesOf(): Int8Array {
  const table = new Int8Array(256).fill(-1);
  for (let value = 0; value < 16; value++) for (const byte of writingsOf(value)) table[byte] = value;
  return table;
}

/** Eight bytes are as many digits as the kernel compares at once. */
const mostBytes = 8;
/** Fewer would be met in ordinary digests all the time. */
const leastBits = 24;

/** A pattern as hexadecimal writes it; `undefined` where too little of it is known. */
export function hexPattern(pattern: BytePattern): BytePattern | undefined {
  const bytes = pattern
    .slice(0, mostBytes)
    .flatMap((set) => [writingsOfAll(set.map((byte) => byte >> 4)), writingsOfAll(set.map((byte) => byte & 15))]);
  while ((bytes.at(-1)?.length ?? 0) > fewEnough) bytes.pop();
  const bits = bytes.reduce((sum, set) => sum + 4 - Math.log2(new Set(set.map((byte) => hexDigits.values[byte])).size), 0);
  return bits < leastBits ? undefined : bytes;
}

/** Digits of which little is known stand at no end. */
const fewEnough = 6;

const writingsOfAll = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b).flatMap(writingsOf);

function writingsOf(value: number): readonly number[] {
  const digit = value.toString(16);
  return [...new Set(codesOf(digit + digit.toUpperCase()))];
}
