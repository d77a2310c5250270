import type { ImageManifest } from '../../images/image.ts';
import type { LayerMatch } from '../../images/layer/layer-pass.ts';
import { visibilityOf } from './visible-in-image.ts';
import { byCodeUnit } from '../../model/order.ts';
import type { Finder } from '../../secrets/find.ts';
import { platformsOf } from './image-documents.ts';
import type { Found, LayerReports, RepositoryRun } from './image-run.ts';
import { baseLayersOf, originsOf } from './layer-origin.ts';
import { rememberedMask } from './masked-names.ts';
import { groupedBy } from '../../model/grouped-by.ts';

/** The keys of every layer, in every manifest that has the layer: where, visible or not, and made by what. */
export function keysInLayers(
  run: RepositoryRun,
  reports: LayerReports,
  {
    finder,
    images,
  }: { readonly finder: Finder /** Of all repositories: some are the base of others. */; readonly images: readonly ImageManifest[] },
): readonly Found[] {
  // A path can be a key itself. One layer has the same paths in every manifest.
  const masked = rememberedMask(finder);
  return [...run.manifests.values()].flatMap(({ manifest, tags }) => {
    const layers = manifest.layers.map(({ digest }) => reports.get(digest));
    if (layers.every((report) => report === undefined || report.matches.length === 0)) return [];
    const config = run.configs.get(manifest.config?.digest ?? '');
    const origins = originsOf(config, manifest.layers.length, baseLayersOf(manifest, images));
    const visible = visibilityOf(layers);
    return manifest.layers.flatMap((layer, layerIndex) =>
      (layers[layerIndex]?.matches ?? []).map((match): Found => {
        const { path, line, column } = match;
        return {
          ...keyOf(match),
          at: {
            manifests: [manifest.digest],
            tags: [...tags],
            platforms: platformsOf(run, manifest),
            part: manifest.role === 'image' || path !== '' ? 'layer' : 'document',
            blob: layer.digest,
            layerIndex,
            path: path === '' ? (layer.annotations?.[fileName] ?? '') : masked(path),
            ...(line !== undefined && { line }),
            ...(column !== undefined && { column }),
            offset: match.offsetInFile ?? match.startByte,
            visible: manifest.role !== 'image' ? 'final' : match.isReplacedInLayer ? 'deleted' : visible(layerIndex, path),
            ...origins[layerIndex],
          },
        };
      }),
    );
  });
}

/** Artifacts name the file that a blob is. https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const fileName = 'org.opencontainers.image.title';

function keyOf({ detector, issuerCandidates, digest, publicDigest, shown, confidence, why, packed }: LayerMatch): Omit<Found, 'at'> {
  return {
    detector,
    issuerCandidates,
    ...(digest !== undefined && { digest }),
    ...(publicDigest !== undefined && { publicDigest }),
    shown,
    confidence,
    why: packed === undefined ? why : `${why}; packed as ${packed}`,
  };
}

/** Places that differ in nothing but the manifest are one place of several. */
export function groupPlaces(found: readonly Found[]): readonly Found[] {
  const groups = groupedBy(found, ({ at: _at, ...key }) => JSON.stringify(key));
  return [...groups.values()].flatMap((same) => groupedByPlace(same.map(({ at }) => at)).map((at) => ({ ...same[0], at })));
}

type InManifests = Pick<Found['at'], 'manifests' | 'tags' | 'platforms'>;

/** The same of places alone. */
export function groupedByPlace<At extends InManifests>(places: readonly At[]): readonly At[] {
  const groups = groupedBy(places, ({ manifests: _manifests, tags: _tags, platforms: _platforms, ...place }) => JSON.stringify(place));
  return [...groups.values()].map((same) => {
    const all = (list: (at: At) => readonly string[]) => [...new Set(same.flatMap(list))].sort(byCodeUnit);
    return {
      ...same[0],
      manifests: all(({ manifests }) => manifests),
      tags: all(({ tags }) => tags),
      platforms: all(({ platforms }) => platforms),
    };
  });
}
