import type { Asset, Unread } from '../../model/asset.ts';
import { repositoryType } from '../../model/image-rule.ts';
import type { Asked } from '../../model/inventory.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import type { HeldManifest, ImageCall, LayerReports, RepositoryRun } from './image-run.ts';
import { componentsOf } from './image-components.ts';
import { operationOf } from './image-run.ts';
import { platformsOf } from './image-documents.ts';

/** A repository as an asset: its manifests with tags, platforms and layers, and the AI components that were recognised in them. */
export function repositoryAsset(run: RepositoryRun, reports: LayerReports, maskText: (text: string) => string): Asset {
  return {
    id: run.id,
    type: repositoryType,
    name: run.name,
    scope: run.scope,
    facts: {
      references: [...run.references].map(maskText).sort(byCodeUnit),
      manifests: sortedBy([...run.manifests.values()], ({ manifest }) => manifest.digest).map((held) => manifestFacts(run, held)),
      layers: layerFacts(run, reports),
      $components: componentsOf(run, reports, maskText),
    },
    unread: unreadOf(run),
    hiddenEdges: [],
  };
}

/** What was asked of a repository. */
export function askedOf({ kind, scope, gaps, limits }: RepositoryRun): Asked {
  const calls = kind === 'registry' ? (['image catalogue'] as const) : (['image config', 'image layer', 'image manifest'] as const);
  return {
    scope,
    type: repositoryType,
    operations: calls.map(operationOf),
    notAsked: [],
    gaps: [...gaps.keys()].sort(byCodeUnit),
    limits: [...limits].sort(byCodeUnit),
    listingCut: [...gaps.values()].some((call) => call === 'image manifest' || call === 'image catalogue'),
    leadsTo: [],
  };
}

function manifestFacts(run: RepositoryRun, { manifest, tags }: HeldManifest): JsonObject {
  const { digest, mediaType, role, artifactType, subject, layers } = manifest;
  const created = run.configs.get(manifest.config?.digest ?? '')?.created;
  return {
    digest,
    mediaType,
    role,
    ...(artifactType !== undefined && { artifactType }),
    ...(subject !== undefined && { subject }),
    tags: [...tags].sort(byCodeUnit),
    platforms: platformsOf(run, manifest),
    ...(created !== undefined && { created }),
    layers: layers.map((layer) => layer.digest),
    bytes: layers.reduce((sum, { size }) => sum + (size ?? 0), 0),
  };
}

function layerFacts({ manifests }: RepositoryRun, reports: LayerReports): readonly Json[] {
  const layers = new Map([...manifests.values()].flatMap(({ manifest }) => manifest.layers.map((layer) => [layer.digest, layer] as const)));
  return sortedBy([...layers.values()], ({ digest }) => digest).map(({ digest, mediaType, size }) => {
    const report = reports.get(digest);
    return {
      digest,
      mediaType,
      ...(size !== undefined && { bytes: size }),
      ...(report !== undefined && { uncompressedBytes: report.uncompressedBytes }),
    };
  });
}

const prefixOf: { readonly [C in ImageCall]: string } = {
  'image catalogue': '',
  'image manifest': '',
  'image config': 'manifests',
  'image layer': 'layers',
};

function unreadOf({ gaps, modelLimits }: RepositoryRun): readonly Unread[] {
  return [
    ...[...gaps].map(([gap, call]) => ({ prefix: prefixOf[call], why: { gap } })),
    ...[...modelLimits].map((limit) => ({ prefix: '$components', why: { limit } })),
  ];
}
