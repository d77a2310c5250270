import type { Touched } from './touching.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A run of bytes that may be a key. */
export interface Found extends Span {
  /** What of it the shape leaves open. */
  readonly random: string;
  /** It was told in spite of its neighbours. */
  readonly touched?: Touched;
}
