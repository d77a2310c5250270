import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyRepository, putImage, type Repository } from '../../src/demo/registry/content.ts';
import { createAgents } from '../../src/http/agents.ts';
import { BlobFailed, type BlobRef, type ImageGap, type ImageManifest, type ImageReader } from '../../src/images/image.ts';
import { parseRegistryReference } from '../../src/images/reference.ts';
import { openRegistry } from '../../src/images/sources/registry/client.ts';
import type { RegistryWorld } from '../../src/images/sources/registry/world.ts';
import { readRegistryImage, type ReaderOptions } from '../../src/images/sources/registry/reader.ts';

/** Time-outs of a fifth of a second, no waits: what takes a minute in the field takes a moment here. */
export function registryWorld(more: Partial<RegistryWorld> = {}): RegistryWorld {
  return {
    agents: createAgents({ env: {} }),
    credentials: async () => ({}),
    now: () => new Date(),
    random: () => 0,
    sleep: (ms, signal) => sleep(Math.min(ms, 5), undefined, { signal }).catch(() => {}),
    limits: { connectMs: 1000, headersMs: 300, idleMs: 300 },
    ...more,
  };
}

export function openReference(text: string, world: Partial<RegistryWorld> = {}, options?: ReaderOptions): ImageReader {
  const reference = parseRegistryReference(text);
  return readRegistryImage(openRegistry(reference.host, registryWorld(world)), reference, options);
}

export interface Seen {
  readonly manifests: readonly ImageManifest[];
  readonly gaps: readonly ImageGap[];
  /** What is not read by choice. */
  readonly leftOut: readonly string[];
}

export async function manifestsOf(reader: ImageReader, signal: AbortSignal = new AbortController().signal): Promise<Seen> {
  // Every request listens to it.
  setMaxListeners(0, signal);
  const manifests: ImageManifest[] = [];
  const gaps: ImageGap[] = [];
  const leftOut: string[] = [];
  for await (const one of reader.manifests(signal)) {
    if ('gap' in one) gaps.push(one.gap);
    else if ('leftOut' in one) leftOut.push(one.leftOut);
    else manifests.push(one);
  }
  return { manifests, gaps, leftOut };
}

export interface BlobRead {
  readonly bytes: Buffer;
  readonly gap?: ImageGap;
}

/** All that came of a blob, and the gap that it ended in. */
export async function blobOf(reader: ImageReader, blob: BlobRef, signal: AbortSignal = new AbortController().signal): Promise<BlobRead> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of reader.read(blob, signal)) chunks.push(Uint8Array.from(chunk));
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (!(error instanceof BlobFailed)) throw error;
    return { bytes: Buffer.concat(chunks), gap: error.gap };
  }
}

/** One image of one layer of random bytes, under the tag `latest`. */
export function oneImage(layerBytes = 300_000): { readonly repository: Repository; readonly layer: Buffer } {
  const repository = emptyRepository();
  const layer = randomBytes(layerBytes);
  const config = { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [] } };
  putImage(repository, { config, layers: [{ bytes: layer }], tag: 'latest' });
  return { repository, layer };
}
