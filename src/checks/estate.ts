import type { Asset, Edge, EdgeKind } from '../model/asset.ts';
import { type AssetId, type AssetType, operationId, scopeId, type ScopeId } from '../model/ids.ts';
import type { Asked, Inventory } from '../model/inventory.ts';
import { parseInstant } from './duration.ts';
import type { Unknown } from '../model/verdict.ts';
import { type Place, placeOf } from './facts.ts';

/** An inventory, indexed for the questions that conditions ask. */
export interface Estate {
  readonly place: (asset: Asset) => Place;
  readonly asset: (id: AssetId) => Asset | undefined;
  /** Edges of one kind to one type; dangling ones are left out: nothing stands behind them. */
  readonly edges: (from: AssetId, kind: EdgeKind, to: AssetType) => readonly Edge[];
  /** How many assets of a type the scope holds (or the account, where the type has no region), and why there may be more. */
  readonly holds: (scope: ScopeId, type: AssetType) => { readonly count: number; readonly because: readonly Unknown[] };
  /** Why an asset of this type that something points at is not in the inventory. */
  readonly whyMissing: (scope: ScopeId, type: AssetType) => readonly Unknown[];
}

export function indexEstate(inventory: Pick<Inventory, 'scopes' | 'asked' | 'assets' | 'edges'>): Estate {
  const assets = new Map(inventory.assets.map((asset) => [asset.id, asset]));
  const readAt = new Map(inventory.scopes.map(({ id, collectedAt }) => [id, parseInstant(collectedAt) ?? Number.NaN]));
  const asked = grouped(inventory.asked, ({ scope, type }) => `${scope}\n${type}`);
  const counts = new Map<string, number>();
  for (const { scope, type } of inventory.assets) counts.set(`${scope}\n${type}`, (counts.get(`${scope}\n${type}`) ?? 0) + 1);
  const edges = grouped(
    inventory.edges.filter(({ dangling }) => dangling !== true),
    ({ from, kind, toType }) => `${from}\n${kind}\n${toType}`,
  );
  const nothing: readonly Edge[] = [];

  return {
    place: (asset) => placeOf(asset, readAt.get(asset.scope) ?? Number.NaN),
    asset: (id) => assets.get(id),
    edges: (from, kind, to) => edges.get(`${from}\n${kind}\n${to}`) ?? nothing,
    holds: (scope, type) => {
      const places = [scope, globalOf(scope)].map((id) => `${id}\n${type}`);
      const count = places.reduce((sum, key) => sum + (counts.get(key) ?? 0), 0);
      const rows = places.flatMap((key) => asked.get(key) ?? []);
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

function globalOf(scope: ScopeId): ScopeId {
  const [provider = '', account = ''] = scope.split('/');
  return scopeId(provider, account, 'global');
}

function accountOf(scope: ScopeId): string {
  return scope.slice(0, scope.lastIndexOf('/'));
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
