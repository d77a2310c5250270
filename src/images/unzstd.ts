import { type ByteRoom, createFiller, type Decompressor } from './byte-room.ts';
import { type InflateHandle, openHandle } from './inflate-handle.ts';
import { createZstdFrames } from './zstd-frames.ts';
import type { StreamExports } from './zstd-module.ts';

/**
 * By Node's own decoder where it has one (22.15, 23.8 and later), else by WebAssembly. Reads several frames and skips skippable
 * ones; windows above 128 MiB are refused, as the command line tool does.
 */
export async function createUnzstd(out: ByteRoom): Promise<Decompressor> {
  const handle = openHandle('zstd');
  if (handle !== undefined) return createNativeUnzstd(handle, out);
  const { zstdExports } = await import('./zstd-module.ts');
  return createWasmUnzstd(await zstdExports(), out);
}

/** The handle does not say whether a frame has ended: that is followed beside it. */
export function createNativeUnzstd(handle: InflateHandle, out: ByteRoom): Decompressor {
  const frames = createZstdFrames();
  function step(input: Uint8Array, from: number, room: Uint8Array, at: number): Result {
    const result = handle.step(input, from, input.length, room, at, room.length);
    frames.walk(input, from, from + result.consumed);
    return result;
  }
  return stepwise(
    out,
    step,
    () => handle.close(),
    () => !frames.isBetween(),
  );
}

interface Result {
  readonly consumed: number;
  readonly produced: number;
  readonly fault: string | undefined;
}

/** Frame by frame. From a fault on everything goes through as it is. */
function stepwise(
  out: ByteRoom,
  step: (input: Uint8Array, from: number, room: Uint8Array, at: number) => Result,
  close: () => void,
  isInFrame: () => boolean,
): Decompressor {
  const filler = createFiller(out);
  const faults: string[] = [];
  return {
    write(chunk) {
      for (let at = 0; faults.length === 0; ) {
        const { consumed, produced, fault } = step(chunk, at, filler.room, filler.filled);
        at += consumed;
        filler.advance(produced);
        if (fault !== undefined) faults.push(sentence(fault));
        else if (consumed === 0 && produced === 0) return;
      }
      // Where in a piece the fault lies is not known: all of it goes through.
      filler.copy(chunk, 0, chunk.length);
    },
    end() {
      filler.flush();
      if (faults.length === 0 && isInFrame()) faults.push('the zstd stream ends within a frame');
      close();
      return faults;
    },
    close,
  };
}

/** zstd_errors.h; what Node's decoder says stands beside the number. */
function sentence(fault: string): string {
  if (fault === 'error 16' || fault.includes('too much memory')) return 'a zstd frame asks for a window of more than 128 MiB';
  return `the zstd stream is damaged (${fault})`;
}

const inputBytes = 128 << 10;
const outputBytes = 256 << 10;

export function createWasmUnzstd(exports: StreamExports, out: ByteRoom): Decompressor {
  const { malloc, free, memory, ZSTD_createDCtx, ZSTD_freeDCtx, ZSTD_decompressStream } = exports;
  const context = ZSTD_createDCtx();
  const input = malloc(inputBytes);
  const output = malloc(outputBytes);
  /** struct { pointer, size, position }, twice (zstd.h: ZSTD_inBuffer, ZSTD_outBuffer). */
  const inBuffer = malloc(24);
  const outBuffer = inBuffer + 12;
  let heap = new Uint8Array(memory.buffer);
  let words = new Uint32Array(memory.buffer);
  /** Bytes of the caller's input that stand in the heap: from where in it, how many, how many used. */
  let loaded: Uint8Array | undefined;
  let loadedAt = 0;
  let size = 0;
  let used = 0;
  let expected = 0;
  let isClosed = false;

  /** Memory that grew, for this stream or for one inside of it, is another buffer. */
  function look(): void {
    if (heap.buffer === memory.buffer) return;
    heap = new Uint8Array(memory.buffer);
    words = new Uint32Array(memory.buffer);
  }

  function step(chunk: Uint8Array, from: number, room: Uint8Array, at: number): Result {
    look();
    if (loaded !== chunk || loadedAt + used !== from || used === size) {
      loaded = chunk;
      loadedAt = from;
      used = 0;
      size = Math.min(inputBytes, chunk.length - from);
      heap.set(chunk.subarray(from, from + size), input);
    }
    words.set([input, size, used, output, Math.min(outputBytes, room.length - at), 0], inBuffer >>> 2);
    const code = ZSTD_decompressStream(context, outBuffer, inBuffer);
    look();
    const produced = words[(outBuffer >>> 2) + 2] as number;
    const position = words[(inBuffer >>> 2) + 2] as number;
    const consumed = position - used;
    used = position;
    room.set(heap.subarray(output, output + produced), at);
    // Errors are the last few of the unsigned numbers (zstd_errors.h).
    const isError = code >>> 0 > 0xffff_ff00;
    if (!isError) {
      const isIdle = consumed === 0 && produced === 0;
      if (!isIdle) expected = code;
    }
    return { consumed, produced, fault: isError ? `error ${-(code | 0)}` : undefined };
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    ZSTD_freeDCtx(context);
    for (const pointer of [input, output, inBuffer]) free(pointer);
  }

  return stepwise(out, step, close, () => expected !== 0);
}
