import { crc32 } from 'node:zlib';
import type { Filler } from './byte-room.ts';
import type { PackedFault, PackedFormat } from './packed-streams.ts';
import type { UnpackExports } from './unpack-module.ts';
import { createStage } from './unpack-stage.ts';
import { lzmaFault, lzmaReturn } from './lzma-faults.ts';

/** Of the header and of the footer of a stream. */
const frameBytes = 12;
const magic = Buffer.from('fd377a585a00', 'hex');
/** What a fault may have read too far: LZMA2 packs at most 64 KiB at once, and says how many bytes that takes. */
const overrun = 192 << 10;

type Part = 'header' | 'block or index' | 'block' | 'index' | 'footer';

/**
 * xz, block by block (tukaani.org/xz/xz-file-format.txt): what follows a damaged block is found by the checksum of its header, and of what was
 * unpacked no more is kept than `largestWindow`, whatever a header asks for.
 */
export function createXzFormat(exports: UnpackExports, filler: Filler, largestWindow: number): PackedFormat {
  const stage = createStage(exports, filler);
  let part: Part = 'header';
  /** Of the stream: where it begins, its kind of check, the list of its blocks, and whether some of them are lost. */
  let start = 0;
  let check = -1;
  let index = 0;
  let isBroken = false;
  /** Of the block: where its header begins, whether it is open, and what it unpacked to until now. */
  let begun = 0;
  let isOpen = false;
  let unpacked = 0;
  let wide: number | undefined;
  let offset = 0;

  function step(bytes: Uint8Array, at: number, isEnd: boolean): number | 'more' | 'none' | PackedFault {
    offset = at;
    switch (part) {
      case 'header':
        return header(bytes, isEnd);
      case 'block or index':
        return bytes[0] === 0 ? startIndex() : startBlock(bytes);
      case 'block':
        return block(bytes);
      case 'index':
        return indexPart(bytes);
      case 'footer':
        return footer(bytes);
    }
  }

  function header(bytes: Uint8Array, isEnd: boolean): number | 'more' | 'none' {
    const there = Math.min(bytes.length, magic.length);
    if (!magic.subarray(0, there).equals(bytes.subarray(0, there))) return 'none';
    if (bytes.length < frameBytes) return isEnd ? 'none' : 'more';
    const kind = checkOf(bytes);
    if (kind < 0) return 'none';
    startStream(kind, offset);
    return frameBytes;
  }

  function checkOf(bytes: Uint8Array): number {
    stage.load(bytes.subarray(0, frameBytes));
    return exports.xz_check(stage.input);
  }

  function startStream(kind: number, at: number): void {
    check = kind;
    start = at;
    isBroken = false;
    index = exports.lzma_index_hash_init(index, 0);
    part = 'block or index';
  }

  function startBlock(bytes: Uint8Array): number | 'more' | PackedFault {
    const length = headerBytes(bytes);
    if (bytes.length < length) return 'more';
    begun = offset;
    const answer = openBlock(bytes.subarray(0, length), largestWindow);
    if (answer !== lzmaReturn.ok) return damage(lzmaFault('xz', answer));
    isOpen = true;
    unpacked = 0;
    part = 'block';
    return length;
  }

  function openBlock(bytes: Uint8Array, window: number): number {
    stage.load(bytes);
    return exports.xz_open_block(stage.unpacker, stage.input, check, window);
  }

  function block(bytes: Uint8Array): number | 'more' | PackedFault {
    const { answer, consumed, produced, window } = stage.step(exports.xz_step, stage.load(bytes));
    unpacked += produced;
    if (answer === lzmaReturn.ok) return consumed;
    if (answer === lzmaReturn.noProgress) return 'more';
    if (answer !== lzmaReturn.end) {
      offset += consumed;
      // What was unpacked was kept until now: it is damage then.
      if (window <= largestWindow || unpacked <= largestWindow || answer !== lzmaReturn.damaged) return damage(lzmaFault('xz', answer));
      wide = window;
      return damage(`it asks for a window of ${window} bytes, and ${largestWindow} are kept`);
    }
    exports.xz_count_block(index, stage.unpacker);
    closeBlock();
    part = 'block or index';
    return consumed;
  }

  function damage(text: string): PackedFault {
    closeBlock();
    isBroken = true;
    return { text, from: Math.max(begun + 1, offset - overrun) };
  }

  function closeBlock(): void {
    if (isOpen) exports.xz_close(stage.unpacker);
    isOpen = false;
  }

  /** It lists all blocks: after damage it tells nothing any more. */
  function startIndex(): number | PackedFault {
    begun = offset;
    if (isBroken) return damage(lzmaFault('xz', lzmaReturn.damaged));
    part = 'index';
    return 0;
  }

  function indexPart(bytes: Uint8Array): number | 'more' | PackedFault {
    const there = stage.load(bytes);
    if (there === 0) return 'more';
    const answer = exports.xz_index_step(index, stage.unpacker, stage.input, there);
    if (answer !== lzmaReturn.ok && answer !== lzmaReturn.end) return damage('the index of an xz stream is damaged');
    if (answer === lzmaReturn.end) part = 'footer';
    return stage.said().consumed;
  }

  function footer(bytes: Uint8Array): number | 'more' | PackedFault {
    if (bytes.length < frameBytes) return 'more';
    stage.load(bytes.subarray(0, frameBytes));
    part = 'header';
    const isWhole = exports.xz_is_footer(stage.input, check, exports.xz_index_bytes(index)) !== 0;
    return isWhole ? frameBytes : { text: 'the end of an xz stream is damaged', used: frameBytes };
  }

  function find(bytes: Uint8Array, at: number, isEnd: boolean): { readonly at: number; readonly isFound: boolean } {
    for (let n = 0; n < bytes.length; n++) {
      const isMagic = bytes[n] === magic[0] && magic.every((byte, m) => n + m >= bytes.length || bytes[n + m] === byte);
      const mayBeBlock = isBroken && (at + n - start) % 4 === 0 && isHeaderLike(bytes, n);
      const length = isMagic ? frameBytes : headerBytes(bytes.subarray(n));
      if (!isMagic && !mayBeBlock) continue;
      if (n + length > bytes.length) {
        if (isEnd) continue;
        return { at: at + n, isFound: false };
      }
      const head = bytes.subarray(n, n + length);
      if (isMagic ? checkOf(head) < 0 : !isBlockHeader(head) || openBlock(head, 0) !== lzmaReturn.ok) continue;
      part = isMagic ? 'header' : 'block or index';
      return { at: at + n, isFound: true };
    }
    return { at: at + bytes.length, isFound: false };
  }

  return {
    name: 'xz',
    step,
    isBetween: () => part === 'header',
    find,
    keptFrom: () => (isOpen ? Math.max(begun, offset - overrun) : Number.POSITIVE_INFINITY),
    wideWindow: () => wide,
    close() {
      closeBlock();
      if (index !== 0) exports.lzma_index_hash_end(index, 0);
      index = 0;
      stage.close();
    },
  };
}

const headerBytes = (bytes: Uint8Array): number => ((bytes[0] ?? 0) + 1) * 4;

/** Its length is not that of an index, and no reserved flag is set. */
const isHeaderLike = (bytes: Uint8Array, at: number): boolean => bytes[at] !== 0 && ((bytes[at + 1] ?? 0) & 0x3c) === 0;

function isBlockHeader(head: Uint8Array): boolean {
  const end = head.length - 4;
  return crc32(head.subarray(0, end)) === new DataView(head.buffer, head.byteOffset).getUint32(end, true);
}
