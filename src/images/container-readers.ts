import type { Container } from './container.ts';
import type { ContentReader } from './content-reader.ts';
import { readLooseObject } from './nested-git.ts';
import { readBundle, readPack } from './nested-git-pack.ts';
import { readGzip, readZstd } from './nested-packed.ts';
import { readSqlite } from './nested-sqlite.ts';
import { readZip } from './nested-zip.ts';
import type { ContainerKind } from './sniff-container.ts';
import type { ZstdExports } from './zstd-module.ts';

/** What reads a container of a kind. `head`: its first bytes. */
export function readerOf(
  kind: Exclude<ContainerKind, object | 'tar'>,
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
    case 'sqlite':
      return (one) => readSqlite(one, head);
    case 'git pack':
      return readPack;
    case 'git bundle':
      return readBundle;
    case 'git object':
      return readLooseObject;
  }
}
