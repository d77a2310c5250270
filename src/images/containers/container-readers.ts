import type { Container } from './container.ts';
import type { ContentReader } from './content-reader.ts';
import { readAr } from './ar.ts';
import { readRpm } from './behind.ts';
import { readCpio } from './cpio.ts';
import { readLooseObject, readZlib } from './git/loose-objects.ts';
import { readBundle, readPack } from './git/packs.ts';
import { readGzip, readPacked, readZstd } from './packed.ts';
import { readSqlite } from './sqlite/database.ts';
import { readZip } from './zip/zip.ts';
import type { Opened } from './sniff-container.ts';
import { readUtf32 } from './utf32-text.ts';
import type { ZstdExports } from '../unpack/zstd-module.ts';

/** Containers whose files stand in them as they are: opening them unpacks nothing. */
export const unpacksNothing: ReadonlySet<Opened> = new Set(['ar', 'cpio', 'rpm', 'sqlite']);

/** What reads a container of a kind. `head`: its first bytes. */
export function readerOf(
  kind: Exclude<Opened, 'script'>,
  head: Uint8Array,
  zstd: ZstdExports | undefined,
): (container: Container) => ContentReader | undefined {
  switch (kind) {
    case 'zip':
      return (one) => readZip(one);
    case 'gzip':
      return readGzip;
    case 'zstd':
      return (one) => readZstd(one, zstd, head);
    case 'xz':
    case 'bzip2':
    case 'lz4':
    case 'lzip':
    case 'lzma':
      return (one) => readPacked(one, kind);
    case 'sqlite':
      return (one) => readSqlite(one, head);
    case 'zlib':
      return (one) => readZlib(one);
    case 'ar':
      return readAr;
    case 'cpio':
      return (one) => readCpio(one, head);
    case 'rpm':
      return readRpm;
    case 'utf-32':
      return (one) => readUtf32(one, head);
    case 'git pack':
      return readPack;
    case 'git bundle':
      return readBundle;
    case 'git object':
      return readLooseObject;
  }
}
