import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ByteRoom } from '../byte-room.ts';
import { type Compression, openDecompressor } from '../decompress.ts';
import { UsageError } from '../../model/usage-error.ts';
import { streamFile } from './member-store.ts';

export interface Unpacked {
  readonly handle: FileHandle;
  readonly problems: readonly string[];
  /** Removes what was written. */
  clean(): Promise<void>;
}

const roomBytes = 1024 * 1024;

/**
 * Unpacks an archive that is packed as a whole into a file of our own naming. At most 200 times its size, and at least 1 GiB, is
 * written. Damage is a problem, what came before it is kept; a disk that cannot take it is a UsageError. Closes `packed`.
 */
export async function unpackArchive(
  packed: FileHandle,
  compression: Compression,
  name: string,
  temporaryFolder: string,
): Promise<Unpacked> {
  let folder: string | undefined;
  let handle: FileHandle | undefined;
  const clean = async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const { size } = await packed.stat();
    folder = await onDisk(mkdtemp(path.join(temporaryFolder, 'aispm-')));
    handle = await onDisk(open(path.join(folder, 'archive.tar'), 'wx+', 0o600));
    const problems = await unpackInto(handle, packed, { compression, size, maxBytes: Math.max(size * 200, 1024 ** 3) });
    // Where the system allows it the name goes at once, and nothing is left however the run ends.
    await clean().catch(() => {});
    return { handle, problems, clean };
  } catch (error) {
    await handle?.close();
    await clean();
    if (!(error instanceof DiskTrouble)) throw error;
    throw new UsageError(`"${name}" could not be unpacked: ${error.sentenceFor(temporaryFolder)}`, {
      hint: 'make room there, name another folder with TMPDIR, or unpack the archive yourself',
      cause: error.cause,
    });
  } finally {
    await packed.close();
  }
}

/** The disk that is written to, not the one that is read. */
class DiskTrouble extends Error {
  override readonly name = 'DiskTrouble';
  sentenceFor(folder: string): string {
    const { code = 'unknown error' } = this.cause as NodeJS.ErrnoException; // of writing a file, and nothing else
    if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk of "${folder}" is full`;
    if (code === 'EFBIG') return `it needs a file larger than the system allows in "${folder}" (EFBIG)`;
    return `"${folder}" cannot be written to (${code})`;
  }
}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new DiskTrouble('the disk gave trouble', { cause });
  }
}

async function unpackInto(
  handle: FileHandle,
  packed: FileHandle,
  { compression, size, maxBytes }: { readonly compression: Compression; readonly size: number; readonly maxBytes: number },
): Promise<readonly string[]> {
  const ready: Uint8Array[] = [];
  let room = new Uint8Array(roomBytes);
  const out: ByteRoom = {
    room: () => room,
    commit(bytes) {
      ready.push(room.subarray(0, bytes));
      room = new Uint8Array(roomBytes);
    },
  };
  let written = 0;
  const flush = async () => {
    for (const part of ready.splice(0)) {
      await onDisk(handle.writeFile(part));
      written += part.length;
    }
  };
  const unpacker = await openDecompressor(compression, out);
  try {
    for await (const chunk of streamFile(packed, 0, size, new AbortController().signal)) {
      await unpacker.write(chunk);
      await flush();
      if (written > maxBytes) return [`it was unpacked to ${written} bytes, and no further`];
    }
    const problems = await unpacker.end();
    await flush();
    return problems;
  } finally {
    unpacker.close();
  }
}
