import type { Asset, Edge, EdgeKind } from '../model/asset.ts';
import { accountOf, regionOf } from '../model/finding-order.ts';
import { type AssetId, type AssetType, operationId, type ScopeId } from '../model/ids.ts';
import type { Asked, Inventory } from '../model/inventory.ts';
import { overlaps } from '../model/place.ts';
import { parseInstant } from './duration.ts';
import type { Unknown } from '../model/verdict.ts';
import { type Place, placeOf } from './facts.ts';
import { groupedBy } from '../model/grouped-by.ts';

/** An inventory, indexed for the questions that conditions ask. */
export interface Estate {
  readonly place: (asset: Asset) => Place;
  readonly asset: (id: AssetId) => Asset | undefined;
  /** Edges of one kind to one type; dangling ones are left out: nothing stands behind them. */
  readonly edges: (from: AssetId, kind: EdgeKind, to: AssetType) => readonly Edge[];
  /**
   * How many assets of a type the scope holds, and why there may be more. What belongs to no region is held by every scope of
   * its account, and a scope that is no region holds everything of the account, or of its site.
   */
  readonly holds: (scope: ScopeId, type: AssetType) => { readonly count: number; readonly because: readonly Unknown[] };
  /** Why an asset of this type that something points at is not in the inventory. */
  readonly whyMissing: (scope: ScopeId, type: AssetType) => readonly Unknown[];
}

export function indexEstate(inventory: Pick<Inventory, 'scopes' | 'asked' | 'assets' | 'edges'>): Estate {
  const assets = new Map(inventory.assets.map((asset) => [asset.id, asset]));
  const readAt = new Map(inventory.scopes.map(({ id, collectedAt }) => [id, parseInstant(collectedAt) ?? Number.NaN]));
  const asked = groupedBy(inventory.asked, ({ scope, type }) => `${accountOf(scope)}\n${type}`);
  const counts = groupedBy([...countByScope(inventory.assets)], ([, { scope, type }]) => `${accountOf(scope)}\n${type}`);
  const edges = groupedBy(
    inventory.edges.filter(({ dangling }) => dangling !== true),
    ({ from, kind, toType }) => `${from}\n${kind}\n${toType}`,
  );
  const nothing: readonly Edge[] = [];

  return {
    place: (asset) => placeOf(asset, readAt.get(asset.scope) ?? Number.NaN),
    asset: (id) => assets.get(id),
    edges: (from, kind, to) => edges.get(`${from}\n${kind}\n${to}`) ?? nothing,
    holds: (scope, type) => {
      const key = `${accountOf(scope)}\n${type}`;
      const isHeld = (other: ScopeId): boolean => overlaps(regionOf(scope), regionOf(other));
      const count = (counts.get(key) ?? []).reduce((sum, [, { scope: other, times }]) => sum + (isHeld(other) ? times : 0), 0);
      const rows = (asked.get(key) ?? []).filter((row) => isHeld(row.scope));
      const because: Unknown[] = rows.filter(({ listingCut }) => listingCut).flatMap(whyOf);
      return { count, because: rows.length === 0 ? [{ notAsked: operationId(`list ${type}`) }] : because };
    },
    whyMissing: (scope, type) => {
      const account = accountOf(scope);
      const rows = inventory.asked.filter((row) => row.type === type && accountOf(row.scope) === account);
      const reasons = rows.flatMap(whyOf);
      if (reasons.length > 0) return reasons;
      return rows.length === 0 ? [{ notAsked: operationId(`list ${type}`) }] : [{ silent: type }];
    },
  };
}

function whyOf({ gaps, limits, notAsked, type }: Asked): Unknown[] {
  const reasons: Unknown[] = [...gaps.map((gap) => ({ gap })), ...limits.map((limit) => ({ limit }))];
  if (reasons.length > 0) return reasons;
  return notAsked.length > 0 ? notAsked.map((call) => ({ notAsked: call })) : [{ silent: type }];
}

interface Counted {
  readonly scope: ScopeId;
  readonly type: AssetType;
  times: number;
}

function countByScope(assets: readonly Asset[]): ReadonlyMap<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const { scope, type } of assets) {
    const key = `${scope}\n${type}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { scope, type, times: 1 });
    else known.times += 1;
  }
  return counts;
}
