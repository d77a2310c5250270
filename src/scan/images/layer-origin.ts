import type { ImageManifest } from '../../images/image.ts';
import type { ConfigSeen, HistoryEntry } from './image-run.ts';

export interface LayerOrigin {
  /** The history line that made the layer. */
  readonly madeBy?: string;
  readonly origin?: 'base' | 'own';
}

/** Where the base of an image is named. https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const baseDigest = 'org.opencontainers.image.base.digest';

/**
 * How many layers an image has from the one that it was built on, where that one was read, too: the image that its annotation names, else
 * the longest other one whose layers all lie below its own.
 */
export function baseLayersOf({ digest, layers, annotations }: Built, others: readonly Built[]): number | undefined {
  const below = others.filter((other) => other.digest !== digest && isBelow(other.layers, layers));
  const named = below.find((other) => other.digest === annotations[baseDigest]);
  const counts = (named === undefined ? below : [named]).map((other) => other.layers.length);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

type Built = Pick<ImageManifest, 'digest' | 'layers' | 'annotations'>;

function isBelow(base: Built['layers'], layers: Built['layers']): boolean {
  return base.length > 0 && base.length < layers.length && base.every(({ digest }, at) => layers[at]?.digest === digest);
}

/**
 * What made each layer, by its place. The history has one entry per step of the build, those without a layer marked; where the
 * numbers do not agree no line is claimed. Without `baseLayers`, a base image ends with the command that it starts by default: the last such step that
 * has further layers after it is where the image's own build begins.
 */
export function originsOf(config: ConfigSeen | undefined, layers: number, baseLayers?: number): readonly LayerOrigin[] {
  const history = config?.history ?? [];
  const made = history.map((entry, step) => ({ entry, step })).filter(({ entry }) => !entry.isEmptyLayer);
  const steps = made.length === layers ? made : [];
  const end = baseLayers === undefined ? endOfBase(history) : undefined;
  return Array.from({ length: layers }, (_, at) => {
    const { entry, step } = steps[at] ?? {};
    const isBase = baseLayers !== undefined ? at < baseLayers : end !== undefined && step !== undefined ? step <= end : undefined;
    return {
      ...(entry !== undefined && entry.createdBy !== '' && { madeBy: entry.createdBy }),
      ...(isBase !== undefined && { origin: isBase ? ('base' as const) : ('own' as const) }),
    };
  });
}

function endOfBase(history: readonly HistoryEntry[]): number | undefined {
  let hasOwnLayer = false;
  for (let step = history.length - 1; step >= 0; step--) {
    const { isEmptyLayer, createdBy } = history[step] as HistoryEntry; // the loop stays inside
    if (!isEmptyLayer) hasOwnLayer = true;
    else if (hasOwnLayer && /^(?:\/bin\/sh -c #\(nop\)\s+)?CMD\b/.test(createdBy)) return step;
  }
  return undefined;
}
