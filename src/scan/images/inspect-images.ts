import pLimit from 'p-limit';
import type { AssetId } from '../../model/ids.ts';
import type { Inventory } from '../../model/inventory.ts';
import { inventorySchemaVersion } from '../../model/inventory.ts';
import type { SecretMatch } from '../../model/secret-match.ts';
import { createNotes } from '../../providers/notes.ts';
import type { Finder } from '../../secrets/find.ts';
import { tagAttached } from './attached.ts';
import { askedOf, repositoryAsset } from './image-assets.ts';
import { searchConfig, searchManifest } from './image-documents.ts';
import { type LayerBudgets, readLayers } from './image-layers.ts';
import type { PassLayer } from '../layers/read-layer.ts';
import { groupPlaces, keysInLayers } from './image-places.ts';
import { type Found, type RepositoryRun, startRepository } from './image-run.ts';
import { edgesToImages } from './image-edges.ts';
import { openImage, type ReaderOf, readManifests } from './open-images.ts';
import type { LayerCache } from '../layers/layer-cache.ts';
import { maskedNotes, rememberedMask } from './masked-names.ts';
import { heardByMany } from '../heard-by-many.ts';
import { clockOf } from '../run.ts';
import { sortInventory } from '../sort-inventory.ts';
import type { WantedImage } from './wanted-image.ts';
import type { World } from '../world.ts';

export interface InspectImagesOptions extends LayerBudgets {
  readonly tool: Inventory['tool'];
  readonly finder: Finder;
  readonly passLayer: PassLayer;
  /** Layers at once. */
  readonly concurrency: number;
  /** Small layers at once, which are fetched before their turn; as many as others if not said. */
  readonly smallAtOnce?: number;
  readonly cache?: LayerCache;
  readonly selection?: readonly string[];
  /** Errors of opening are gaps, not the end of the run: the reference was not written by the user. */
  readonly isTolerant?: boolean;
}

/** Manifests and configurations that are read at once. They are small. */
const imagesAtOnce = 8;

/**
 * Looks into images: every platform, attestation and referrer below each reference, manifest, configuration, history and
 * annotations, and every layer once. An inventory comes out: a repository is an asset, a key in it has all its places, what could
 * not be read is a gap. Nothing throws for what a registry or an image does; after an abort it holds what was read until then.
 */
export async function inspectImages(wanted: readonly WantedImage[], outside: World, options: InspectImagesOptions): Promise<Inventory> {
  const world = { ...outside, signal: heardByMany(outside.signal) };
  const { finder, passLayer, concurrency, cache } = options;
  const mask = rememberedMask(finder);
  const notes = maskedNotes(
    createNotes(({ scope, call, reason }) => world.progress({ kind: 'gap', provider: 'image', call, region: scope, reason })),
    mask,
  );
  const collectedAt = clockOf(world);
  const runs = new Map<AssetId, RepositoryRun>();
  const opened: ReaderOf[] = [];
  world.progress({ kind: 'phase', phase: 'inspect' });
  const runOf = (repository: string, kind?: 'registry'): RepositoryRun => {
    const fresh = startRepository(mask(repository), kind);
    const known = runs.get(fresh.id) ?? fresh;
    runs.set(known.id, known);
    return known;
  };
  try {
    // What the user can put right is found before anything is read.
    const isTolerant = options.isTolerant === true;
    for (const image of wanted) opened.push(...(await openImage(image, runOf, { notes, isTolerant, signal: world.signal })));
    const slots = pLimit(imagesAtOnce);
    const ledTo = new Map<WantedImage, readonly string[]>();
    await Promise.all(
      opened.map(({ reader, image }) =>
        slots(async () => {
          const digests = await readManifests(runOf(reader.repository), reader, { notes, mask, signal: world.signal });
          ledTo.set(image, [...(ledTo.get(image) ?? []), ...digests]);
        }),
      ),
    );
    const all = [...runs.values()];
    for (const run of all) tagAttached(run);
    await Promise.all(
      all.flatMap((run) =>
        [...run.manifests.values()].map((held) =>
          slots(async () => {
            await searchConfig(run, held, { finder, notes, signal: world.signal });
            searchManifest(run, held, finder);
          }),
        ),
      ),
    );
    const images = all.reduce((sum, { manifests }) => sum + manifests.size, 0);
    const reports = await readLayers(all, {
      passLayer,
      concurrency,
      notes,
      signal: world.signal,
      ...(options.smallAtOnce !== undefined && { smallAtOnce: options.smallAtOnce }),
      ...(cache !== undefined && { cache }),
      ...(options.maxImageBytes !== undefined && { maxImageBytes: options.maxImageBytes }),
      ...(options.maxLayers !== undefined && { maxLayers: options.maxLayers }),
      progress: (counts) => world.progress({ kind: 'images', images, ...counts }),
    });
    const manifests = all
      .flatMap((run) => [...run.manifests.values()].map(({ manifest }) => manifest))
      .filter(({ role }) => role === 'image');
    return sortInventory({
      schemaVersion: inventorySchemaVersion,
      tool: options.tool,
      scopes: all.map(({ scope, name }) => ({ id: scope, provider: 'image', account: name, region: 'global', collectedAt })),
      asked: all.map(askedOf),
      assets: all.filter(({ kind }) => kind === 'repository').map((run) => repositoryAsset(run, reports, mask)),
      edges: edgesToImages(
        wanted.map((image) => ({ users: image.namedBy ?? [], to: runOf(image.repository).id, digests: ledTo.get(image) ?? [] })),
      ),
      secrets: all.flatMap((run) =>
        groupPlaces([...run.found, ...keysInLayers(run, reports, { finder, images: manifests })]).map((found) => placed(found, run.id)),
      ),
      gaps: notes.gaps(),
      limits: notes.limits(),
      notConfigured: [],
      selection: (options.selection ?? []).map(mask),
      ...(world.signal.aborted && { interrupted: true as const }),
    });
  } finally {
    await Promise.all(opened.map(({ reader }) => reader.close()));
    await cache?.close();
  }
}

function placed({ at, ...key }: Found, asset: AssetId): SecretMatch {
  return { ...key, at: { kind: 'image', asset, ...at } };
}
