import * as zlib from 'node:zlib';
import { type ByteRoom, createCopy, type Decompressor, streamed } from './byte-room.ts';
import { createGunzip } from './gunzip.ts';
import type { PackedKind } from './packed-kinds.ts';
import { createUnzstd } from './unzstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | PackedKind;

/** Bytes that `sniffCompression` wants to see, where there are as many. */
export const magicBytes = 13;

/**
 * By the first bytes, never by a media type.
 * gzip: RFC 1952; zstd and its skippable frames: RFC 8878; xz: tukaani.org/xz/xz-file-format.txt; lz4: the frame formats of lz4.org.
 */
export function sniffCompression(head: Uint8Array): Compression {
  const starts = (...bytes: readonly number[]): boolean => bytes.every((byte, n) => head[n] === byte);
  if (starts(0x1f, 0x8b, 0x08)) return 'gzip';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (isSkippable(head, 0)) return startsLz4(head, behindSkippable(head)) ? 'lz4' : 'zstd';
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  if (starts(0x42, 0x5a, 0x68) && isBzip2(head)) return 'bzip2';
  if (startsLz4(head, 0)) return 'lz4';
  if (starts(0x4c, 0x5a, 0x49, 0x50, 0x01)) return 'lzip';
  if (starts(0x5d, 0x00, 0x00) && isLzma(head)) return 'lzma';
  return 'none';
}

/** Those who read an archive or a layer that is packed as a whole accept such windows, as for zstd (`xz -9` writes 64 MiB). */
const largestWindow = 128 << 20;

/** What unpacks a stream that begins as `sniffCompression` said; WebAssembly is loaded only for what Node does not unpack itself. */
export async function openDecompressor(compression: Compression, out: ByteRoom): Promise<Decompressor> {
  if (compression === 'gzip') return createGunzip(out) ?? streamed(zlib.createGunzip({ chunkSize: 1 << 20 }), out);
  if (compression === 'zstd') return createUnzstd(out);
  if (compression === 'none') return createCopy(out);
  const { createUnpacker } = await import('./packed-kinds.ts');
  return createUnpacker(compression, out, { largestWindow, passesOthers: true });
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true) : 0;

const startsLz4 = (head: Uint8Array, at: number): boolean => [0x184d2204, 0x184c2102].includes(wordAt(head, at));

/** Frames that anybody skips: zstd and lz4 have the same ones. */
const isSkippable = (head: Uint8Array, at: number): boolean => wordAt(head, at) >>> 4 === 0x184d2a5;

/** Where the first frame begins that is none of these, if it does so within the bytes that are there. */
function behindSkippable(head: Uint8Array): number {
  let at = 0;
  while (isSkippable(head, at)) at += 8 + wordAt(head, at + 4);
  return at;
}

/** A level, and the digits of pi, or those of its root where nothing is packed. */
function isBzip2(head: Uint8Array): boolean {
  const magic = sixBytes(head, 4);
  return /^[1-9]$/.test(String.fromCharCode(head[3] ?? 0)) && (magic === 0x314159265359 || magic === 0x177245385090);
}

/** Without a magic: properties as everybody writes them, a window of a power of two, then a length or nothing but ones. */
function isLzma(head: Uint8Array): boolean {
  if (head.length < magicBytes) return false;
  const size = head.subarray(5, 13);
  const top = head[4] as number; // thirteen bytes are there
  return (top & (top - 1)) === 0 && (size.every((byte) => byte === 0xff) || size.subarray(5).every((byte) => byte === 0));
}

function sixBytes(bytes: Uint8Array, at: number): number {
  return bytes.subarray(at, at + 6).reduce((value, byte) => value * 256 + byte, 0);
}
