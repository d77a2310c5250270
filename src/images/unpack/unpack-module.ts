import { unpackCode } from './unpack-code.generated.ts';

/** What the WebAssembly of wasm/unpack offers (unpack.c, lz4.h, xxhash.h). Sizes and pointers are 32 bits. */
export interface UnpackExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly malloc: (bytes: number) => number;
  readonly free: (pointer: number) => void;
  readonly unpacker_new: () => number;
  readonly xz_check: (header: number) => number;
  readonly xz_is_footer: (footer: number, check: number, indexBytes: number) => number;
  readonly xz_open_block: (unpacker: number, header: number, check: number, largestWindow: number) => number;
  readonly xz_open_lzip: (unpacker: number) => number;
  readonly xz_open_lzma: (unpacker: number) => number;
  readonly xz_step: StepFunction;
  readonly xz_close: (unpacker: number) => void;
  readonly xz_count_block: (index: number, unpacker: number) => number;
  readonly xz_index_step: (index: number, unpacker: number, input: number, bytes: number) => number;
  readonly xz_index_bytes: (index: number) => number;
  readonly lzma_index_hash_init: (index: number, allocator: number) => number;
  readonly lzma_index_hash_end: (index: number, allocator: number) => void;
  readonly bz_open: (unpacker: number) => number;
  readonly bz_step: StepFunction;
  readonly bz_close: (unpacker: number) => void;
  readonly LZ4_decompress_safe_usingDict: (
    source: number,
    target: number,
    bytes: number,
    room: number,
    dictionary: number,
    dictionaryBytes: number,
  ) => number;
  readonly XXH32: (bytes: number, length: number, seed: number) => number;
  readonly XXH32_createState: () => number;
  readonly XXH32_freeState: (state: number) => number;
  readonly XXH32_reset: (state: number, seed: number) => number;
  readonly XXH32_update: (state: number, bytes: number, length: number) => number;
  readonly XXH32_digest: (state: number) => number;
}

export type StepFunction = (unpacker: number, input: number, bytes: number, output: number, room: number) => number;

/** Memory of WebAssembly never shrinks: an instance that had to hold a larger window than files inside of layers may have is not used again. */
const largestKept = 64 << 20;

/** Made when the first such stream is met: in the calling thread, because what meets it cannot wait. Those who ask share them. */
export function unpackExports(): UnpackExports {
  shared.code ??= new (webAssembly().Module)(unpackCode());
  shared.exports ??= new (webAssembly().Instance)(shared.code, {}).exports as UnpackExports; // as wasm/unpack/build.sh exports them
  return shared.exports;
}

/** Said by those who need them no more. */
export function dropIfLarge(exports: UnpackExports): void {
  if (shared.exports === exports && exports.memory.buffer.byteLength > largestKept) delete shared.exports;
}

/** One module per thread. */
const shared: { code?: object; exports?: UnpackExports } = {};

/** As much of WebAssembly as is needed; the types of Node 20 do not name it. */
interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const webAssembly = (): WebAssemblyApi => (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
