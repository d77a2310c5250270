import type { FileHandle } from 'node:fs/promises';
import type { ByteRoom } from '../unpack/byte-room.ts';
import { type Compression, openDecompressor } from '../unpack/decompress.ts';
import { streamFile } from './member-store.ts';
import { fillTemporaryFile, type TemporaryFile } from './temporary-file.ts';

export interface Unpacked extends Pick<TemporaryFile, 'handle' | 'clean'> {
  readonly problems: readonly string[];
}

const roomBytes = 1024 * 1024;

/**
 * Unpacks an archive that is packed as a whole into a temporary file. At most 200 times its size, and at least 1 GiB, is written.
 * Damage is a problem, what came before it is kept; a disk that cannot take it is a UsageError. Closes `packed`.
 */
export async function unpackArchive(
  packed: FileHandle,
  compression: Compression,
  name: string,
  temporaryFolder: string,
): Promise<Unpacked> {
  try {
    const { size } = await packed.stat();
    const maxBytes = Math.max(size * 200, 1024 ** 3);
    const { filled: problems, ...file } = await fillTemporaryFile(temporaryFolder, `"${name}" could not be unpacked`, (into) =>
      unpackInto(into, packed, { compression, size, maxBytes }),
    );
    return { ...file, problems };
  } finally {
    await packed.close();
  }
}

async function unpackInto(
  file: TemporaryFile,
  packed: FileHandle,
  { compression, size, maxBytes }: { readonly compression: Compression; readonly size: number; readonly maxBytes: number },
): Promise<readonly string[]> {
  const room = new Uint8Array(roomBytes);
  let written = 0;
  const out: ByteRoom = {
    room: () => room,
    // At once: a few packed bytes may be gigabytes, which nobody holds until the disk is ready.
    commit(bytes) {
      file.writeNow(room.subarray(0, bytes));
      written += bytes;
      if (written > maxBytes) throw tooMuch;
    },
  };
  const unpacker = await openDecompressor(compression, out);
  try {
    for await (const chunk of streamFile(packed, 0, size, new AbortController().signal)) await unpacker.write(chunk);
    return await unpacker.end();
  } catch (error) {
    if (error === tooMuch) return [`it was unpacked to ${written} bytes, and no further`];
    throw error;
  } finally {
    unpacker.close();
  }
}

const tooMuch = new Error('a budget is spent');
