import type { ConfigSeen, HistoryEntry } from './image-run.ts';

export interface LayerOrigin {
  /** The history line that made the layer. */
  readonly madeBy?: string;
  readonly origin?: 'base' | 'own';
}

/**
 * What made each layer, by its place. The history has one entry per step of the build, those without a layer marked; where the
 * numbers do not agree nothing is claimed. A base image ends with the command that it starts by default: the last such step that
 * has further layers after it is where the image's own build begins.
 */
export function originsOf(config: ConfigSeen | undefined, layers: number): readonly LayerOrigin[] {
  const history = config?.history ?? [];
  const made = history.map((entry, step) => ({ entry, step })).filter(({ entry }) => !entry.isEmptyLayer);
  if (made.length !== layers) return Array.from({ length: layers }, () => ({}));
  const end = endOfBase(history);
  return made.map(({ entry: { createdBy }, step }) => ({
    ...(createdBy !== '' && { madeBy: createdBy }),
    ...(end !== undefined && { origin: step <= end ? ('base' as const) : ('own' as const) }),
  }));
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
