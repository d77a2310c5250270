/** Finds patterns in a buffer of its own, into which the bytes are written. */
export interface AnchorSearch {
  /** Where the bytes go. Stays the same for as long as the search lives. */
  readonly bytes: Buffer;
  /**
   * Reports places of plain and base64 patterns in bytes [from, to) of the buffer, in no promised order; only bytes before `end` count.
   * Ranges that follow one another without a gap report each place once. What is reported is there; guards may or may not have been asked.
   */
  find(from: number, to: number, end: number, report: Report): void;
  /** The same for patterns in UTF-16, but only near text in UTF-16; see `wideRegions`. Byte 0 of the buffer is at a multiple of 16 of its stream. */
  findWide(from: number, to: number, end: number, report: Report): void;
}

/** `pattern` is an index into the patterns that the search was made for. */
export type Report = (pattern: number, start: number) => void;

/** What is searched for: plain and base64 patterns everywhere, those of UTF-16 near its text. */
export interface Wanted<Pattern> {
  readonly everywhere: readonly Pattern[];
  readonly wide: readonly Pattern[];
}

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
