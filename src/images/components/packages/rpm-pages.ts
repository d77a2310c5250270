import { type Cell, cellsOf, treeStart, varint } from '../../containers/sqlite/cells.ts';
import { framesOf, pageFileOf } from '../../containers/sqlite/frames.ts';
import { wholeBlocks } from '../../containers/whole-blocks.ts';
import { type RpmPackage, readRpmHeader, rpmHeaderBytes } from './rpm-header.ts';

/** Reads a database as it passes. */
export interface RpmDatabase {
  push(bytes: Uint8Array): void;
  /** `unread`: packages that are there and whose names were not found. */
  end(): { readonly packages: readonly RpmPackage[]; readonly unread: number };
}

/** Packages whose beginning was met, until the rest of it passes. */
interface Half {
  readonly bytes: Buffer;
}

/** Pages that may turn out to be the second page of a package; those of a database that was written at once are few. */
const mostKept = 2048;

/**
 * SQLite (https://www.sqlite.org/fileformat2.html): a package is a row of the table `Packages`, whose beginning stands in a leaf page and whose
 * rest in overflow pages, which may come before or behind it.
 */
export function sqlitePackages(head: Uint8Array): RpmDatabase | undefined {
  const file = pageFileOf(head);
  if (file === undefined) return undefined;
  const usable = file.pageBytes - file.reserved;
  const found = collection();
  const wanted = new Map<number, Half>();
  const kept = new Map<number, Buffer>();
  const continuing = new Set<number>();

  function takePage(page: Buffer, number: number): void {
    if (page[treeStart(number)] === leafOfTable) takeLeaf(page, number);
    else if (page[0] === 0 && number > 1) takeOverflow(page, number);
  }

  function takeLeaf(page: Buffer, number: number): void {
    for (const cell of cellsOf(page, number, usable) ?? []) takeRow(page, cell);
  }

  /** A row is a header of types and the value; what does not fit is named by the page that it goes on in. */
  function takeRow(page: Buffer, { start, local, next }: Cell): void {
    const [typesLength] = varint(page, start);
    if (typesLength > 20) return;
    const bytes = Buffer.from(page.subarray(start + typesLength, start + local));
    if (bytes.length >= smallestHeader) follow({ bytes }, next); // a shorter one is a row of an index
  }

  function follow(half: Half, next: number): void {
    const read = readRpmHeader(half.bytes);
    if (read === undefined) return;
    if (read !== 'short') return found.add(read);
    if (next === 0 || half.bytes.length > rpmHeaderBytes) return found.miss();
    const page = kept.get(next);
    kept.delete(next);
    if (page === undefined) wanted.set(next, half);
    else follow({ bytes: Buffer.concat([half.bytes, page.subarray(4)]) }, page.readUInt32BE(0));
  }

  function takeOverflow(page: Buffer, number: number): void {
    const half = wanted.get(number);
    const isContinuing = continuing.delete(number);
    wanted.delete(number);
    const next = page.readUInt32BE(0);
    if (next > number && continuing.size < mostKept * 8) continuing.add(next);
    if (half !== undefined) follow({ bytes: Buffer.concat([half.bytes, page.subarray(4)]) }, next);
    else if (!isContinuing && kept.size < mostKept) kept.set(number, Buffer.from(page));
  }

  return { push: framesOf(file, head, takePage), end: () => found.end(wanted.size) };
}

const leafOfTable = 0x0d;
const smallestHeader = 24;

/** Berkeley DB (dbinc/db_page.h): a package is a chain of overflow pages; the first has none before it. */
export function berkeleyPackages(head: Uint8Array): RpmDatabase {
  const meta = Buffer.from(head.subarray(0, 24));
  const isLittle = [0x061561, 0x053162].includes(meta.readUInt32LE(12));
  const u32 = (page: Buffer, at: number): number => (isLittle ? page.readUInt32LE(at) : page.readUInt32BE(at));
  const u16 = (page: Buffer, at: number): number => (isLittle ? page.readUInt16LE(at) : page.readUInt16BE(at));
  const pageBytes = Math.min(65_536, Math.max(512, u32(meta, 20)));
  const found = collection();
  const wanted = new Map<number, Half>();

  function takePage(page: Buffer, number: number): void {
    if (page[25] !== overflowPage) return;
    const half = wanted.get(number - 1);
    wanted.delete(number - 1);
    if (u32(page, 12) !== 0 && half === undefined) return;
    const part = page.subarray(26, Math.min(pageBytes, 26 + u16(page, 22)));
    const bytes = Buffer.concat([half?.bytes ?? Buffer.alloc(0), part]);
    const read = readRpmHeader(bytes);
    const next = u32(page, 16);
    if (read === 'short') {
      if (next > number - 1 && bytes.length <= rpmHeaderBytes) wanted.set(next, { bytes });
      else found.miss();
    } else if (read !== undefined) found.add(read);
  }

  return { push: wholeBlocks(pageBytes, takePage), end: () => found.end(wanted.size) };
}

const overflowPage = 7;

/** rpm's own "ndb" (lib/backend/ndb/rpmpkg.c): each package is a blob with a header of sixteen bytes, at a multiple of sixteen. */
export function ndbPackages(): RpmDatabase {
  const found = collection();
  let rest = Buffer.alloc(0);
  /** Of `rest` in the file. */
  let offset = 0;
  /** Bytes to come that belong to a package that was read. */
  let skip = 0;

  function push(bytes: Uint8Array): void {
    const skipped = Math.min(skip, bytes.length);
    skip -= skipped;
    offset += skipped;
    if (skipped < bytes.length) rest = Buffer.concat([rest, bytes.subarray(skipped)]);
    read(false);
  }

  function read(isEnd: boolean): void {
    for (;;) {
      const at = rest.indexOf(blobMagic, 0, 'latin1');
      if (at < 0) return drop(Math.max(0, rest.length - blobMagic.length + 1));
      if (rest.length < at + 16) return drop(at);
      const length = rest.readUInt32LE(at + 12);
      const wanted = at + 16 + Math.min(length, rpmHeaderBytes);
      const isBlob = (offset + at) % 16 === 0;
      if (isBlob && rest.length < wanted && !isEnd) return drop(at);
      const one = isBlob ? readRpmHeader(rest.subarray(at + 16, wanted)) : undefined;
      if (one === 'short') found.miss();
      else if (one !== undefined) found.add(one);
      const next = one === undefined ? at + blobMagic.length : at + 16 + length;
      skip = Math.max(0, next - rest.length);
      drop(Math.min(next, rest.length));
      if (skip > 0) return;
    }
  }

  function drop(bytes: number): void {
    offset += bytes;
    rest = Buffer.from(rest.subarray(bytes));
  }

  return {
    push,
    end() {
      read(true);
      return found.end(0);
    },
  };
}

const blobMagic = 'BlbS';

function collection() {
  const packages: RpmPackage[] = [];
  let unread = 0;
  return {
    add(one: RpmPackage): void {
      if (packages.length < mostPackages) packages.push(one);
      else unread++;
    },
    miss: () => void unread++,
    end: (more: number) => ({ packages, unread: unread + more }),
  };
}

const mostPackages = 20_000;
