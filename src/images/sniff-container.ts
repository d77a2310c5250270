import { type Compression, sniffCompression } from './decompress.ts';
import { pageFileOf } from './sqlite-frames.ts';
import { blockBytes, isHeader } from './tar-header.ts';

/** `{ unopened }`: recognised, and not opened by design. */
export type ContainerKind =
  | 'zip'
  | 'gzip'
  | 'zstd'
  | 'tar'
  | 'git pack'
  | 'git bundle'
  | 'git object'
  | 'sqlite'
  | { readonly unopened: string };

/** By the first bytes (512 where there are as many); a git object, which has no magic, also by its name. */
export function sniffContainer(path: string, head: Uint8Array): ContainerKind | undefined {
  const [a, b, c, d] = head;
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) return 'zip';
  if (a === 0x50 && b === 0x41 && c === 0x43 && d === 0x4b && head[7] !== undefined) return 'git pack';
  if (a === 0x23 && b === 0x20 && /^# v[23] git bundle\n/.test(latin1(head, 20))) return 'git bundle';
  if (a === 0x37 && b === 0x7a && c === 0xbc && d === 0xaf) return { unopened: '7z' };
  if (a === 0x52 && b === 0x61 && c === 0x72 && d === 0x21 && head[4] === 0x1a && head[5] === 0x07) return { unopened: 'rar' };
  // A squashfs file system (of snaps and AppImages), little endian: https://docs.kernel.org/filesystems/squashfs.html
  if (a === 0x68 && b === 0x73 && c === 0x71 && d === 0x73 && head[28] === 4 && head[30] === 0) return { unopened: 'squashfs' };
  if (a === 0xed && b === 0xab && c === 0xee && d === 0xdb) return { unopened: 'rpm package' };
  if ((a === 0x53 || a === 0x37 || a === 0xd9) && pageFileOf(head) !== undefined) return 'sqlite';
  const compression: Compression = head.length < 10 ? 'none' : sniffCompression(head);
  if (compression === 'gzip' || compression === 'zstd') return compression;
  if (compression !== 'none') return { unopened: compression };
  if (a === 0x78 && /(^|\/)objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}$/.test(path)) return 'git object';
  return head.length === blockBytes && isHeader(head, 0) ? 'tar' : undefined;
}

const latin1 = (head: Uint8Array, bytes: number): string => Buffer.from(head.subarray(0, bytes)).toString('latin1');
