import type { BytePattern } from '../automaton.ts';

/** How long a pattern is, and, where the kernel's masks do not say it all, a table of members for each of its bytes. */
export function memberTables(pattern: BytePattern): { readonly length: number; readonly tables?: readonly Uint8Array[] } {
  return { length: pattern.length, ...(!isExact(pattern) && { tables: pattern.map(memberTable) }) };
}

const comparedBytes = 16;

/** Do the bits that a set's members share say exactly who they are? */
function isExact(sets: BytePattern): boolean {
  return (
    sets.length <= comparedBytes &&
    sets.every((set) => set.length === 1 || (set.length === 2 && isPowerOfTwo((set[0] ?? 0) ^ (set[1] ?? 0))))
  );
}

const isPowerOfTwo = (bits: number): boolean => bits !== 0 && (bits & (bits - 1)) === 0;

/** By byte: 1 where it is of the set. */
export function memberTable(set: readonly number[]): Uint8Array {
  const members = new Uint8Array(256);
  for (const byte of set) members[byte] = 1;
  return members;
}
