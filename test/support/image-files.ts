import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Header, pack } from 'tar-stream';
import type { Repository } from '../../src/demo/registry/content.ts';

export interface TarMember {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly header?: Partial<Header>;
}

export async function writeTar(file: string, members: readonly TarMember[]): Promise<string> {
  const tar = pack();
  for (const { name, content = '', header } of members)
    tar.entry({ name, ...header }, header?.type === undefined ? Buffer.from(content) : '');
  tar.finalize();
  await mkdir(dirname(file), { recursive: true });
  await pipeline(tar, createWriteStream(file));
  return file;
}

/** The members of an OCI layout: what is tagged stands in its index. */
export function layoutMembers({ blobs, manifests, tags }: Repository): readonly TarMember[] {
  const index = [...tags].map(([tag, digest]) => {
    const { mediaType = '', bytes } = manifests.get(digest) ?? { bytes: Buffer.alloc(0) };
    return { mediaType, digest, size: bytes.length, annotations: { 'org.opencontainers.image.ref.name': tag } };
  });
  const blobPath = (digest: string) => `blobs/${digest.replace(':', '/')}`;
  return [
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests: index }) },
    ...[...manifests].map(([digest, { bytes }]) => ({ name: blobPath(digest), content: bytes })),
    ...[...blobs].map(([digest, bytes]) => ({ name: blobPath(digest), content: bytes })),
  ];
}

export async function writeFolder(folder: string, members: readonly TarMember[]): Promise<string> {
  for (const { name, content = '' } of members) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}
