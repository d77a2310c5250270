import type { StreamExports } from './zstd-module.ts';
import { type ByteRoom, createFiller, type Decompressor } from './byte-room.ts';

/**
 * By WebAssembly on every Node: what newer ones bring does not tell a stream that was cut from a whole one, and a layer that
 * was read in part must not look read. Reads several frames and skips skippable ones; windows above 128 MiB are refused.
 */
export async function createUnzstd(out: ByteRoom): Promise<Decompressor> {
  const { zstdExports } = await import('./zstd-module.ts');
  return createWasmUnzstd(await zstdExports(), out);
}

interface Result {
  readonly consumed: number;
  readonly produced: number;
  readonly fault: string | undefined;
}

/** Frame by frame: what stands between frames and is none goes through as it is. */
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
      for (let at = 0; at < chunk.length || faults.length === 0; ) {
        if (faults.length > 0) {
          filler.copy(chunk, at, chunk.length);
          return;
        }
        const { consumed, produced, fault } = step(chunk, at, filler.room, filler.filled);
        at += consumed;
        filler.advance(produced);
        if (fault !== undefined) faults.push(`the zstd stream is damaged (${fault})`);
        else if (consumed === 0 && produced === 0) return;
      }
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

const inputBytes = 128 << 10;
const outputBytes = 64 << 10;

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

  function step(chunk: Uint8Array, from: number, room: Uint8Array, at: number): Result {
    if (loaded !== chunk || loadedAt + used !== from || used === size) {
      loaded = chunk;
      loadedAt = from;
      used = 0;
      size = Math.min(inputBytes, chunk.length - from);
      heap.set(chunk.subarray(from, from + size), input);
    }
    words.set([input, size, used, output, Math.min(outputBytes, room.length - at), 0], inBuffer >>> 2);
    const code = ZSTD_decompressStream(context, outBuffer, inBuffer);
    if (heap.buffer !== memory.buffer) {
      heap = new Uint8Array(memory.buffer);
      words = new Uint32Array(memory.buffer);
    }
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
