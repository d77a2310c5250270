import { ZSTDDecoder } from 'zstddec/stream';

/** What the WebAssembly of zstddec offers (zstd.h). Sizes and pointers are 32 bits. */
export interface StreamExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly malloc: (bytes: number) => number;
  readonly free: (pointer: number) => void;
  readonly ZSTD_createDCtx: () => number;
  readonly ZSTD_freeDCtx: (context: number) => number;
  readonly ZSTD_decompressStream: (context: number, output: number, input: number) => number;
}

/**
 * The functions below zstddec's own decoder, which does not look at error codes (a damaged frame would never end), keeps
 * its context after a fault, and copies each piece once more.
 */
export function zstdExports(): Promise<StreamExports> {
  return (shared.exports ??= load());
}

/** One module per thread, as in zstddec itself. */
const shared: { exports?: Promise<StreamExports> } = {};

async function load(): Promise<StreamExports> {
  let exports: unknown;
  class Decoder extends ZSTDDecoder {
    override _init(result: Parameters<ZSTDDecoder['_init']>[0]): void {
      super._init(result); // oxlint-disable-line no-underscore-dangle -- zstddec's name
      exports = (result as { readonly instance: { readonly exports: unknown } }).instance.exports;
    }
  }
  await new Decoder().init();
  if (exports === undefined) throw new Error('zstddec did not load its module');
  return exports as StreamExports; // zstddec calls these very functions
}
