/**
 * What must stand around an anchor, or it leads to no key: told by looking at a few bytes, before any text is made of them.
 * Offsets are bytes from the anchor's start (characters, where the text is packed). A guard never refuses what verification would accept.
 */
export type Guard = GuardRule & {
  /** Length of the anchor, if letters may stand neither right before nor right behind it. */
  readonly alone?: number;
};

export type GuardRule =
  | { readonly kind: 'none' }
  /** Every one of `length` bytes from `from` on is in the set. */
  | { readonly kind: 'run'; readonly set: readonly number[]; readonly from: number; readonly length: number }
  /** One byte in [from, to) is in the set. */
  | { readonly kind: 'byte'; readonly set: readonly number[]; readonly from: number; readonly to: number }
  /** A run of at least `length` bytes of the set lies in [from, to). */
  | { readonly kind: 'run within'; readonly set: readonly number[]; readonly length: number; readonly from: number; readonly to: number };
