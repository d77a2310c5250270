import type { ImageReader } from '../image.ts';
import type { ImageReference } from '../reference.ts';
import { openImageFile } from './file.ts';
import { openRegistry, type RegistryClient } from './registry/client.ts';
import type { RegistryWorld } from './registry/world.ts';
import { type ReaderOptions, readRegistryImage } from './registry/reader.ts';

export interface ImageSources {
  /** Files are looked at at once: a UsageError for a path that is missing or no image. Registries are asked nothing yet. */
  open(reference: ImageReference, options?: ReaderOptions): Promise<ImageReader>;
  /** The one client of a registry: its logins and its connection are shared by all images of a run. */
  registry(host: string): RegistryClient;
}

export interface SourceWorld {
  readonly registry: RegistryWorld;
  /** For an archive that is packed as a whole, or piped in. */
  readonly temporaryFolder: string;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdinName?: string;
}

export function openSources(world: SourceWorld): ImageSources {
  const clients = new Map<string, RegistryClient>();
  const registry = (host: string): RegistryClient => {
    const client = clients.get(host) ?? openRegistry(host, world.registry);
    clients.set(host, client);
    return client;
  };
  return {
    registry,
    open: async (reference, options) =>
      reference.kind === 'file'
        ? openImageFile(reference, world, options)
        : readRegistryImage(registry(reference.host), reference, options),
  };
}
