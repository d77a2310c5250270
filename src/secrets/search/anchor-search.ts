import type { NetName } from './search-tables.ts';

/** Finds patterns in a buffer of its own, into which the bytes are written. */
export interface AnchorSearch {
  /** Where the bytes go. Stays the same for as long as the search lives. Byte 0 is at a multiple of 16 of its stream. */
  readonly bytes: Buffer;
  /**
   * Reports places of patterns in bytes [from, to) of the buffer, in no promised order; only bytes before `end` count.
   * Those of UTF-16 are reported near such text alone: see `wideRegions`. Ranges that follow one another without a gap report each place once. What is reported is there; guards may or may not have been asked.
   */
  find(from: number, to: number, end: number, report: Report): void;
  /** How many newlines there are in bytes [from, to) of the buffer. */
  readonly newlines: (from: number, to: number) => number;
}

/** `pattern` is one of the net's. */
export type Report = (net: NetName, pattern: number, start: number) => void;

/** From a block of text in UTF-16, patterns are searched so far to either side: names stand some distance from keys. */
export const wideReach = 1024;
export const wideBlock = 16;

/**
 * The parts of [from, to) that are near a block of UTF-16. `blocks`: offsets of such blocks, rising, from `wideReach` before `from`
 * to as far behind `to`.
 */
export function* wideRegions(blocks: Iterable<number>, from: number, to: number): Iterable<readonly [from: number, to: number]> {
  let start = from;
  let end = from;
  for (const block of blocks) {
    const first = Math.max(from, block - wideReach);
    const behind = Math.min(to, block + wideBlock + wideReach);
    if (first > end) {
      if (end > start) yield [start, end];
      start = first;
    }
    end = Math.max(end, behind);
  }
  if (end > start) yield [start, end];
}
