import { nameText } from '../../tar/tar-header.ts';

/** Records of a zip (APPNOTE.TXT of PKWARE, 4.3). All begin with `PK` and two bytes of their own. */
export type ZipRecord = 'local' | 'central' | 'end' | 'end64' | 'locator64' | 'descriptor';

export const recordMagic = 'PK';
const kinds: ReadonlyMap<number, ZipRecord> = new Map([
  [0x04034b50, 'local'],
  [0x02014b50, 'central'],
  [0x06054b50, 'end'],
  [0x06064b50, 'end64'],
  [0x07064b50, 'locator64'],
  [0x08074b50, 'descriptor'],
]);

export const recordAt = (bytes: Buffer, at: number): ZipRecord | undefined => kinds.get(bytes.readUInt32LE(at));

const fixedBytes: { readonly [R in ZipRecord]: number } = { local: 30, central: 46, end: 22, end64: 12, locator64: 20, descriptor: 4 };
/** Longer ones hold nothing but what their writer made up; what follows is looked through like everything between records. */
const longestRecord = 1 << 18;

/** How long a record is, as far as these of its bytes tell; at most a few of it more are wanted then. */
export function lengthOf(record: ZipRecord, bytes: Buffer, filled: number): number {
  const fixed = fixedBytes[record];
  if (filled < fixed) return fixed;
  if (record === 'local') return fixed + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  if (record === 'central') return fixed + bytes.readUInt16LE(28) + bytes.readUInt16LE(30) + bytes.readUInt16LE(32);
  if (record === 'end') return fixed + bytes.readUInt16LE(20);
  if (record === 'end64') return Math.min(longestRecord, fixed + Number(bytes.readBigUInt64LE(4)));
  return fixed;
}

/** What a local or central header says of a file. */
export interface ZipFile {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Its size stands behind its data. */
  readonly hasDescriptor: boolean;
  /** Packed bytes. */
  readonly packed: number;
  /** What they unpack to; undefined where the data says itself where it ends, or where the number stands behind it. */
  readonly unpacked: number | undefined;
  /** Of a file in the directory: where its local header stands. */
  readonly offset?: number | undefined;
}

/** Of a whole record, as long as `lengthOf` says. */
export function readLocal(bytes: Buffer): ZipFile {
  return readFile(bytes, { flags: 6, nameLength: 26, extraLength: 28, name: 30 });
}

export function readCentral(bytes: Buffer): ZipFile {
  const file = readFile(bytes, { flags: 8, nameLength: 28, extraLength: 30, name: 46 });
  const offset = bytes.readUInt32LE(42);
  const before = [20, 24].filter((at) => bytes.readUInt32LE(at) === sizes32).length;
  const extra = bytes.subarray(46 + bytes.readUInt16LE(28), 46 + bytes.readUInt16LE(28) + bytes.readUInt16LE(30));
  return { ...file, offset: offset === sizes32 ? size64(extra, 8 * before) : offset };
}

/** Where a directory stands, and how many files it lists. */
export interface ZipEnd {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
}

/** `wide`: what the record of zip64 says, for what does not fit. */
export function readEnd(record: Buffer, wide: ZipEnd | undefined): ZipEnd {
  const [count, bytes, offset] = [record.readUInt16LE(10), record.readUInt32LE(12), record.readUInt32LE(16)];
  return {
    count: count === 0xffff ? (wide?.count ?? count) : count,
    bytes: bytes === sizes32 ? (wide?.bytes ?? bytes) : bytes,
    offset: offset === sizes32 ? (wide?.offset ?? offset) : offset,
  };
}

export function readEnd64(record: Buffer): ZipEnd {
  const at = (place: number): number => (place + 8 <= record.length ? Number(record.readBigUInt64LE(place)) : Number.NaN);
  return { count: at(32), bytes: at(40), offset: at(48) };
}

interface Layout {
  readonly flags: number;
  readonly nameLength: number;
  readonly extraLength: number;
  readonly name: number;
}

function readFile(bytes: Buffer, at: Layout): ZipFile {
  const flags = bytes.readUInt16LE(at.flags);
  const nameEnd = at.name + bytes.readUInt16LE(at.nameLength);
  const [packed, unpacked] = [bytes.readUInt32LE(at.flags + 12), bytes.readUInt32LE(at.flags + 16)];
  const extra = bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(at.extraLength));
  return {
    name: nameText(bytes.subarray(at.name, nameEnd)),
    method: bytes.readUInt16LE(at.flags + 2),
    isEncrypted: (flags & 1) !== 0,
    hasDescriptor: (flags & 8) !== 0,
    unpacked: (flags & (8 | endsItself)) !== 0 ? undefined : unpacked === sizes32 ? size64(extra, 0) : unpacked,
    packed: packed === sizes32 ? (size64(extra, unpacked === sizes32 ? 8 : 0) ?? packed) : packed,
  };
}

const sizes32 = 0xffffffff;
/** Of LZMA alone (APPNOTE.TXT, 4.4.4). */
const endsItself = 2;

/** A size in the extra field of zip64, which holds those that do not fit, in order: unpacked, packed. */
function size64(extra: Buffer, offset: number): number | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const from = at + 4 + offset;
    const size = from + 8 <= extra.length ? Number(extra.readBigUInt64LE(from)) : Number.NaN;
    return Number.isSafeInteger(size) ? size : undefined;
  }
  return undefined;
}

/** Whether thirty bytes read as the header of a file, and not as bytes that happen to begin like one. */
export function isLikelyLocal(bytes: Buffer, at: number): boolean {
  const isKnownMethod = methods.has(bytes.readUInt16LE(at + 8));
  const nameLength = bytes.readUInt16LE(at + 26);
  const isOldEnough = (bytes[at + 4] as number) <= newestVersion; // thirty bytes are there
  return isKnownMethod && isOldEnough && nameLength > 0 && nameLength <= longestName;
}

const methods: ReadonlySet<number> = new Set([0, 8, 9, 12, 14, 93, 95, 98, 99]);
/** Version 6.3 of the specification is written as 63. */
const newestVersion = 63;
const longestName = 4096;
