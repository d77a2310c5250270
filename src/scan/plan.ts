import type { AssetType, OperationId } from '../model/ids.ts';
import { nearest } from '../model/nearest.ts';
import { UsageError } from '../model/usage-error.ts';
import type { Collector } from '../providers/collector.ts';
import type { Operation } from '../providers/provider.ts';

/** Asset type → fact paths that the selected checks read (`''` is all of them). */
export type Needs = { readonly [assetType: string]: ReadonlySet<string> };

/** A collector and those of its calls, by name, that read a part of an asset and are wanted. Listings are made in any case. */
export interface PlannedCollector {
  readonly collector: Collector;
  readonly asked: ReadonlySet<string>;
}

export interface Plan {
  readonly collectors: readonly PlannedCollector[];
  /** Opt-in operations that the user allowed by name. */
  readonly allowed: ReadonlySet<OperationId>;
}

/** Everything that the collectors can read: what `discover` asks for when no check says what it needs. */
export function needsOfAll(collectors: readonly Collector[]): Needs {
  return Object.fromEntries(collectors.map(({ asset }) => [asset, new Set([''])]));
}

/**
 * Which collectors run, and which of their calls are made. A type that is read because others point at it brings these others,
 * with the facts that their edges come from.
 */
export function makePlan(collectors: readonly Collector[], needs: Needs, allowed: ReadonlySet<OperationId> = new Set()): Plan {
  const wanted = new Map<AssetType, Set<string>>();
  for (const { asset } of collectors) {
    const paths = needs[asset];
    if (paths !== undefined) wanted.set(asset, new Set(paths));
  }
  // Each round may bring sources of what the round before brought; there are no more rounds than collectors.
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size;
    for (const collector of collectors) {
      for (const edge of collector.edges) {
        const target = collectors.find(({ asset }) => asset === edge.to);
        if (target === undefined || !wanted.has(target.asset)) continue;
        if (!wanted.has(collector.asset) && target.per !== 'referenced') continue;
        wanted.set(collector.asset, (wanted.get(collector.asset) ?? new Set()).add(edge.from));
      }
    }
  }
  const planned = collectors.flatMap((collector) => {
    const paths = wanted.get(collector.asset);
    return paths === undefined ? [] : [{ collector, asked: callsFor(collector, paths) }];
  });
  return { collectors: planned, allowed };
}

/** Checks `--allow`: each must be a call of the catalogue that is made on the user's word only. */
export function allowedOperations(names: readonly string[], operations: ReadonlyMap<OperationId, Operation>): ReadonlySet<OperationId> {
  const allowed = new Set<OperationId>();
  for (const name of names) {
    const operation = [...operations.values()].find(({ id }) => id === name);
    if (operation === undefined) {
      const optIn = [...operations.values()].filter(({ use }) => use === 'opt-in').map(({ id }) => id);
      const suggestion = nearest(name, optIn);
      throw new UsageError(`--allow names the operation "${name}", which does not exist`, {
        hint: suggestion === undefined ? `operations that can be allowed: ${optIn.join(', ')}` : `did you mean "${suggestion}"?`,
      });
    }
    if (operation.use === 'allowed') {
      throw new UsageError(`--allow "${name}" is not needed: that call is made without it`, { hint: 'leave it out' });
    }
    if (operation.use !== 'opt-in') {
      throw new UsageError(`--allow "${name}" is refused: that call is never made by a scan`, { hint: 'leave it out' });
    }
    allowed.add(operation.id);
  }
  return allowed;
}

/** Names of the calls that own, or lead to, one of the paths. */
function callsFor(collector: Collector, paths: ReadonlySet<string>): ReadonlySet<string> {
  const calls = new Set<string>();
  const done = new Set<string>();
  const want = (path: string): void => {
    if (done.has(path)) return;
    done.add(path);
    const owner = ownerOf(path, [...Object.keys(collector.facts), ...Object.keys(collector.computed)]);
    for (const [prefix, sources] of Object.entries(collector.facts)) {
      if (prefix !== owner && !isBelow(prefix, path)) continue;
      for (const source of sources) calls.add(source.split('#')[0] ?? source);
    }
    for (const [prefix, { from }] of Object.entries(collector.computed)) {
      if (prefix === owner || isBelow(prefix, path)) from.forEach(want);
    }
  };
  paths.forEach(want);
  return calls;
}

/** The longest prefix that the path lies at or below. */
function ownerOf(path: string, prefixes: readonly string[]): string | undefined {
  return prefixes
    .filter((prefix) => isWithin(path, prefix))
    .sort((a, b) => b.length - a.length)
    .at(0);
}

const isBelow = (path: string, other: string): boolean => path !== other && isWithin(path, other);

/** True if the path is `prefix` or lies below it; brackets of lists and maps do not matter. */
function isWithin(path: string, prefix: string): boolean {
  const [inner, outer] = [plain(path), plain(prefix)];
  return outer === '' || inner === outer || inner.startsWith(`${outer}.`);
}

const plain = (path: string): string => path.replaceAll(/\[[^\]]*\]|\{\}/g, '');
