import { nextMagic, shifted } from './bzip2-magic.ts';
import type { Filler } from './byte-room.ts';
import type { PackedFault, PackedFormat } from './packed-streams.ts';
import type { UnpackExports } from './unpack-module.ts';
import { createStage } from './unpack-stage.ts';

/** Of bzlib.h and of wasm/unpack/unpack.c. */
const answers = { ok: 0, memory: -3, streamEnd: 4, wrongSum: 100, wrongCheck: 101 };
/** Bytes given at once: so exactly it is known where a block began. */
const pieceBytes = 4 << 10;
/** Of the magic of a block. */
const magicBytes = 6;
const headBytes = 10;
/** A stream's beginning, before a block that was found behind damage. */
const anyHeader = Buffer.from('BZh9');

/**
 * bzip2. Blocks have no length and begin at any bit: behind a damaged one the next is found by what all begin with, as bzip2recover does.
 */
export function createBzip2Format(exports: UnpackExports, filler: Filler): PackedFormat {
  const stage = createStage(exports, filler);
  let isOpen = false;
  /** Of the byte that comes next, the bits that were taken already: after damage a stream may go on within a byte. */
  let bit = 0;
  let isBroken = false;
  let blocks = 0;
  /** The piece in which the last block began, by its first bit, and how many began in it. */
  let begunFrom = 0;
  let begun = 0;
  let openedAt = 0;
  /** The first bit at which the next block is looked for. */
  let searchedFrom = 0;

  function open(offset: number, atBit: number): void {
    exports.bz_open(stage.unpacker);
    isOpen = true;
    bit = atBit;
    blocks = 0;
    begun = 0;
    begunFrom = offset * 8 + atBit;
    openedAt = offset;
  }

  function close(): void {
    if (isOpen) exports.bz_close(stage.unpacker);
    isOpen = false;
  }

  function step(bytes: Uint8Array, offset: number, isEnd: boolean): number | 'more' | 'none' | PackedFault {
    if (!isOpen) {
      if (!isHead(bytes)) return 'none';
      if (bytes.length < headBytes) return isEnd ? 'none' : 'more';
      open(offset, 0);
      isBroken = false;
    }
    const from = offset * 8 + bit;
    const piece = shifted(bytes.subarray(0, pieceBytes + 1), bit, isEnd).subarray(0, pieceBytes);
    const { answer, consumed, produced, blocks: known, bits } = stage.step(exports.bz_step, stage.load(piece));
    if (known > blocks) {
      begunFrom = from;
      begun = known - blocks;
      blocks = known;
    }
    if (answer === answers.ok) return consumed === 0 && produced === 0 ? 'more' : consumed;
    if (answer === answers.streamEnd || (answer === answers.wrongSum && isBroken)) return endOf(from + consumed * 8 - bits) - offset;
    if (answer === answers.wrongSum) {
      return { text: 'the checksum of a bzip2 stream is wrong', used: endOf(from + consumed * 8 - bits) - offset };
    }
    close();
    isBroken = true;
    searchedFrom = begunFrom - magicBytes * 8 + 1;
    return { text: textOf(answer), from: Math.max(openedAt, searchedFrom >> 3) };
  }

  /** Streams end at a whole byte. */
  function endOf(lastBit: number): number {
    close();
    bit = 0;
    return Math.ceil(lastBit / 8);
  }

  function find(bytes: Uint8Array, offset: number): { readonly at: number; readonly isFound: boolean } {
    for (;;) {
      const found = nextMagic(bytes, Math.max(0, searchedFrom - offset * 8));
      if (found < 0) return { at: Math.max(offset, offset + bytes.length - headBytes), isFound: false };
      searchedFrom = offset * 8 + found + 1;
      // Those that began in the same piece as the damaged one, and it itself, are known.
      if (begun > 0) {
        begun--;
        continue;
      }
      const at = found >> 3;
      if (found % 8 === 0 && at >= 4 && isHead(bytes.subarray(at - 4))) return { at: offset + at - 4, isFound: true };
      open(offset + at, found % 8);
      stage.step(exports.bz_step, stage.load(anyHeader));
      return { at: offset + at, isFound: true };
    }
  }

  return {
    name: 'bzip2',
    step,
    isBetween: () => !isOpen,
    find,
    keptFrom: () => (isOpen ? Math.max(openedAt, (begunFrom >> 3) - headBytes) : Number.POSITIVE_INFINITY),
    close() {
      close();
      stage.close();
    },
  };
}

/** BZh, a level, and the magic of a block or of the end; as far as the bytes are there. */
function isHead(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headBytes)).toString('latin1');
  return ['1AY&SY', '\x17rE8P\x90'].some((magic) => `BZh${/[1-9]/.exec(text[3] ?? '9')?.[0] ?? ''}${magic}`.startsWith(text));
}

function textOf(answer: number): string {
  if (answer === answers.memory) return 'there is no memory for a block of bzip2';
  return answer === answers.wrongCheck ? 'the checksum of a bzip2 block is wrong' : 'the bzip2 stream is damaged';
}
