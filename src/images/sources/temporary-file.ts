import { writeSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../../model/usage-error.ts';

/** A file of our own naming that only this program can read. */
export interface TemporaryFile {
  readonly handle: FileHandle;
  write(bytes: Uint8Array): Promise<void>;
  /** For those who cannot wait. */
  writeNow(bytes: Uint8Array): void;
  /** Removes its name. Where the system allows it that can be done at once: nothing is left then, however the run ends. */
  clean(): Promise<void>;
}

/**
 * Makes a file below `folder` and has `fill` write it. `failed` begins the sentence of the UsageError for a disk that cannot take it.
 */
export async function fillTemporaryFile<T>(
  folder: string,
  failed: string,
  fill: (file: TemporaryFile) => Promise<T>,
): Promise<TemporaryFile & { readonly filled: T }> {
  let own: string | undefined;
  let handle: FileHandle | undefined;
  const clean = async () => {
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  };
  try {
    own = await onDisk(mkdtemp(path.join(folder, 'aispm-')));
    handle = await onDisk(open(path.join(own, 'archive.tar'), 'wx+', 0o600));
    const opened = handle;
    const file: TemporaryFile = {
      handle: opened,
      clean,
      write: (bytes) => onDisk(opened.writeFile(bytes)),
      writeNow: (bytes) => writeAll(opened.fd, bytes),
    };
    const filled = await fill(file);
    await clean().catch(() => {});
    return { ...file, filled };
  } catch (error) {
    await handle?.close();
    await clean();
    if (!(error instanceof DiskTrouble)) throw error;
    throw new UsageError(`${failed}: ${error.sentenceFor(folder)}`, {
      hint: 'make room there, name another folder with TMPDIR, or unpack the archive yourself',
      cause: error.cause,
    });
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

function writeAll(fd: number, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (cause) {
    throw new DiskTrouble('the disk gave trouble', { cause });
  }
}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new DiskTrouble('the disk gave trouble', { cause });
  }
}
