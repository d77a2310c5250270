import { type ByteRoom, createFiller, type Decompressor } from './byte-room.ts';
import { cutFault, largestWindow, zstdFault } from './zstd-faults.ts';
import type { ZstdExports } from './zstd-module.ts';

/** A block is at most 128 KiB (RFC 8878, 3.1.1.2.4); a whole one must fit, and with it what follows in the caller's piece. */
const inputBytes = 256 << 10;
const largestBlock = 128 << 10;
/** Bytes that zstd may read beside those that it copies (WILDCOPY_OVERLENGTH). */
const overshoot = 32;
/** sizeof(ZSTD_FrameHeader). */
const headerBytes = 48;

/**
 * Block by block into a ring of our own that holds the window (zstd.h, "Buffer-less streaming decompression"): the streams of zstd
 * would copy all of it once more, and on a fault they lose what they unpacked since they were last asked.
 */
export function createWasmUnzstd(exports: ZstdExports, out: ByteRoom): Decompressor {
  const { malloc, free, memory } = exports;
  const filler = createFiller(out);
  const context = exports.ZSTD_createDCtx();
  const input = malloc(inputBytes);
  const header = malloc(headerBytes);
  let heap = new Uint8Array(memory.buffer);
  /** Bytes of `input`: there, and of those decoded. */
  let filled = 0;
  let used = 0;
  /** Of a skippable frame, still to come. */
  let skip = 0;
  let isInFrame = false;
  /** The ring, and where in it the next block goes. */
  let ring = 0;
  let ringBytes = 0;
  let ringAt = 0;
  let block = 0;
  let isRawBlock = false;
  let isClosed = false;
  const faults: string[] = [];

  /** Memory that grew, for this stream or for one inside of it, is another buffer. */
  function look(): Uint8Array {
    if (heap.buffer !== memory.buffer) heap = new Uint8Array(memory.buffer);
    return heap;
  }

  const fault = (error: number): boolean => {
    faults.push(zstdFault(error));
    return false;
  };

  /** Takes what fits; moves to the front what is not decoded yet. */
  function load(chunk: Uint8Array, from: number): number {
    look().copyWithin(input, input + used, input + filled);
    filled -= used;
    used = 0;
    const taken = Math.min(inputBytes - filled, chunk.length - from);
    heap.set(chunk.subarray(from, from + taken), input + filled);
    filled += taken;
    return taken;
  }

  /** All that can be decoded of what is there. */
  function decode(): void {
    for (;;) {
      if (skip > 0) {
        const skipped = Math.min(skip, filled - used);
        used += skipped;
        skip -= skipped;
      }
      if (!(isInFrame ? stepInFrame() : startFrame())) return;
    }
  }

  /** Whether a frame has begun, or one to skip. */
  function startFrame(): boolean {
    if (filled === used) return false;
    const missing = exports.ZSTD_getFrameHeader(header, input + used, filled - used);
    if (isError(missing)) return fault(errorOf(missing));
    if (missing > 0) return false;
    const fields = new DataView(look().buffer, header, headerBytes);
    const contentBytes = fields.getUint32(0, true) + fields.getUint32(4, true) * 2 ** 32;
    if (fields.getUint32(20, true) === 1) {
      skip = fields.getUint32(24, true) + contentBytes; // frameType, headerSize
      return true;
    }
    const window = fields.getUint32(8, true) + fields.getUint32(12, true) * 2 ** 32;
    if (window > largestWindow) return fault(16);
    block = Math.min(window, largestBlock);
    // As ZSTD_decodingBufferSize_min has it: the window, a block, its literals before they are moved, and what copies overshoot.
    const wanted = Math.min(window, contentBytes) + 2 * (block + overshoot);
    if (wanted > ringBytes) {
      free(ring);
      ring = malloc(wanted + overshoot);
      ringBytes = ring === 0 ? 0 : wanted;
      if (ring === 0) return fault(64);
    }
    ringAt = 0;
    exports.ZSTD_decompressBegin(context);
    isInFrame = true;
    return true;
  }

  /** A header, a block, or as much as there is of one that is stored as it is. */
  function stepInFrame(): boolean {
    const wanted = exports.ZSTD_nextSrcSizeToDecompress(context);
    if (wanted === 0) {
      isInFrame = false;
      return true;
    }
    const kind = exports.ZSTD_nextInputType(context);
    const isBlock = kind === inputType.block || kind === inputType.lastBlock;
    const given = isBlock && isRawBlock ? Math.min(wanted, filled - used) : wanted;
    if (given === 0 || given > filled - used) return false;
    const produced = exports.ZSTD_decompressContinue(context, ring + ringAt, ringBytes - ringAt, input + used, given);
    if (isError(produced)) return fault(errorOf(produced));
    if (kind === inputType.blockHeader) isRawBlock = ((look()[input + used] as number) & 6) === 0;
    used += given;
    if (produced > 0) handOn(produced);
    return true;
  }

  function handOn(produced: number): void {
    const end = ring + ringAt + produced;
    for (let at = ring + ringAt; at < end; ) {
      const length = Math.min(end - at, filler.room.length - filler.filled);
      filler.room.set(look().subarray(at, at + length), filler.filled);
      at += length;
      filler.advance(length);
    }
    ringAt += produced;
    if (ringBytes - ringAt < block) ringAt = 0;
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    exports.ZSTD_freeDCtx(context);
    for (const pointer of [input, header, ring]) free(pointer);
  }

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length && faults.length === 0; ) {
        at += load(chunk, at);
        decode();
      }
      // From a fault on everything goes through as it is.
      if (faults.length > 0) filler.copy(chunk, 0, chunk.length);
    },
    end() {
      filler.flush();
      if (faults.length === 0 && (isInFrame || skip > 0 || used < filled)) faults.push(cutFault);
      close();
      return faults;
    },
    close,
  };
}

/** ZSTD_nextInputType_e. */
const inputType = { blockHeader: 1, block: 2, lastBlock: 3 };

/** Errors are the last few of the unsigned numbers (zstd_errors.h). */
const isError = (code: number): boolean => code >>> 0 > 0xffff_ff00;
const errorOf = (code: number): number => -(code | 0);
