import { UsageError } from '../../model/usage-error.ts';
import type { ImageGap } from '../image.ts';
import type { HeldExtent } from './extent.ts';

/** Named byte strings of an image on disk: files of a folder, or members of an archive. */
export interface MemberStore {
  /** Base name of the path: for people, and for ids. */
  readonly name: string;
  /** Rejects where the disk does not say. */
  has(member: string): Promise<boolean>;
  /** Throws `MemberMissing` where there is none. A chunk is valid until the next is asked for. */
  stream(member: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Members that are blobs by their names, whatever names them: all that is left where a list of images is lost. */
  blobs(): Promise<readonly string[]>;
  /** Where a member lies; undefined where there is none, or it cannot be opened: `stream` says why. */
  extent(member: string): Promise<HeldExtent | undefined>;
  /** What is wrong with the store as a whole. */
  readonly problems: readonly ImageGap[];
  close(): Promise<void>;
}

/** A member that something names and that is not there, or is no file. */
export class MemberMissing extends Error {
  override readonly name = 'MemberMissing';
}

/** The system refused to read, or could not: no fault of ours. */
export function isDiskError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

/** The list of a store's images is there, and is none. */
export class ListUnreadable extends UsageError {}

/** `blobs/sha256/HEX` of an OCI layout; `HEX/layer.tar`, `HEX/json`, `HEX.json` and `HEX.tar.gz` of older archives. */
export function isBlobName(member: string): boolean {
  return /^blobs\/sha(?:256|384|512)\/[0-9a-f]{64,128}$|^[0-9a-f]{64}(?:\/layer\.tar|\/json|\.json|\.tar(?:\.gz)?)$/.test(member);
}

const chunkBytes = 256 * 1024;

/** A part of an open file, in chunks that are valid until the next is asked for. Fewer bytes come where the file ends before. */
export async function* streamFile(
  handle: { read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }> },
  startByte: number,
  bytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(chunkBytes, bytes));
  for (let at = startByte; at < startByte + bytes; ) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, startByte + bytes - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
