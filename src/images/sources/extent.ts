import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Bytes as they lie on disk: a part of an open file. It crosses threads: a descriptor belongs to the whole process. */
export interface Extent {
  readonly fd: number;
  readonly startByte: number;
  readonly bytes: number;
}

/** The file stays open until it is closed here. */
export interface HeldExtent extends Extent {
  close(): Promise<void>;
}

/** A whole file. Throws what the system says. */
export async function openExtent(path: string): Promise<HeldExtent> {
  const handle = await open(path, 'r');
  return { fd: handle.fd, startByte: 0, bytes: (await handle.stat()).size, close: () => handle.close() };
}

/** Small enough that what was read is still at hand when it is unpacked. */
const chunkBytes = 128 << 10;

/**
 * Reads in the calling thread, which waits for the disk. Chunks are valid until the next is asked for; fewer bytes come where the file ends
 * before. Throws what the system says.
 */
export function* readExtent({ fd, startByte, bytes }: Extent): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(chunkBytes, bytes));
  for (let at = startByte; at < startByte + bytes; ) {
    const bytesRead = readSync(fd, buffer, 0, Math.min(buffer.length, startByte + bytes - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
