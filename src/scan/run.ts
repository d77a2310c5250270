import type { Asset, Edge } from '../model/asset.ts';
import { type AssetId, assetType, type GapId, type LimitId, type OperationId, type ScopeId, scopeId } from '../model/ids.ts';
import { type Asked, type Inventory, inventorySchemaVersion } from '../model/inventory.ts';
import { byCodeUnit } from '../model/order.ts';
import type { Scope } from '../model/scope.ts';
import type { SecretMatch } from '../model/secret-match.ts';
import { createNotes, type Notes } from '../providers/notes.ts';
import type { DiscoverOptions } from './discover/discover-options.ts';
import type { Plan, PlannedCollector } from './plan.ts';
import { sortInventory } from './sort-inventory.ts';
import type { World } from './world.ts';

/** What a run has gathered so far. The waves write to it. */
export interface Run {
  readonly plan: Plan;
  readonly world: World;
  readonly options: DiscoverOptions;
  readonly notes: Notes;
  openScope(provider: string, account: string, region: string): ScopeId;
  addAsset(asset: Asset, secrets: readonly SecretMatch[]): void;
  addEdges(edges: readonly Edge[]): void;
  /** Edges to this id lead nowhere. */
  addDangling(id: AssetId): void;
  asked(scope: ScopeId, collector: PlannedCollector): AskedRow;
  inventory(notConfigured: Inventory['notConfigured']): Inventory;
}

/** What came of one type in one scope. */
export interface AskedRow {
  readonly used: Set<string>;
  readonly notAsked: Set<OperationId>;
  readonly gaps: Set<GapId>;
  readonly limits: Set<LimitId>;
  listingCut: boolean;
}

export function startRun(plan: Plan, world: World, options: DiscoverOptions): Run {
  const scopes = new Map<ScopeId, Scope>();
  const assets = new Map<string, { readonly asset: Asset; readonly secrets: readonly SecretMatch[] }>();
  const edges = new Map<string, Edge>();
  const dangling = new Set<AssetId>();
  const rows = new Map<string, { readonly scope: ScopeId; readonly planned: PlannedCollector; readonly row: AskedRow }>();
  const notes = createNotes(({ scope, call, reason }) => {
    const [provider = '', , region = ''] = scope.split('/');
    world.progress({ kind: 'gap', provider, call, region, reason });
  });
  return {
    plan,
    world,
    options,
    notes,
    openScope(provider, account, region) {
      const id = scopeId(provider, account, region);
      // Providers are named by the program, not by answers.
      const known: Scope = { id, provider: provider as Scope['provider'], account, region, collectedAt: clockOf(world) };
      if (!scopes.has(id)) scopes.set(id, known);
      return id;
    },
    addAsset(asset, secrets) {
      const key = JSON.stringify([asset.type, asset.id]);
      const known = assets.get(key);
      if (known === undefined || isBetter(asset, known.asset)) assets.set(key, { asset, secrets });
    },
    addEdges(found) {
      for (const edge of found) edges.set(JSON.stringify(edge), edge);
    },
    addDangling: (id) => void dangling.add(id),
    asked(scope, planned) {
      const key = JSON.stringify([scope, planned.collector.asset]);
      const known = rows.get(key)?.row;
      if (known !== undefined) return known;
      const row: AskedRow = { used: new Set(), notAsked: new Set(), gaps: new Set(), limits: new Set(), listingCut: false };
      rows.set(key, { scope, planned, row });
      return row;
    },
    inventory: (notConfigured) =>
      sortInventory({
        schemaVersion: inventorySchemaVersion,
        tool: options.tool,
        scopes: [...scopes.values()],
        asked: [...rows.values()].map(({ scope, planned, row }) => finishRow(scope, planned, row)),
        assets: [...assets.values()].map(({ asset }) => asset),
        edges: [...edges.values()].map((edge) => (dangling.has(edge.to) ? { ...edge, dangling: true } : edge)),
        secrets: [...assets.values()].flatMap(({ secrets }) => secrets),
        gaps: notes.gaps(),
        limits: notes.limits(),
        notConfigured,
        selection: options.selection ?? [],
        ...(world.signal.aborted && { interrupted: true as const }),
      }),
  };
}

/** `SOURCE_DATE_EPOCH` (seconds) stands for the clock where it is set, so that a run can be repeated to the byte. */
export function clockOf({ env, now }: Pick<World, 'env' | 'now'>): string {
  const epoch = Number(env['SOURCE_DATE_EPOCH']);
  const fixed = env['SOURCE_DATE_EPOCH'] !== undefined && Number.isFinite(epoch);
  return (fixed ? new Date(epoch * 1000) : now()).toISOString();
}

/** Two answers for one asset: the one that was read more fully, then whichever sorts first. */
function isBetter(asset: Asset, other: Asset): boolean {
  if (asset.unread.length !== other.unread.length) return asset.unread.length < other.unread.length;
  return byCodeUnit(JSON.stringify(asset), JSON.stringify(other)) < 0;
}

function finishRow(scope: ScopeId, { collector, asked }: PlannedCollector, row: AskedRow): Asked {
  const names = Object.keys(collector.calls).filter((name) => row.used.has(name) || asked.has(name));
  const operations = new Set(names.flatMap((name) => collector.calls[name]?.operation ?? []).filter((id) => !row.notAsked.has(id)));
  const detailCalls = new Set(Object.values(collector.facts).flatMap((sources) => sources.map((source) => source.split('#')[0] ?? source)));
  const leftOut = Object.entries(collector.calls).flatMap(([name, { operation }]) => (detailCalls.has(name) ? [operation] : []));
  const notAsked = new Set([...row.notAsked, ...leftOut].filter((id) => !operations.has(id)));
  return {
    scope,
    type: collector.asset,
    operations: [...operations].sort(byCodeUnit),
    notAsked: [...notAsked].sort(byCodeUnit),
    gaps: [...row.gaps].sort(byCodeUnit),
    limits: [...row.limits].sort(byCodeUnit),
    listingCut: row.listingCut,
    leadsTo: [...new Set(collector.edges.map(({ to }) => assetType(to)))].sort(byCodeUnit),
  };
}
