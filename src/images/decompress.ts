import * as zlib from 'node:zlib';
import { type ByteRoom, createCopy, type Decompressor, streamed } from './byte-room.ts';
import { createGunzip } from './gunzip.ts';
import { createUnzstd } from './unzstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'lz4';

/** Bytes that `sniffCompression` wants to see, where there are as many. */
export const magicBytes = 10;

/**
 * By the first bytes, never by a media type.
 * gzip: RFC 1952; zstd and its skippable frames: RFC 8878; xz: tukaani.org/xz/xz-file-format.txt; lz4: the frame format of lz4.org.
 */
export function sniffCompression(head: Uint8Array): Compression {
  const starts = (...bytes: readonly number[]): boolean => bytes.every((byte, n) => head[n] === byte);
  if (starts(0x1f, 0x8b, 0x08)) return 'gzip';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd';
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  if (starts(0x42, 0x5a, 0x68) && /^[1-9]$/.test(String.fromCharCode(head[3] ?? 0)) && sixBytes(head, 4) === 0x314159265359) return 'bzip2';
  if (starts(0x04, 0x22, 0x4d, 0x18)) return 'lz4';
  return 'none';
}

/** For `xz`, `bzip2` and `lz4` the stored bytes go through as they are: a plain file that only begins like one hides nothing. */
export async function openDecompressor(compression: Compression, out: ByteRoom): Promise<Decompressor> {
  if (compression === 'gzip') return createGunzip(out) ?? streamed(zlib.createGunzip({ chunkSize: 1 << 20 }), out);
  if (compression === 'zstd') return createUnzstd(out);
  return createCopy(out);
}

function sixBytes(bytes: Uint8Array, at: number): number {
  return bytes.subarray(at, at + 6).reduce((value, byte) => value * 256 + byte, 0);
}
