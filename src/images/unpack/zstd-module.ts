/** What the WebAssembly of wasm/zstd offers (zstd.h). Sizes and pointers are 32 bits. */
export interface ZstdExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly malloc: (bytes: number) => number;
  readonly free: (pointer: number) => void;
  readonly ZSTD_createDCtx: () => number;
  readonly ZSTD_freeDCtx: (context: number) => number;
  readonly ZSTD_getFrameHeader: (header: number, source: number, bytes: number) => number;
  readonly ZSTD_decompressBegin: (context: number) => number;
  readonly ZSTD_nextSrcSizeToDecompress: (context: number) => number;
  readonly ZSTD_nextInputType: (context: number) => number;
  readonly ZSTD_decompressContinue: (context: number, target: number, room: number, source: number, bytes: number) => number;
}

/** Memory of WebAssembly never shrinks: an instance that had to hold a large window is not used again. */
const largestKept = 24 << 20;

/** The functions of zstd's decoder. Those who ask one after the other share them. */
export async function zstdExports(): Promise<ZstdExports> {
  if (shared.exports === undefined || shared.exports.memory.buffer.byteLength > largestKept) {
    shared.code ??= await compile();
    shared.exports = instantiate(shared.code);
  }
  return shared.exports;
}

/** One module per thread. */
const shared: { code?: object; exports?: ZstdExports } = {};

async function compile(): Promise<object> {
  const { zstdCode } = await import('./zstd-code.generated.ts');
  return new (webAssembly().Module)(zstdCode());
}

function instantiate(code: object): ZstdExports {
  const { exports } = new (webAssembly().Instance)(code, {});
  return exports as ZstdExports; // as wasm/zstd/build.sh exports them
}

/** As much of WebAssembly as is needed; the types of Node 20 do not name it. */
interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const webAssembly = (): WebAssemblyApi => (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
