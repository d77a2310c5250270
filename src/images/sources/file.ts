import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../../model/usage-error.ts';
import { magicBytes, sniffCompression } from '../unpack/decompress.ts';
import type { ImageGap, ImageReader, Platform } from '../image.ts';
import type { FileReference } from '../reference.ts';
import { unnamedPipe } from './piped-name.ts';
import { readDockerArchive } from './archive.ts';
import { openFolder } from './folder-store.ts';
import { readLayout } from './layout.ts';
import { isDiskError, ListUnreadable, type MemberStore } from './member-store.ts';
import { readRemains } from './remains.ts';
import { openTar } from './tar-store.ts';
import { fillTemporaryFile } from './temporary-file.ts';
import { unpackArchive } from './unpack.ts';

export interface FileWorld {
  readonly temporaryFolder: string;
  /** What is piped in, if anything is: the archive "-". */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** What it is called in the report. */
  readonly stdinName?: string;
}

/** An OCI layout (folder or tar) or an archive of `docker save`. Throws a UsageError for a path that is missing, or no image. */
export async function openImageFile(
  reference: FileReference,
  world: FileWorld,
  { platforms }: { readonly platforms?: readonly Platform[] } = {},
): Promise<ImageReader> {
  const store = await openStore(reference.path, world);
  try {
    const whole = await readWhole(store, reference, platforms);
    const reader = whole ?? (await readRemains(store, reference, `it lacks ${listsOf(reference)}`));
    if (reader !== undefined) return reader;
    throw noImage(reference, store);
  } catch (error) {
    const remains = error instanceof ListUnreadable ? await readRemains(store, reference, error.message) : undefined;
    if (remains !== undefined) return remains;
    await store.close();
    throw isDiskError(error) ? unreadable(reference.path, error) : error;
  }
}

async function readWhole(
  store: MemberStore,
  reference: FileReference,
  platforms: readonly Platform[] | undefined,
): Promise<ImageReader | undefined> {
  const isArchive = await store.has('manifest.json');
  const isLayout = await store.has('index.json');
  if (reference.form === 'docker-archive' ? isArchive : !isLayout && isArchive && reference.form === undefined)
    return readDockerArchive(store, reference);
  if (!isLayout || reference.form === 'docker-archive') return undefined;
  if (!isArchive) return readLayout(store, reference, { platforms });
  // What newer versions of docker write is both; whatever only one of the two names is read as well.
  const found = await readBeside(store, reference);
  if (!('gap' in found)) return readLayout(store, reference, { beside: found, platforms });
  return readLayout({ ...store, problems: [...store.problems, found.gap] }, reference, { platforms });
}

async function readBeside(store: MemberStore, reference: FileReference): Promise<ImageReader | { readonly gap: ImageGap }> {
  try {
    return await readDockerArchive(store, { ...reference, tag: undefined, digest: undefined });
  } catch (error) {
    if (!(error instanceof ListUnreadable)) throw error;
    const detail = 'the manifest.json beside its index is not that of a docker archive, and was not followed';
    return { gap: { reason: 'malformed', subject: store.name, detail } };
  }
}

function noImage(reference: FileReference, { problems }: MemberStore): UsageError {
  const damage = problems[0] === undefined ? '' : `; ${problems[0].detail}`;
  return new UsageError(`"${reference.path}" is no image: it lacks ${listsOf(reference)}${damage}`, {
    hint: 'give an OCI layout (a folder or a tar) or what "docker save" wrote',
  });
}

function listsOf({ form }: FileReference): string {
  return { 'oci-layout': 'an index.json', 'docker-archive': 'a manifest.json' }[form as string] ?? 'an index.json or manifest.json';
}

async function openStore(file: string, world: FileWorld): Promise<MemberStore> {
  if (file === '-') return storeOf(await pipedIn(world), world.stdinName ?? unnamedPipe, file, world);
  const found = await lookAt(file);
  if (found.isDirectory()) return openFolder(file);
  if (!found.isFile())
    throw new UsageError(`"${file}" is neither a file nor a folder`, { hint: 'an archive that is piped in is named "-"' });
  return storeOf(await openFile(file), path.basename(file), file, world);
}

/** Members of an archive lie at its end, too: it is read as a whole before anything is looked at. */
async function pipedIn({ stdin, temporaryFolder }: FileWorld): Promise<FileHandle> {
  if (stdin === undefined)
    throw new UsageError('no archive is piped in', { hint: 'pipe one in (docker save app | aispm image -), or name a file' });
  const { handle } = await fillTemporaryFile(temporaryFolder, 'what was piped in could not be kept', async (kept) => {
    for await (const chunk of stdin) await kept.write(chunk);
  });
  return handle;
}

async function storeOf(handle: FileHandle, name: string, file: string, { temporaryFolder }: FileWorld): Promise<MemberStore> {
  const beginning = await head(handle);
  if (beginning.length === 0) {
    await handle.close();
    throw new UsageError(file === '-' ? 'nothing was piped in' : `"${file}" is empty`, {
      hint: 'the program that was to write the archive may have failed',
    });
  }
  const compression = sniffCompression(beginning);
  if (compression === 'none') return openTar(handle, name);
  const unpacked = await unpackArchive(handle, compression, file, temporaryFolder);
  const store = await openTar(unpacked.handle, name);
  const problems = unpacked.problems.map((detail) => ({
    reason: 'malformed' as const,
    subject: name,
    detail: `the packed archive is damaged: ${detail}`,
  }));
  return {
    ...store,
    problems: [...problems, ...store.problems],
    close: async () => {
      await store.close();
      await unpacked.clean();
    },
  };
}

async function lookAt(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): UsageError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new UsageError(`there is no file or folder "${file}"`, {
      hint: 'an image of a registry is written without "./" and ".tar"',
      cause: error,
    });
  return new UsageError(`"${file}" cannot be read (${code})`, { cause: error });
}

async function head(handle: FileHandle): Promise<Uint8Array> {
  const buffer = new Uint8Array(magicBytes);
  const { bytesRead } = await handle.read(buffer, 0, magicBytes, 0);
  return buffer.subarray(0, bytesRead);
}
