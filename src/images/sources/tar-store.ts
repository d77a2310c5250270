import type { FileHandle } from 'node:fs/promises';
import path from 'node:path/posix';
import { readLongName, readPax, type TarOverrides } from '../tar/pax.ts';
import { blockBytes, isHeader, readHeader } from '../tar/tar-header.ts';
import { cleanPath } from '../tar/member-path.ts';
import type { ImageGap } from '../image.ts';
import { isBlobName, type MemberStore, MemberMissing, streamFile } from './member-store.ts';

interface TarEntry {
  readonly type: string;
  readonly linkName: string;
  readonly startByte: number;
  readonly bytes: number;
}

const maxEntries = 1_000_000;
const maxMetadataBytes = 1024 * 1024;

/**
 * A tar as a store: its headers are read by hopping from one to the next, its members where they lie. Nothing is unpacked, so that
 * no name of the archive ever becomes a name on disk. Later members win over earlier ones of the same name, as when unpacking. Where a
 * single folder of it holds the list of images, names are those below that folder.
 * Closes `handle`.
 */
export async function openTar(handle: FileHandle, name: string): Promise<MemberStore> {
  const { size } = await handle.stat();
  const { entries, problems } = await readEntries(handle, size);
  const folder = folderOfList(entries);
  const entryOf = (member: string) => resolve(entries, `${folder}${member}`);
  return {
    name,
    problems: problems.map((detail): ImageGap => ({ reason: 'malformed', subject: name, detail })),
    has: async (member) => entryOf(member) !== undefined,
    async *stream(member, signal) {
      const entry = entryOf(member);
      if (entry === undefined) throw new MemberMissing(`"${member}" is not in the archive, or is no file`);
      yield* streamFile(handle, entry.startByte, entry.bytes, signal);
    },
    blobs: async () =>
      [...entries]
        .filter(([member, { type }]) => member.startsWith(folder) && isFile(type))
        .map(([member]) => member.slice(folder.length))
        .filter(isBlobName),
    async extent(member) {
      const entry = entryOf(member);
      return entry && { fd: handle.fd, startByte: entry.startByte, bytes: entry.bytes, close: async () => {} };
    },
    close: () => handle.close(),
  };
}

const isFile = (type: string): boolean => type === '0' || type === '7';

/** Who packs a layout by its folder's name has all of it one folder deeper. Empty where the list of images lies at the top, or in no one folder. */
function folderOfList(entries: ReadonlyMap<string, TarEntry>): string {
  if (entries.has('index.json') || entries.has('manifest.json')) return '';
  const folders = new Set([...entries.keys()].flatMap((name) => /^([^/]+\/)(?:index|manifest)\.json$/.exec(name)?.[1] ?? []));
  const [only] = folders;
  return folders.size === 1 && only !== undefined ? only : '';
}

async function readEntries(
  handle: FileHandle,
  size: number,
): Promise<{ readonly entries: ReadonlyMap<string, TarEntry>; readonly problems: readonly string[] }> {
  const entries = new Map<string, TarEntry>();
  const problems: string[] = [];
  let next: TarOverrides = {};
  for (let at = 0; at + blockBytes <= size; ) {
    const block = await readAt(handle, at, blockBytes);
    if (block.length < blockBytes || block.every((byte) => byte === 0)) break;
    if (!isHeader(block, 0)) {
      const resumed = await nextHeader(handle, at + blockBytes, size);
      problems.push(`the archive is damaged at byte ${at}${resumed === undefined ? '; nothing after it could be read' : ''}`);
      if (resumed === undefined) break;
      at = resumed;
      continue;
    }
    const header = readHeader(block, 0);
    const startByte = at + blockBytes;
    const bytes = hasBody(header.type) ? (next.size ?? header.size ?? 0) : 0;
    if (startByte + bytes > size)
      problems.push(`the archive is cut off: ${startByte + bytes - size} bytes of its member at byte ${at} are missing`);
    at = startByte + Math.ceil(bytes / blockBytes) * blockBytes;
    if ('xLK'.includes(header.type)) {
      const text = await readAt(handle, startByte, Math.min(bytes, maxMetadataBytes));
      next = { ...next, ...said(header.type, text) };
      continue;
    }
    if (header.type !== 'g') {
      const entry = { type: header.type, linkName: next.linkName ?? header.linkName, startByte, bytes };
      entries.set(cleanPath(next.path ?? header.name), entry);
    }
    next = {};
    if (entries.size >= maxEntries) {
      problems.push(`the archive has more than ${maxEntries} members; the rest was not looked at`);
      break;
    }
  }
  return { entries, problems };
}

function said(type: string, text: Uint8Array): TarOverrides {
  if (type === 'x') return readPax(text).said;
  return type === 'L' ? { path: readLongName(text) } : { linkName: readLongName(text) };
}

/** Links, directories and devices have none, whatever size their headers say: as the reader of container runtimes has it. */
const hasBody = (type: string): boolean => !'123456'.includes(type);

async function readAt(handle: FileHandle, at: number, bytes: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(bytes);
  const { bytesRead } = await handle.read(buffer, 0, bytes, at);
  return buffer.subarray(0, bytesRead);
}

async function nextHeader(handle: FileHandle, from: number, size: number): Promise<number | undefined> {
  for (let at = from; at < size; at += 1024 * 1024) {
    const window = await readAt(handle, at, 1024 * 1024);
    for (let n = 0; n + blockBytes <= window.length; n += blockBytes) if (isHeader(window, n)) return at + n;
  }
  return undefined;
}

const maxLinks = 16;

/** The file behind a name; older archives hold a layer once, and links to it. Links are followed among the members alone. */
function resolve(entries: ReadonlyMap<string, TarEntry>, member: string): TarEntry | undefined {
  let name = cleanPath(member);
  for (let links = 0; links < maxLinks; links += 1) {
    const entry = entries.get(name);
    if (entry === undefined || !'12'.includes(entry.type)) return entry !== undefined && isFile(entry.type) ? entry : undefined;
    name = cleanPath(entry.type === '1' ? entry.linkName : path.normalize(path.join(path.dirname(name), entry.linkName)));
  }
  return undefined;
}
