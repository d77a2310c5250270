import { type Compression, sniffCompression } from '../unpack/decompress.ts';
import type { PackedKind } from '../unpack/packed-kinds.ts';
import { pageFileOf } from './sqlite/frames.ts';
import { blockBytes, isHeader } from '../tar/tar-header.ts';
import { unopenedFormat } from './unopened-formats.ts';
import { isCpio } from './cpio.ts';
import { utf32Of } from './utf32-text.ts';

export type Opened =
  | 'zip'
  | 'gzip'
  | 'zstd'
  | PackedKind
  | 'zlib'
  | 'git pack'
  | 'git bundle'
  | 'git object'
  | 'sqlite'
  | 'ar'
  | 'cpio'
  | 'rpm'
  | 'script'
  | 'utf-32';

/** `{ unopened }`: recognised, and not opened by design. */
export type ContainerKind = Opened | 'tar' | 'damaged tar' | { readonly unopened: string };

/** By the first bytes (512 where there are as many); a git object, which has no magic, also by its name. */
export function sniffContainer(path: string, head: Uint8Array): ContainerKind | undefined {
  const [a, b, c, d] = head;
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) return 'zip';
  if (a === 0x50 && b === 0x41 && c === 0x43 && d === 0x4b && head[7] !== undefined) return 'git pack';
  if (a === 0x23) return sniffText(head);
  if (a === 0x21 && b === 0x3c && startsWith(head, '!<arch>\n')) return 'ar';
  if (((a === 0x30 && b === 0x37) || (a === 0xc7 && b === 0x71) || (a === 0x71 && b === 0xc7)) && isCpio(head)) return 'cpio';
  if (a === 0xed && b === 0xab && c === 0xee && d === 0xdb) return 'rpm';
  if ((a === 0x53 || a === 0x37 || a === 0xd9) && pageFileOf(head) !== undefined) return 'sqlite';
  if ((a === 0xff || a === 0 || a === 0x93) && utf32Of(head) !== undefined) return 'utf-32';
  const compression = compressionOf(head);
  if (compression !== 'none') return compression;
  if (a === 0x78 && b !== undefined && (0x7800 + b) % 31 === 0) return sniffZlib(path, b);
  const unopened = unopenedFormat(head);
  if (unopened !== undefined) return { unopened };
  if (head.length < blockBytes) return undefined;
  if (isHeader(head, 0)) return 'tar';
  return isDamagedTar(path, head) ? 'damaged tar' : undefined;
}

/** Programs go on at the next header behind one that is damaged, and behind zeros: so does the walk. */
const isDamagedTar = (path: string, head: Uint8Array): boolean =>
  (head[257] === 0x75 && latin1(head.subarray(257), 5) === 'ustar') || /\.tar$/i.test(path);

/** Asked of every file: by their first byte, most are none. */
function compressionOf(head: Uint8Array): Compression {
  const first = head[0] ?? 0;
  return mayPack[first] === 1 && head.length >= 10 ? sniffCompression(head) : 'none';
}

/** First bytes of what `sniffCompression` knows. */
const mayPack = Uint8Array.from({ length: 256 }, (_, first) =>
  [0x1f, 0x28, 0xfd, 0x42, 0x04, 0x02, 0x4c, 0x5d].includes(first) || (first & 0xf0) === 0x50 ? 1 : 0,
);

function sniffText(head: Uint8Array): ContainerKind | undefined {
  if (head[1] === 0x21) return 'script';
  return head[1] === 0x20 && /^# v[23] git bundle\n/.test(latin1(head, 20)) ? 'git bundle' : undefined;
}

/** Two bytes are no magic: those that may begin a text are taken for zlib under its names alone. */
function sniffZlib(path: string, second: number): ContainerKind | undefined {
  if (/(?:^|\/)objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}$/.test(path)) return 'git object';
  return second >= 0x80 || second === 1 || /\.(?:pkl|pickle|joblib|zz?|zlib)$/i.test(path) ? 'zlib' : undefined;
}

const latin1 = (head: Uint8Array, bytes: number): string => Buffer.from(head.subarray(0, bytes)).toString('latin1');
const startsWith = (head: Uint8Array, text: string): boolean => latin1(head, text.length) === text;
