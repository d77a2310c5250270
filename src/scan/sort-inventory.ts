import type { Asset } from '../model/asset.ts';
import type { Asked, Inventory } from '../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../model/order.ts';

/** The same inventory with every list in its one order, so that the order of reading shows nowhere. */
export function sortInventory(inventory: Inventory): Inventory {
  return {
    ...inventory,
    scopes: sortedBy(inventory.scopes, ({ id }) => id),
    asked: sortedBy(
      inventory.asked.map(sortAsked),
      ({ scope }) => scope,
      ({ type }) => type,
    ),
    assets: sortedBy(
      inventory.assets.map(sortAsset),
      ({ id }) => id,
      ({ type }) => type,
    ),
    edges: sortedBy(
      inventory.edges,
      ({ from }) => from,
      ({ kind }) => kind,
      ({ to }) => to,
    ),
    secrets: sortedBy(
      inventory.secrets,
      ({ at }) => at.asset,
      ({ at }) => at.path,
      ({ at }) => (at.kind === 'fact' ? at.variable : at.blob),
      ({ detector }) => detector,
      (match) => JSON.stringify(match),
    ),
    gaps: sortedBy(inventory.gaps, ({ id }) => id),
    limits: sortedBy(inventory.limits, ({ id }) => id),
    notConfigured: sortedBy(inventory.notConfigured, ({ provider }) => provider),
    selection: [...inventory.selection].sort(byCodeUnit),
  };
}

function sortAsked(asked: Asked): Asked {
  const sort = <T extends string>(ids: readonly T[]): readonly T[] => [...new Set(ids)].sort(byCodeUnit);
  return {
    ...asked,
    operations: sort(asked.operations),
    notAsked: sort(asked.notAsked),
    gaps: sort(asked.gaps),
    limits: sort(asked.limits),
    leadsTo: sort(asked.leadsTo),
  };
}

function sortAsset(asset: Asset): Asset {
  if (asset.unread.length < 2 && asset.hiddenEdges.length < 2) return asset;
  return {
    ...asset,
    unread: sortedBy(
      asset.unread,
      ({ prefix }) => prefix,
      (unread) => JSON.stringify(unread),
    ),
    hiddenEdges: sortedBy(
      asset.hiddenEdges,
      ({ kind }) => kind,
      ({ to }) => to,
      ({ why }) => JSON.stringify(why),
    ),
  };
}
