import { wholeBlocks } from '../whole-blocks.ts';

/** Pages of SQLite as they stand in a file: https://www.sqlite.org/fileformat2.html */
export interface PageFile {
  readonly kind: 'database' | 'write-ahead log' | 'rollback journal';
  readonly pageBytes: number;
  /** At the end of each page, for extensions. */
  readonly reserved: number;
}

interface Frame {
  /** Bytes before the first page. */
  readonly skip: number;
  /** Bytes before each page, and behind it. */
  readonly before: number;
  readonly after: number;
}

/** What kind of file these bytes begin. */
export function pageFileOf(head: Uint8Array): PageFile | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 32) return undefined;
  const magic = bytes.readUInt32BE(0);
  if (magic === 0x53514c69 && bytes.toString('latin1', 0, 16) === 'SQLite format 3\0') {
    const size = bytes.readUInt16BE(16);
    return fileOf('database', size === 1 ? 65_536 : size, bytes[20]);
  }
  if ((magic === 0x377f0682 || magic === 0x377f0683) && bytes.readUInt32BE(4) === 3_007_000)
    return fileOf('write-ahead log', bytes.readUInt32BE(8));
  if (magic === 0xd9d505f9 && bytes.readUInt32BE(4) === 0x20a163d7) return fileOf('rollback journal', bytes.readUInt32BE(24));
  return undefined;
}

function fileOf(kind: PageFile['kind'], pageBytes: number, reserved = 0): PageFile | undefined {
  const isSize = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0;
  return isSize ? { kind, pageBytes, reserved } : undefined;
}

/** Hands on whole pages with their numbers, from 1. A page is valid until the next. */
export function framesOf({ kind, pageBytes }: PageFile, head: Uint8Array, take: (page: Buffer, number: number) => void) {
  const frame = frameOf(kind, head);
  const push = wholeBlocks(frame.before + pageBytes + frame.after, (bytes, count) =>
    take(bytes.subarray(frame.before, frame.before + pageBytes), frame.before === 0 ? count : bytes.readUInt32BE(0)),
  );
  let { skip } = frame;
  return (part: Uint8Array): void => {
    const skipped = Math.min(skip, part.length);
    skip -= skipped;
    push(part.subarray(skipped));
  };
}

function frameOf(kind: PageFile['kind'], head: Uint8Array): Frame {
  if (kind === 'database') return { skip: 0, before: 0, after: 0 };
  if (kind === 'write-ahead log') return { skip: 32, before: 24, after: 0 };
  const sector = Buffer.from(head).readUInt32BE(20);
  return { skip: sector >= 32 && sector <= 65_536 ? sector : 512, before: 4, after: 4 };
}
