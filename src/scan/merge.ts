import type { Asset, Edge } from '../model/asset.ts';
import type { Limit } from '../model/gap.ts';
import { type Asked, type Inventory, inventorySchemaVersion } from '../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../model/order.ts';
import type { Scope } from '../model/scope.ts';
import { UsageError } from '../model/usage-error.ts';
import { sortInventory } from './sort-inventory.ts';

/**
 * One inventory of several: shards of one estate, or different accounts. Everything of each is kept; what two of them say
 * differently is settled the same way in any order: the asset that was read more fully, the later clock. Throws a UsageError
 * for inventories of different or unknown major versions.
 */
export function mergeInventories(inventories: readonly Inventory[]): Inventory {
  const [first] = inventories;
  if (first === undefined)
    throw new UsageError('no inventory was given', { hint: 'name one or more files that "aispm discover -o FILE" wrote' });
  for (const { schemaVersion } of inventories) refuseOtherMajor(schemaVersion, first.schemaVersion);
  const all = <T>(list: (inventory: Inventory) => readonly T[]): readonly T[] => inventories.flatMap(list);
  return sortInventory({
    schemaVersion: inventories.map(({ schemaVersion }) => schemaVersion).reduce(laterVersion),
    tool:
      sortedBy(
        inventories.map(({ tool }) => tool),
        ({ version }) => version,
      ).at(-1) ?? first.tool,
    scopes: unique(
      all(({ scopes }) => scopes),
      ({ id }) => id,
      laterScope,
    ),
    asked: unique(
      all(({ asked }) => asked),
      ({ scope, type }) => JSON.stringify([scope, type]),
      mergeAsked,
    ),
    assets: unique(
      all(({ assets }) => assets),
      assetKey,
      fullerAsset,
    ),
    edges: unique(
      all(({ edges }) => edges),
      edgeKey,
      settledEdge,
    ),
    secrets: unique(
      all(({ secrets }) => secrets),
      (secret) => JSON.stringify(secret),
    ),
    gaps: unique(
      all(({ gaps }) => gaps),
      ({ id }) => id,
      smaller,
    ),
    limits: unique(
      all(({ limits }) => limits),
      ({ id }) => id,
      higherCount,
    ),
    notConfigured: unique(
      all(({ notConfigured }) => notConfigured),
      ({ provider }) => provider,
      smaller,
    ),
    selection: [...new Set(all(({ selection }) => selection))],
    ...(inventories.some(({ interrupted }) => interrupted) && { interrupted: true as const }),
  });
}

function refuseOtherMajor(version: string, first: string): void {
  if (majorOf(version) !== majorOf(first)) {
    throw new UsageError(`inventories of the versions "${first}" and "${version}" cannot be merged`, {
      hint: 'write them again with the same version of aispm',
    });
  }
  if (majorOf(version) !== majorOf(inventorySchemaVersion)) {
    throw new UsageError(`an inventory has the version "${version}", and this aispm reads "${inventorySchemaVersion}"`, {
      hint: 'use the version of aispm that wrote it, or a newer one',
    });
  }
}

const majorOf = (version: string): string => version.split('.')[0] ?? version;

function laterVersion(a: string, b: string): string {
  const minor = (version: string): number => Number(version.split('.')[1] ?? 0);
  return minor(b) > minor(a) ? b : a;
}

/** The first of each key, or what `settle` makes of two. */
function unique<T>(items: readonly T[], key: (item: T) => string, settle: (a: T, b: T) => T = (a) => a): readonly T[] {
  const known = new Map<string, T>();
  for (const item of items) {
    const other = known.get(key(item));
    known.set(key(item), other === undefined ? item : settle(other, item));
  }
  return [...known.values()];
}

const assetKey = ({ type, id }: Asset): string => JSON.stringify([type, id]);
const edgeKey = ({ from, to, kind, toType }: Inventory['edges'][number]): string => JSON.stringify([from, to, kind, toType]);

/** One that leads somewhere, and with every image that either knows of. */
function settledEdge(a: Edge, b: Edge): Edge {
  const { images: _, ...edge } = a.dangling ? b : a;
  if (a.images === undefined || b.images === undefined) return edge;
  return { ...edge, images: union(a.images, b.images) };
}

function laterScope(a: Scope, b: Scope): Scope {
  return byCodeUnit(a.collectedAt, b.collectedAt) < 0 ? b : a;
}

function fullerAsset(a: Asset, b: Asset): Asset {
  if (a.unread.length !== b.unread.length) return a.unread.length < b.unread.length ? a : b;
  return smaller(a, b);
}

function smaller<T>(a: T, b: T): T {
  return byCodeUnit(JSON.stringify(a), JSON.stringify(b)) <= 0 ? a : b;
}

// Shards meet the same limits in the same listings: adding would count them twice.
function higherCount(a: Limit, b: Limit): Limit {
  return a.count >= b.count ? a : b;
}

function mergeAsked(a: Asked, b: Asked): Asked {
  const operations = union(a.operations, b.operations);
  return {
    scope: a.scope,
    type: a.type,
    operations,
    notAsked: union(a.notAsked, b.notAsked).filter((id) => !operations.includes(id)),
    gaps: union(a.gaps, b.gaps),
    limits: union(a.limits, b.limits),
    listingCut: a.listingCut || b.listingCut,
    leadsTo: union(a.leadsTo, b.leadsTo),
  };
}

function union<T extends string>(a: readonly T[], b: readonly T[]): readonly T[] {
  return [...new Set([...a, ...b])].sort(byCodeUnit);
}
