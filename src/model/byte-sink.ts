import type { Confidence } from './secret-match.ts';

/**
 * Where uncompressed bytes go, in order and once. The decompressor writes straight into the sink's own memory:
 * `room()` is at least 64 KiB and valid until the next `commit` and the `room()` behind it; `commit(n)` says that n bytes were written at its start.
 * The sink may be a matcher, or a matcher and something else beside it.
 */
export interface ByteSink {
  room(): Uint8Array;
  commit(bytes: number): void;
  /**
   * At this offset one file ends and something else begins right behind it, with nothing between: no key reaches over it.
   * Said before the bytes around it are committed; of files inside of files in any order.
   */
  cut(at: number): void;
  /**
   * Between these offsets stands a program: strings in it may touch one another. Said before the bytes are committed; said again with its
   * end where that was not known.
   */
  program(from: number, to: number): void;
  /** Matches whose bytes have been seen completely, in order of `startByte`; each is handed out once. */
  take(): readonly StreamMatch[];
  /**
   * Runs of base64 that begin as something packed, of characters that are all escaped, and of bytes as numbers, decoded: what is known of them now,
   * in order, each part handed out once; before escapes and numbers, what they are assigned to. Asked for after `commit`, while the run's start is still held, and after `end`.
   */
  encoded(): readonly EncodedPart[];
  /** What of the stream is still in the sink's memory, until the next `room()`; the starts of matches that were just taken are. */
  held(): Held;
  /** No more bytes come: everything that was held back is decided. */
  end(): readonly StreamMatch[];
}

/** A part of a stream, up to the last byte that was written. */
export interface Held {
  readonly bytes: Uint8Array;
  /** Offset in the stream of the first of them. */
  readonly startByte: number;
  /** What stands before this offset is let go by the next `room()`. */
  readonly keptFrom: number;
  /** How many newlines there are in [from, to) of `bytes`. */
  readonly newlines: (from: number, to: number) => number;
}

/**
 * What a run of base64 holds by its first characters; `escapes` is a run of characters that are all escaped, `list of numbers` one of bytes as
 * JSON and programs write them, and a `dump` is hexadecimal in lines with addresses.
 */
export type EncodedKind =
  | 'gzip in base64'
  | 'gzip in base64, twice'
  | 'zlib in base64'
  | 'zip in base64'
  | 'zstd in base64'
  | 'xz in base64'
  | 'bzip2 in base64'
  | 'base64'
  | 'escapes'
  | 'list of numbers'
  | 'dump';

/** Bytes of what a run of base64 holds, decoded (as often as it was encoded). */
export interface EncodedPart {
  readonly kind: EncodedKind;
  /** Offset in the stream of the run's first character; parts of one run have the same. */
  readonly startByte: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** A key in a stream of bytes. No value: offsets, masked form and digest only. */
export interface StreamMatch {
  /** `<issuer>.<kind>`, or `shared.<shape>` where formats collide. */
  readonly detector: string;
  readonly issuerCandidates: readonly string[];
  /** Offsets in the uncompressed stream. */
  readonly startByte: number;
  readonly endByte: number;
  readonly shown: string;
  readonly digest?: string;
  /** The digest under the public constant, where the user has a key of their own (else `digest` is that). Absent where `digest` is. */
  readonly publicDigest?: string;
  readonly confidence: Confidence;
  readonly why: string;
  /** How it was packed: `utf-16le`, `utf-16be`, `base64`, `hexadecimal`, `escapes`; absent for plain bytes. */
  readonly packed?: string;
}
