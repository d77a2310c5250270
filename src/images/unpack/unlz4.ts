import { besideWriter } from './beside.ts';
import type { Filler } from './byte-room.ts';
import { createLz4Blocks } from './lz4-blocks.ts';
import type { PackedFault, PackedFormat } from './packed-streams.ts';
import type { UnpackExports } from './unpack-module.ts';

/** The frames of lz4_Frame_format.md; the legacy one is that of the Linux kernel, `lz4 -l`. */
const magics = { frame: 0x184d2204, legacy: 0x184c2102, skippable: 0x184d2a50 };
/** Bits of the first byte behind the magic. */
const flag = { dictionary: 1, contentChecksum: 4, contentSize: 8, blockChecksum: 16, independent: 32, version: 0xc0 };
const legacyBlock = 8 << 20;
/** LZ4_COMPRESSBOUND of it. */
const largestLegacy = legacyBlock + legacyBlock / 255 + 16;

type Part = 'magic' | 'length' | 'legacy length' | 'block' | 'checksum' | 'skippable';

/** lz4, block by block: they say how long they are, so that a damaged one costs itself alone. */
export function createLz4Format(exports: UnpackExports, filler: Filler): PackedFormat {
  const blocks = createLz4Blocks(exports, filler);
  let part: Part = 'magic';
  let flags = 0;
  let largest = 0;
  let isLegacy = false;
  let isStored = false;
  let contentBytes: number | undefined;
  /** Of a skippable frame, still to come. */
  let skip = 0;
  const skipped = besideWriter();

  function step(bytes: Uint8Array, offset: number, isEnd: boolean): number | 'more' | 'none' | PackedFault {
    switch (part) {
      case 'magic':
        return magic(bytes, isEnd);
      case 'skippable': {
        const taken = Math.min(skip, bytes.length);
        skipped.add(bytes, 0, taken);
        skip -= taken;
        if (skip === 0) {
          skipped.end();
          part = 'magic';
        }
        return taken > 0 || skip === 0 ? taken : 'more';
      }
      case 'length':
        return blockLength(bytes, offset);
      case 'legacy length':
        return legacyLength(bytes, offset, isEnd);
      case 'block':
        return block(bytes, isEnd);
      case 'checksum':
        return checksum(bytes);
    }
  }

  function magic(bytes: Uint8Array, isEnd: boolean): number | 'more' | 'none' {
    const kind = kindOf(bytes);
    if (kind === undefined) return bytes.length < 4 && !isEnd ? 'more' : 'none';
    isLegacy = kind === 'legacy';
    if (isLegacy) {
      flags = flag.independent;
      part = 'legacy length';
      return 4;
    }
    const length = kind === 'skippable' ? 8 : headerBytes(bytes);
    if (bytes.length < length) return isEnd ? 'none' : 'more';
    if (kind === 'skippable') {
      skip = wordAt(bytes, 4);
      part = 'skippable';
      return length;
    }
    if (!isFrameHeader(bytes)) return 'none';
    flags = bytes[4] as number;
    largest = 1 << (8 + 2 * blockCode(bytes));
    contentBytes = flags & flag.contentSize ? wordAt(bytes, 6) + wordAt(bytes, 10) * 2 ** 32 : undefined;
    blocks.begin({ largest, isLinked: !(flags & flag.independent), isChecked: (flags & flag.contentChecksum) !== 0 });
    part = 'length';
    return length;
  }

  /** One byte of the hash of the fields ends them. */
  function isFrameHeader(bytes: Uint8Array): boolean {
    const length = headerBytes(bytes);
    if (bytes.length < length || ((bytes[4] as number) & flag.version) !== 0x40 || blockCode(bytes) < 4) return false;
    return ((blocks.hash(bytes.subarray(4, length - 1)) >>> 8) & 0xff) === bytes[length - 1];
  }

  function blockLength(bytes: Uint8Array, offset: number): number | 'more' | PackedFault {
    if (bytes.length < 4) return 'more';
    const size = wordAt(bytes, 0);
    if (size === 0) return endOfBlocks();
    isStored = size >= 2 ** 31;
    return startBlock(size % 2 ** 31, largest, offset);
  }

  /** Nothing says how many there are: what is no length of a block is the next frame, or none. */
  function legacyLength(bytes: Uint8Array, offset: number, isEnd: boolean): number | 'more' | PackedFault {
    if (bytes.length < 4 && !isEnd) return 'more';
    const length = bytes.length < 4 ? 0 : wordAt(bytes, 0);
    if (kindOf(bytes) !== undefined || length === 0) {
      part = 'magic';
      return 0;
    }
    isStored = false;
    blocks.begin({ largest: legacyBlock, isLinked: false, isChecked: false });
    return startBlock(length, largestLegacy, offset);
  }

  function startBlock(length: number, most: number, offset: number): number | PackedFault {
    if (length > most) {
      part = 'magic';
      return { text: 'the lz4 stream is damaged', from: offset };
    }
    blocks.expect(length);
    part = 'block';
    return 4;
  }

  /** What was packed, and its checksum. */
  function block(bytes: Uint8Array, isEnd: boolean): number | 'more' | PackedFault {
    const checkBytes = flags & flag.blockChecksum ? 4 : 0;
    const taken = blocks.take(bytes);
    if (blocks.missing() > 0 || bytes.length - taken < checkBytes) {
      if (taken > 0 || !isEnd) return taken > 0 ? taken : 'more';
      part = 'checksum'; // nothing of it will come
      blocks.unpack(isStored);
      return { text: 'the lz4 stream ends before its end', used: bytes.length };
    }
    const isSound = checkBytes === 0 || blocks.packedSum() === wordAt(bytes, taken);
    const isWhole = blocks.unpack(isStored);
    const used = taken + checkBytes;
    part = isLegacy ? 'legacy length' : 'length';
    if (isWhole && isSound) return used;
    return { text: isWhole ? 'the checksum of an lz4 block is wrong' : blockFault(), used };
  }

  const blockFault = (): string =>
    flags & flag.dictionary ? 'an lz4 frame needs a dictionary that is not there' : 'a block of the lz4 stream is damaged';

  function endOfBlocks(): number | PackedFault {
    part = flags & flag.contentChecksum ? 'checksum' : 'magic';
    if (contentBytes === undefined || contentBytes === blocks.produced()) return 4;
    return { text: 'the length of an lz4 frame is wrong', used: 4 };
  }

  function checksum(bytes: Uint8Array): number | 'more' | PackedFault {
    if (bytes.length < 4) return 'more';
    part = 'magic';
    return wordAt(bytes, 0) === blocks.sum() ? 4 : { text: 'the checksum of an lz4 frame is wrong', used: 4 };
  }

  function find(bytes: Uint8Array, offset: number, isEnd: boolean): { readonly at: number; readonly isFound: boolean } {
    for (let n = 0; n < bytes.length; n++) {
      if (bytes[n] !== 0x04 && bytes[n] !== 0x02) continue;
      const rest = bytes.subarray(n);
      const isShort = rest.length < 4 || rest.length < headerBytes(rest);
      if (isShort && !isEnd && mayBeMagic(rest)) return { at: offset + n, isFound: false };
      const kind = kindOf(rest);
      if (kind === 'legacy' ? rest.length > 8 && wordAt(rest, 4) <= largestLegacy : kind === 'frame' && isFrameHeader(rest))
        return { at: offset + n, isFound: true };
    }
    return { at: offset + bytes.length, isFound: false };
  }

  return {
    name: 'lz4',
    step,
    isBetween: () => part === 'magic',
    find,
    beside: () => skipped.read(),
    close: () => blocks.close(),
  };
}

const wordAt = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
const blockCode = (bytes: Uint8Array): number => ((bytes[5] ?? 0) >> 4) & 7;

/** Magic, flags, block size, and what the flags say; the hash. */
const headerBytes = (bytes: Uint8Array): number =>
  7 + ((bytes[4] ?? 0) & flag.contentSize ? 8 : 0) + ((bytes[4] ?? 0) & flag.dictionary ? 4 : 0);

function kindOf(bytes: Uint8Array): 'frame' | 'legacy' | 'skippable' | undefined {
  const word = bytes.length < 4 ? 0 : wordAt(bytes, 0);
  if (word === magics.frame) return 'frame';
  if (word === magics.legacy) return 'legacy';
  return word >= magics.skippable && word < magics.skippable + 16 ? 'skippable' : undefined;
}

const mayBeMagic = (bytes: Uint8Array): boolean =>
  [
    [0x04, 0x22, 0x4d, 0x18],
    [0x02, 0x21, 0x4c, 0x18],
  ].some((magic) => magic.every((byte, n) => n >= bytes.length || bytes[n] === byte));
