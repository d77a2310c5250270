import type { Excerpts } from '../excerpt.ts';
import type { Span } from '../verify/found.ts';
import type { Packing } from '../verify/verify.ts';

/** Bytes around a lead, unpacked. Offsets of `excerpts` are characters of the unpacked text; `at` is the anchor's. */
export interface Unpacked {
  readonly excerpts: Excerpts;
  readonly at: number;
  readonly packing: Packing;
  /** What begins before this offset is not unpacked: a name that stands before the run. */
  readonly first: number;
  /** Offset in the stream of the character that begins at, or ends before, an offset of the text. */
  startOf(offset: number): number;
  endOf(offset: number): number;
  /** Whether anything of a span of the text is written otherwise than it reads; all of it is if not said. */
  isPacked?(span: Span): boolean;
}
