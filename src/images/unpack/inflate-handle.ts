import * as zlib from 'node:zlib';

/** Bytes that one step may write. zlib keeps a copy of its last 32 KiB behind each step: small steps cost a tenth. */
const stepBytes = 256 << 10;
const scratchBytes = 64 << 10;
const untouched = 0xa5;

export interface Step {
  consumed: number;
  produced: number;
  /** Room was left: without further input nothing more comes, and where input was left too, the stream has ended. */
  isDrained: boolean;
  /** The input is no such stream. `produced` then counts what was still written before the fault. */
  fault: string | undefined;
  /** Of the fault: a number of zlib.h or zstd_errors.h. */
  errno: number;
}

/** Unpacks in the calling thread, straight into memory of the caller. */
export interface InflateHandle {
  /** One step of at most 256 KiB of output. Neither consumed nor produced, with input and room given: the stream has ended. The answer is valid until the next step. */
  step(input: Uint8Array, from: number, to: number, out: Uint8Array, at: number, end: number): Step;
  /** Ready for the next stream of the same kind. */
  reset(): void;
  close(): void;
}

/** What Node's own zlib streams and npm's minizlib are built on; the same in Node 20, 22 and 24, but promised by none. */
interface NativeHandle {
  writeSync(flush: number, input: Uint8Array, from: number, length: number, out: Uint8Array, at: number, room: number): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

type Format = 'deflate' | 'zlib' | 'zstd';

/** A handle, or undefined where this Node has none: then the public streams must do, or another decoder. */
export function openHandle(format: Format): InflateHandle | undefined {
  const stream = openStream(format);
  if (stream === undefined) return undefined;
  const { _handle: handle, _writeState: state } = stream as unknown as {
    readonly _handle?: NativeHandle;
    readonly _writeState?: Uint32Array;
  };
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function' || !(state instanceof Uint32Array)) return undefined;
  const native = handle;
  const result: Step = { consumed: 0, produced: 0, isDrained: false, fault: undefined, errno: 0 };
  Object.assign(native, {
    onerror: (message: string, errno: number) => {
      result.fault = message;
      result.errno = errno;
    },
  } satisfies Partial<NativeHandle>);
  return {
    step(input, from, to, out, at, end) {
      const room = Math.min(stepBytes, end - at);
      result.fault = undefined;
      // On a fault zlib does not say how much it wrote; marked memory does.
      out.fill(untouched, at, at + room);
      native.writeSync(0, input, from, to - from, out, at, room);
      if (result.fault === undefined) {
        result.produced = room - (state[0] as number); // [room left, input left]
        result.isDrained = state[0] !== 0;
        result.consumed = to - from - (state[1] as number);
      } else {
        result.produced = written(out, at, at + room);
        result.consumed = to - from;
      }
      return result;
    },
    reset: () => native.reset(),
    close: () => stream.destroy(),
  };
}

/** Handles for many short streams: `close` gives one back. Each has memory of its own to unpack into. */
export interface InflatePool {
  open(format: Format): (InflateHandle & { readonly scratch: Uint8Array }) | undefined;
  close(): void;
}

export function createInflatePool(): InflatePool {
  const all: InflateHandle[] = [];
  const free = new Map<Format, (InflateHandle & { readonly scratch: Uint8Array })[]>();
  return {
    open(format) {
      const known = free.get(format)?.pop();
      if (known !== undefined) {
        known.reset();
        return known;
      }
      const handle = openHandle(format);
      if (handle === undefined) return undefined;
      all.push(handle);
      const pooled: InflateHandle & { readonly scratch: Uint8Array } = {
        scratch: new Uint8Array(scratchBytes),
        step: (input, from, to, out, at, end) => handle.step(input, from, to, out, at, end),
        reset: () => handle.reset(),
        close() {
          const others = free.get(format) ?? [];
          free.set(format, others);
          if (!others.includes(pooled)) others.push(pooled);
        },
      };
      return pooled;
    },
    close() {
      for (const handle of all) handle.close();
    },
  };
}

/** The types of Node 20 do not name what newer ones have. */
function openStream(format: Format): { destroy(): unknown } | undefined {
  if (format === 'zstd') return (zlib as unknown as { createZstdDecompress?(): { destroy(): unknown } }).createZstdDecompress?.();
  return format === 'deflate' ? zlib.createInflateRaw() : zlib.createInflate();
}

function written(out: Uint8Array, at: number, end: number): number {
  let last = end;
  while (last > at && out[last - 1] === untouched) last--;
  return last - at;
}
