import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A file of a layer; a path that ends in a slash is a folder. */
export type LayerFile = readonly [path: string, content: string | Uint8Array];

export interface BuiltLayer {
  /** The tar, packed with gzip. */
  readonly bytes: Uint8Array;
  /** Digest of the tar itself, as a configuration names it. */
  readonly diffId: string;
}

/** A layer as a build writes it, with the same bytes every time. */
export async function buildLayer(files: readonly LayerFile[]): Promise<BuiltLayer> {
  const archive = pack();
  const mtime = new Date(0);
  for (const [name, content] of files) {
    if (name.endsWith('/')) archive.entry({ name, type: 'directory', mode: 0o755, mtime });
    else archive.entry({ name, mode: 0o644, mtime }, Buffer.from(content));
  }
  archive.finalize();
  const tar = await buffer(archive);
  return { bytes: gzipSync(tar), diffId: `sha256:${createHash('sha256').update(tar).digest('hex')}` };
}
