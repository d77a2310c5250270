import { availableParallelism } from 'node:os';
import type { ReaderOptions } from '../images/sources/registry/reader.ts';
import type { Inventory } from '../model/inventory.ts';
import type { LayerBudgets } from './image-layers.ts';
import { inspectImages, type WantedImage } from './inspect-images.ts';
import { openImageSources, type RegistryOptions, wantedImages } from './wanted-images.ts';
import type { World } from './world.ts';

export interface InspectRequest extends LayerBudgets {
  /** Layers at once; as many as the machine has cores for where it is left out. */
  readonly concurrency?: number;
  /** Where what was seen in layers is kept; nothing is kept where it is left out. */
  readonly cache?: { readonly dir: string; readonly limitBytes: number };
  /** Content of the user's key for secret digests. */
  readonly digestKey?: Uint8Array;
  readonly toolVersion: string;
  /** One sentence about something that does not end the scan. */
  readonly warn: (text: string) => void;
}

export interface ImageRequest extends InspectRequest, RegistryOptions {
  /** As the user wrote them. */
  readonly references: readonly string[];
  readonly tags?: ReaderOptions['tags'];
}

/** Looks into the images that the user named; no cloud is asked. */
export async function readImages(request: ImageRequest, world: World): Promise<Inventory> {
  const { references, tags, offline } = request;
  const sources = openImageSources(request, world);
  const wanted = wantedImages(references, sources, { offline, ...(tags !== undefined && { reader: { tags } }) });
  const selection = [
    ...references.map((reference) => `image ${reference}`),
    ...(tags === undefined ? [] : [typeof tags === 'string' ? `tags: ${tags}` : `tags: ${wordsOf(tags)}`]),
  ];
  return inspectWanted(wanted, world, request, { selection });
}

function wordsOf(tags: Exclude<ReaderOptions['tags'], string | undefined>): string {
  return 'newest' in tags ? `newest ${tags.newest}` : tags.like;
}

export interface InspectedBy {
  readonly selection?: readonly string[];
  readonly isTolerant?: boolean;
}

/** Inspects what was wanted with the detectors that the program ships with. */
export async function inspectWanted(
  wanted: readonly WantedImage[],
  world: World,
  request: InspectRequest,
  by: InspectedBy = {},
): Promise<Inventory> {
  const { maxImageBytes, maxLayers, cache: kept, digestKey, toolVersion, warn } = request;
  const { loadDetectors } = await import('../secrets/detectors.ts');
  const { lazyFinder } = await import('../secrets/find.ts');
  const { layerPassesHere, passFingerprint } = await import('./layer-passes.ts');
  const { openLayerCache } = await import('./layer-cache.ts');
  const detectors = await loadDetectors();
  const keyed = digestKey === undefined ? {} : { digestKey };
  const finder = lazyFinder({ detectors, ...keyed });
  const { createLayerPool } = await import('./layer-pool.ts');
  const workers = Math.min(availableParallelism(), request.concurrency ?? Number.POSITIVE_INFINITY);
  const passes = createLayerPool({ workers, here: layerPassesHere({ detectors, finder, ...keyed }), ...keyed });
  const cache = kept && (await openLayerCache({ ...kept, fingerprint: passFingerprint(detectors, digestKey), warn }));
  try {
    return await inspectImages(wanted, world, {
      tool: { name: 'aispm', version: toolVersion },
      finder: finder(),
      passLayer: passes.passLayer,
      concurrency: Math.min(passes.concurrency, request.concurrency ?? passes.concurrency),
      ...(cache !== undefined && { cache }),
      ...(maxImageBytes !== undefined && { maxImageBytes }),
      ...(maxLayers !== undefined && { maxLayers }),
      ...by,
    });
  } finally {
    await passes.close();
  }
}
