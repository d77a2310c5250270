import { availableParallelism } from 'node:os';
import { platformText } from '../../images/manifests/platforms.ts';
import type { ReaderOptions } from '../../images/sources/registry/reader.ts';
import type { Inventory } from '../../model/inventory.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { LayerBudgets } from './image-layers.ts';
import { inspectImages } from './inspect-images.ts';
import type { WantedImage } from './wanted-image.ts';
import { tuneEngine } from '../layers/tune-engine.ts';
import type { Thread } from '../layers/layer-thread.ts';
import { isInShard, type Shard } from '../shard.ts';
import { openImageSources, type RegistryOptions, wantedImages } from './wanted-images.ts';
import { type RegistryChoice, wantedRegistry } from './wanted-registries.ts';
import type { World } from '../world.ts';

export interface InspectRequest extends LayerBudgets {
  /** Threads that were started ahead. Who inspects closes them. */
  readonly threads?: readonly Thread[];
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
  /** Registries of which every repository is read. */
  readonly registries?: readonly RegistryChoice[];
  /** Of all repositories, these alone. */
  readonly shard?: Shard;
  readonly tags?: ReaderOptions['tags'];
  readonly platforms?: ReaderOptions['platforms'];
  /** `PROVIDER[.SERVICE]=URL` and `registry[.HOST]=URL`, as the user wrote them. */
  readonly endpoints?: readonly string[];
}

/** Looks into the images that the user named; no cloud is asked. */
export async function readImages(request: ImageRequest, world: World): Promise<Inventory> {
  const { references, registries = [], shard, offline } = request;
  const sources = openImageSources({ ...request, ...(await waysTo(request, world)) }, world);
  const choice = { reader: readerOptions(request), isWanted: (repository: string) => isInShard(repository, shard) };
  if (offline && registries[0] !== undefined)
    throw new UsageError(`--offline allows no connection, and "${registries[0].text}" is a registry`, { hint: 'name files instead' });
  const wanted = [
    ...wantedImages(references, sources, { offline, ...choice }),
    ...registries.map((registry) => wantedRegistry(registry, sources, choice)),
  ];
  return inspectWanted(wanted, world, request, { selection: wordsOf(request) });
}

/** Where registries answer, and the logins that the clouds give to them: those of Docker go before, they were made on purpose. */
async function waysTo({ endpoints = [], ca, timeoutMs }: ImageRequest, world: World): Promise<Partial<RegistryOptions>> {
  const { endpointsOf } = await import('../endpoints-of.ts');
  const { ambientLogins } = await import('../discover/ambient-logins.ts');
  const endpointOf = await endpointsOf(endpoints);
  const source = ambientLogins({ endpointOf, timeoutMs, ...(ca !== undefined && { ca }) }, world);
  return { address: (host) => endpointOf('registry', host, ''), logins: { source, when: 'last' } };
}

/** How an image is read, where more is said than which. */
export function readerOptions({ tags, platforms }: Pick<ImageRequest, 'tags' | 'platforms'>): ReaderOptions {
  return { ...(tags !== undefined && { tags }), ...(platforms !== undefined && { platforms }) };
}

function wordsOf({ references, registries = [], shard, tags, platforms = [] }: ImageRequest): readonly string[] {
  return [
    ...references.map((reference) => `image ${reference}`),
    ...registries.map(({ text }) => `registry ${text}`),
    ...(tags === undefined && registries.length > 0 ? ['tags: the newest of each repository of a registry'] : []),
    ...(tags === undefined ? [] : [`tags: ${tagsInWords(tags)}`]),
    ...platforms.map((platform) => `platform ${platformText(platform)}`),
    ...(shard === undefined ? [] : [`shard ${shard.index}/${shard.of}`]),
  ];
}

function tagsInWords(tags: NonNullable<ReaderOptions['tags']>): string {
  if (tags === 'all') return tags;
  return 'newest' in tags ? `newest ${tags.newest}` : tags.like;
}

export interface InspectedBy {
  readonly selection?: readonly string[];
  readonly isTolerant?: boolean;
}

/** From a registry a small layer takes a few questions and next to no bytes. */
const smallLayersAtOnce = 8;

/** Inspects what was wanted with the detectors that the program ships with. */
export async function inspectWanted(
  wanted: readonly WantedImage[],
  world: World,
  request: InspectRequest,
  by: InspectedBy = {},
): Promise<Inventory> {
  const { maxImageBytes, maxLayers, cache: kept, digestKey, toolVersion, warn, threads: ahead = [] } = request;
  const { loadDetectorSet } = await import('../../secrets/detectors/detectors.ts');
  const { lazyFinder } = await import('../../secrets/find.ts');
  const { layerPassesHere, passFingerprint } = await import('../layers/layer-passes.ts');
  const { openLayerCache } = await import('../layers/layer-cache.ts');
  tuneEngine();
  const set = await loadDetectorSet();
  const keyed = digestKey === undefined ? {} : { digestKey };
  const finder = lazyFinder({ set, ...keyed });
  const { createLayerPool } = await import('../layers/layer-pool.ts');
  const workers = Math.min(availableParallelism(), request.concurrency ?? Number.POSITIVE_INFINITY);
  const here = layerPassesHere({ set, finder, ...keyed });
  const passes = createLayerPool({ workers, here, ahead, search: set.shared, ...keyed });
  const cache = kept && (await openLayerCache({ ...kept, fingerprint: passFingerprint(set.detectors, digestKey), warn }));
  try {
    return await inspectImages(wanted, world, {
      tool: { name: 'aispm', version: toolVersion },
      finder: finder(),
      passLayer: passes.passLayer,
      concurrency: Math.min(passes.concurrency, request.concurrency ?? passes.concurrency),
      smallAtOnce: request.concurrency ?? smallLayersAtOnce,
      ...(cache !== undefined && { cache }),
      ...(maxImageBytes !== undefined && { maxImageBytes }),
      ...(maxLayers !== undefined && { maxLayers }),
      ...by,
    });
  } finally {
    await passes.close();
  }
}
