import type { Copies } from './copies.ts';
import type { InflatePool } from '../unpack/inflate-handle.ts';
import type { ContentReader } from './content-reader.ts';

/** Where a container stands, and what its reader may do. */
export interface Container {
  readonly path: string;
  readonly inflates: InflatePool;
  /** Starts a file of unpacked content. Undefined: a budget is spent. */
  item(name: string): Item | undefined;
  /** For files that stand in the container in parts. Undefined: a budget is spent. */
  copies(): Copies | undefined;
  /** A file that is stored as it is, from an offset of the container on. */
  stored(name: string, start: number, end: number, head: Uint8Array): ContentReader | undefined;
  /** At this offset of the container something else begins: no key reaches over it. Said before the bytes around it are searched. */
  cut(at: number): void;
  /** Of a kind that is not read by design. */
  limit(subject: string): void;
  /** Could have been read, and was not. */
  gap(reason: 'malformed' | 'too-large', detail: string): void;
}

export interface Item {
  /** False: a budget is spent, and the container is not read further. */
  write(bytes: Uint8Array): boolean;
  end(isWhole: boolean): void;
}
