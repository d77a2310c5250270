import type { ContentReader } from '../containers/content-reader.ts';

/** A member of a tar. Names are whatever somebody wrote: they are compared and printed, never opened. */
export interface TarMember {
  /** Without leading `./` and `/` and without a trailing slash. */
  readonly path: string;
  readonly kind: 'file' | 'hard-link' | 'symbolic-link' | 'directory' | 'other';
  readonly linkName: string;
  /** Offsets of the content in the stream. */
  readonly start: number;
  readonly end: number;
}

export interface TarWalker {
  /** The next bytes of the stream; they are only looked at. */
  walk(bytes: Uint8Array): void;
  end(): TarSummary;
  /** The member whose content goes on behind the last byte. */
  open(): TarMember | undefined;
  isTar(): boolean;
  /** Nothing but zeros was seen where headers stand. */
  isEmpty(): boolean;
  /** The member whose content holds this offset, for offsets that `forget` has not dropped. */
  memberAt(offset: number): TarMember | undefined;
  /** Members that end before this offset will not be asked for. */
  forget(before: number): void;
}

export interface TarSummary {
  /** False: not one header was found. */
  readonly isTar: boolean;
  readonly members: number;
  /** One sentence each: where the structure was lost. */
  readonly faults: readonly string[];
  readonly membersBeyondEnd: number;
}

export interface TarListener {
  /** A reader for the content, where somebody wants it. `head`: the first bytes of the content, up to 512. */
  member(member: TarMember, head: Uint8Array): ContentReader | undefined;
}

/** Header types that Go's reader, and so every container runtime, takes as headers only, whatever their size says. */
export const bodiless: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6']);

/** What a header of this type is; `name`: as it is written. */
export function kindOf(type: string, name: string): TarMember['kind'] {
  if (type === '1') return 'hard-link';
  if (type === '2') return 'symbolic-link';
  // Before POSIX a directory was a file whose name ends in a slash.
  if (type === '5' || (type === '0' && name.endsWith('/'))) return 'directory';
  return bodiless.has(type) ? 'other' : 'file';
}
