/** Finds anchors in a buffer of its own, into which the bytes are written. */
export interface AnchorSearch {
  /** Where the bytes go. Stays the same for as long as the search lives. */
  readonly bytes: Buffer;
  /**
   * Reports places of patterns in bytes [from, to) of the buffer, in no promised order; only bytes before `end` count.
   * Ranges that follow one another without a gap report each place once. What is reported is there, and passes its guard or
   * has not been asked: guards are for speed.
   */
  find(from: number, to: number, end: number, report: (pattern: number, start: number) => void): void;
}
