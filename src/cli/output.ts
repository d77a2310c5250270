import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { UsageError } from '../model/usage-error.ts';
import type { Chunk } from '../report/reporter.ts';
import { makeFolder } from '../scan/make-folder.ts';

/** `-` is stdout. */
export interface OutputTarget {
  readonly format: string;
  readonly file: string;
}

/**
 * Writes what a reporter yields: the main output to `target.file` (or stdout), further files beside it.
 * Files appear whole or not at all (written next to the target, then renamed) with mode 0600.
 * Resolves with the files written, main one first. A closed pipe ends the writing quietly.
 */
export async function writeChunks(chunks: AsyncIterable<Chunk>, target: OutputTarget, stdout: Writable): Promise<readonly string[]> {
  const toStdout = target.file === '-';
  const files = new PendingFiles();
  try {
    for await (const { path: place, chunk } of chunks) {
      if (place !== '') await files.write(besides(target.file, place), chunk);
      else if (!toStdout) await files.write(target.file, chunk);
      else if (!(await writeTo(stdout, chunk))) break;
    }
    return await files.commit();
  } catch (error) {
    await files.discard();
    throw isFileProblem(error) ? cannotWrite(`"${(error.path ?? target.file).replace(/\.[0-9a-f]{12}\.part$/, '')}"`, error) : error;
  }
}

/** Writes one text and waits until the stream took it. False if the reader has gone. A UsageError where what it leads to takes no more. */
export async function writeTo(stream: Writable, text: string): Promise<boolean> {
  if (stream.destroyed || stream.writableEnded) return false;
  return new Promise<boolean>((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve(true);
      else if ('code' in error && goneReaders.has(String(error.code))) resolve(false);
      else reject(isFileProblem(error) ? cannotWrite('to stdout', error) : error);
    });
  });
}

/** A pipe that was closed, a terminal that was (EIO), a stream that ended before. */
const goneReaders = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

/** `aispm-evidence/x.json` stands in the folder of `file`; `-2` is a sibling: `out.sarif` → `out-2.sarif`. */
function besides(file: string, place: string): string {
  const base = file === '-' ? 'aispm.out' : file;
  if (!place.startsWith('-')) return path.join(path.dirname(base), place);
  const { dir, name, ext } = path.parse(base);
  return path.join(dir, `${name}${place}${ext}`);
}

interface PendingFile {
  /** Where a link leads, so that the link stays one. */
  readonly target: string;
  /** Renamed to the target in the end; the target itself where it is a device or a pipe, which nothing may replace. */
  readonly temporary: string;
  handle: FileHandle | undefined;
}

async function pendingFile(file: string): Promise<PendingFile> {
  await makeFolder(path.dirname(file));
  const isLink = await lstat(file).then(
    (entry) => entry.isSymbolicLink(),
    () => false,
  );
  const target = isLink ? await realpath(file).catch(() => file) : file;
  const found = await stat(target).catch(() => undefined);
  const isReplaceable = found === undefined || found.isFile() || found.isDirectory();
  return { target, temporary: isReplaceable ? `${target}.${randomBytes(6).toString('hex')}.part` : target, handle: undefined };
}

class PendingFiles {
  readonly #files = new Map<string, PendingFile>();
  #last: string | undefined;

  async write(file: string, text: string): Promise<void> {
    let entry = this.#files.get(file);
    if (!entry) {
      entry = await pendingFile(file);
      this.#files.set(file, entry);
    }
    await this.#closeLastUnless(file);
    entry.handle ??= await open(entry.temporary, 'a', 0o600);
    await entry.handle.write(text);
  }

  /** Reporters write one side file after the other: only the first file and the current one stay open. */
  async #closeLastUnless(file: string): Promise<void> {
    const [first] = this.#files.keys();
    if (this.#last !== undefined && this.#last !== file && this.#last !== first) {
      const last = this.#files.get(this.#last);
      await last?.handle?.close();
      if (last) last.handle = undefined;
    }
    this.#last = file;
  }

  async commit(): Promise<readonly string[]> {
    for (const entry of this.#files.values()) {
      await entry.handle?.close();
      entry.handle = undefined;
      if (entry.temporary !== entry.target) await rename(entry.temporary, entry.target);
    }
    return [...this.#files.keys()];
  }

  async discard(): Promise<void> {
    for (const entry of this.#files.values()) {
      await entry.handle?.close().catch(() => undefined);
      if (entry.temporary !== entry.target) await rm(entry.temporary, { force: true }).catch(() => undefined);
    }
  }
}

function isFileProblem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

const cannotWrite = (place: string, error: NodeJS.ErrnoException): UsageError =>
  new UsageError(`cannot write ${place}: ${reasonOf(error)}`, { hint: 'choose another place with -o, or make room' });

function reasonOf(error: NodeJS.ErrnoException): string {
  const reasons: { readonly [code: string]: string } = {
    EACCES: 'permission denied',
    ENOENT: 'no such folder, and none can be made there',
    EPERM: 'not permitted',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is a file, not a folder',
    EEXIST: 'a part of its path is a file, not a folder',
    ENOSPC: 'the disk is full',
    EROFS: 'the file system is read-only',
    ENAMETOOLONG: 'the name is too long',
  };
  return reasons[error.code ?? ''] ?? error.code ?? 'unknown reason';
}
