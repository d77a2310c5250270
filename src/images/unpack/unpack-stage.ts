import type { Filler } from './byte-room.ts';
import { dropIfLarge, type StepFunction, type UnpackExports } from './unpack-module.ts';

const inputBytes = 64 << 10;
const outputBytes = 128 << 10;
/** Of what unpack.c calls an unpacker: consumed, produced, window, blocks, bits. */
const fields = 5;

/** Memory of WebAssembly that one stream is unpacked in, piece by piece. */
export interface UnpackStage {
  readonly unpacker: number;
  /** Puts bytes where WebAssembly reads them, at most 64 KiB. Answers how many. */
  load(bytes: Uint8Array): number;
  readonly input: number;
  /** One step over the first bytes of what was loaded; what it unpacks is handed on. The answer of the function, and what it says beside it. */
  step(run: StepFunction, bytes: number): StageStep;
  said(): StageStep;
  close(): void;
}

export interface StageStep {
  readonly answer: number;
  readonly consumed: number;
  readonly produced: number;
  readonly window: number;
  readonly blocks: number;
  readonly bits: number;
}

export function createStage(exports: UnpackExports, filler: Filler): UnpackStage {
  const unpacker = exports.unpacker_new();
  const input = exports.malloc(inputBytes);
  const output = exports.malloc(outputBytes);
  let heap = new Uint8Array(exports.memory.buffer);
  let isClosed = false;

  /** Memory that grew, for this stream or for one inside of it, is another buffer. */
  function look(): Uint8Array {
    if (heap.buffer !== exports.memory.buffer) heap = new Uint8Array(exports.memory.buffer);
    return heap;
  }

  function said(answer = 0): StageStep {
    const [consumed = 0, produced = 0, window = 0, blocks = 0, bits = 0] = new Uint32Array(look().buffer, unpacker, fields);
    return { answer, consumed, produced, window, blocks, bits };
  }

  return {
    unpacker,
    input,
    load(bytes) {
      const taken = bytes.subarray(0, inputBytes);
      look().set(taken, input);
      return taken.length;
    },
    step(run, bytes) {
      const step = said(run(unpacker, input, bytes, output, outputBytes));
      const end = output + step.produced;
      for (let at = output; at < end; ) {
        const length = Math.min(end - at, filler.room.length - filler.filled);
        filler.room.set(look().subarray(at, at + length), filler.filled);
        at += length;
        filler.advance(length);
      }
      return step;
    },
    said,
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const pointer of [unpacker, input, output]) exports.free(pointer);
      dropIfLarge(exports);
    },
  };
}
