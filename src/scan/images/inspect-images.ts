import pLimit from 'p-limit';
import type { ImageGap, ImageReader } from '../../images/image.ts';
import type { AssetId } from '../../model/ids.ts';
import type { Inventory } from '../../model/inventory.ts';
import { inventorySchemaVersion } from '../../model/inventory.ts';
import type { SecretMatch } from '../../model/secret-match.ts';
import { UsageError } from '../../model/usage-error.ts';
import { createNotes, type Notes } from '../../providers/notes.ts';
import type { Finder } from '../../secrets/find.ts';
import { tagAttached } from './attached.ts';
import { askedOf, repositoryAsset } from './image-assets.ts';
import { searchConfig, searchManifest } from './image-documents.ts';
import { type LayerBudgets, readLayers } from './image-layers.ts';
import type { PassLayer } from '../layers/read-layer.ts';
import { groupPlaces, keysInLayers } from './image-places.ts';
import { type Found, noteGap, type RepositoryRun, startRepository } from './image-run.ts';
import type { LayerCache } from '../layers/layer-cache.ts';
import { type Mask, maskedManifest, maskedNotes, rememberedMask } from './masked-names.ts';
import { clockOf } from '../run.ts';
import { sortInventory } from '../sort-inventory.ts';
import type { World } from '../world.ts';

/** A reference that somebody named, or that an asset runs. */
export interface WantedImage {
  readonly reference: string;
  /** `oci:<host>/<repository>`, known from the reference alone: the asset that stands for it even where nothing can be read. */
  readonly repository: string;
  /** `repository` is a whole registry: no asset, only a scope that repositories can be missing from. */
  readonly isRegistry?: true;
  /** Opens what it names: one reader for each repository or file. What the user can put right is a UsageError. */
  open(signal: AbortSignal): Promise<OpenedImage>;
}

export interface OpenedImage {
  readonly readers: readonly ImageReader[];
  /** What keeps further readers from being there. */
  readonly gaps: readonly ImageGap[];
}

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
export async function inspectImages(wanted: readonly WantedImage[], world: World, options: InspectImagesOptions): Promise<Inventory> {
  const { finder, passLayer, concurrency, cache } = options;
  const mask = rememberedMask(finder);
  const notes = maskedNotes(
    createNotes(({ scope, call, reason }) => world.progress({ kind: 'gap', provider: 'image', call, region: scope, reason })),
    mask,
  );
  const collectedAt = clockOf(world);
  const runs = new Map<AssetId, RepositoryRun>();
  const readers: ImageReader[] = [];
  world.progress({ kind: 'phase', phase: 'inspect' });
  const runOf = (repository: string, kind?: 'registry'): RepositoryRun => {
    const fresh = startRepository(repository, kind);
    const known = runs.get(fresh.id) ?? fresh;
    runs.set(known.id, known);
    return known;
  };
  try {
    // What the user can put right is found before anything is read.
    for (const image of wanted) readers.push(...(await openImage(image, runOf, notes, options.isTolerant === true, world.signal)));
    const slots = pLimit(imagesAtOnce);
    await Promise.all(
      readers.map((reader) => slots(() => readManifests(runOf(reader.repository), reader, { notes, mask, signal: world.signal }))),
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
      edges: [],
      secrets: all.flatMap((run) =>
        groupPlaces([...run.found, ...keysInLayers(run, reports, { finder, images: manifests })]).map((found) => placed(found, run.id)),
      ),
      gaps: notes.gaps(),
      limits: notes.limits(),
      notConfigured: [],
      selection: options.selection ?? [],
      ...(world.signal.aborted && { interrupted: true as const }),
    });
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
    await cache?.close();
  }
}

async function openImage(
  image: WantedImage,
  runOf: (repository: string, kind?: 'registry') => RepositoryRun,
  notes: Notes,
  isTolerant: boolean,
  signal: AbortSignal,
): Promise<readonly ImageReader[]> {
  try {
    const { readers, gaps } = await image.open(signal);
    for (const reader of readers) runOf(reader.repository).references.add(reader.reference);
    for (const gap of gaps) noteGap(runOf(image.repository, image.isRegistry && 'registry'), notes, 'image catalogue', gap);
    return readers;
  } catch (error) {
    // Of an archive that was not piped in to its end nobody can say that it is none.
    if (!(error instanceof UsageError) || !(isTolerant || signal.aborted)) throw error;
    const run = runOf(image.repository);
    run.references.add(image.reference);
    const isCut = signal.aborted && !isTolerant;
    const why = isCut
      ? ({ reason: 'interrupted', detail: 'the run was interrupted before this was read' } as const)
      : ({ reason: 'malformed', detail: error.message } as const);
    noteGap(run, notes, 'image manifest', { ...why, subject: image.reference });
    return [];
  }
}

async function readManifests(
  run: RepositoryRun,
  reader: ImageReader,
  { notes, mask, signal }: { readonly notes: Notes; readonly mask: Mask; readonly signal: AbortSignal },
): Promise<void> {
  for await (const found of reader.manifests(signal)) {
    if ('gap' in found) {
      noteGap(run, notes, 'image manifest', found.gap);
      continue;
    }
    if ('leftOut' in found) {
      run.limits.add(notes.limit(run.scope, found.leftOut, 'by-design'));
      continue;
    }
    const known = run.manifests.get(found.digest);
    const manifest = maskedManifest(found, mask);
    if (known === undefined) run.manifests.set(found.digest, { manifest, reader, tags: new Set(manifest.tags) });
    else for (const tag of manifest.tags) known.tags.add(tag);
  }
  if (signal.aborted)
    noteGap(run, notes, 'image manifest', {
      reason: 'interrupted',
      subject: reader.reference,
      detail: 'the scan was interrupted while the image was read',
    });
}

function placed({ at, ...key }: Found, asset: AssetId): SecretMatch {
  return { ...key, at: { kind: 'image', asset, ...at } };
}
