import type { ByteRoom, Decompressor, Filler } from './byte-room.ts';
import { createPackedStreams, type PackedFormat, type PackedOptions } from './packed-streams.ts';
import { createBzip2Format } from './unbzip2.ts';
import { createLz4Format } from './unlz4.ts';
import { createLzmaFormat, lzip, lzma } from './unlzma.ts';
import { unpackExports } from './unpack-module.ts';
import { createXzFormat } from './unxz.ts';

/** Formats that are unpacked by the WebAssembly of wasm/unpack. */
export type PackedKind = 'xz' | 'bzip2' | 'lz4' | 'lzip' | 'lzma';

export interface UnpackerOptions extends PackedOptions {
  /** A power of two. Of what was unpacked no more is kept, whatever a header asks for. */
  readonly largestWindow: number;
}

/** Reads them in the calling thread. */
export function createUnpacker(kind: PackedKind, out: ByteRoom, { largestWindow, ...options }: UnpackerOptions): Decompressor {
  const exports = unpackExports();
  const open = (filler: Filler): PackedFormat => {
    switch (kind) {
      case 'xz':
        return createXzFormat(exports, filler, largestWindow);
      case 'bzip2':
        return createBzip2Format(exports, filler);
      case 'lz4':
        return createLz4Format(exports, filler);
      case 'lzip':
        return createLzmaFormat(exports, filler, { header: lzip, largestWindow });
      case 'lzma':
        return createLzmaFormat(exports, filler, { header: lzma, largestWindow });
    }
  };
  return createPackedStreams(open, out, options);
}
