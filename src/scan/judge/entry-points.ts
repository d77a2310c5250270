import type { Asset, Edge, EdgeKind } from '../../model/asset.ts';
import type { Check } from '../../model/check.ts';
import { type EntryLayer, type EntryPoint, type LayerName, layerNames, type LayerState } from '../../model/entry-layers.ts';
import { accountOf, regionOf } from '../../model/finding-order.ts';
import type { AssetId, CheckId } from '../../model/ids.ts';
import type { Inventory } from '../../model/inventory.ts';
import { isJsonList } from '../../model/json.ts';
import { sortedBy } from '../../model/order.ts';
import { overlaps } from '../../model/place.ts';
import type { Judgement, VerdictStatus } from '../../model/verdict.ts';
import { entryTypes, type LayerRule, layerRules } from './layer-rules.ts';

export interface EntryInput {
  readonly inventory: Pick<Inventory, 'assets' | 'edges'>;
  /** Every verdict, the passed ones too. */
  readonly judgements: readonly Judgement[];
  readonly checks: readonly Check[];
}

/**
 * Each AI entry point with its layers: a function of verdicts and edges alone. A failed verdict makes a layer `off`, an open one
 * `unknown`; it is `on` only if something was judged and all of it passed.
 */
export function entryPointsOf({ inventory, judgements, checks }: EntryInput): readonly EntryPoint[] {
  const exposed = new Set(inventory.edges.filter(({ kind, dangling }) => kind === 'exposes' && dangling !== true).map(({ to }) => to));
  const entries = inventory.assets.filter((asset) => isEntry(asset, exposed.has(asset.id)));
  if (entries.length === 0) return [];
  const graph = graphOf(inventory);
  const verdicts = verdictsByCheck(judgements);
  const assetsOf = new Map<string, Check['assets']>(checks.map(({ id, assets }) => [id, assets]));
  const points = entries.map((entry): EntryPoint => {
    const around = surroundingsOf(entry, graph);
    const said = layerRules.flatMap((rule) => saidBy(rule, entry, around, verdicts, assetsOf.get(rule.check) ?? []));
    return {
      asset: entry.id,
      type: entry.type,
      name: entry.name,
      scope: entry.scope,
      layers: layerNames.map((layer) => layerOf(layer, said)),
    };
  });
  return sortedBy(points, ({ asset }) => asset);
}

function isEntry({ type, facts }: Asset, isExposed: boolean): boolean {
  const wanted = entryTypes[type];
  if (wanted === undefined) return false;
  const { holding, exposedHolding } = wanted;
  if (holding === undefined) return true;
  const holds = (name: string): boolean => {
    const held = facts[name];
    return isJsonList(held) && held.length > 0;
  };
  return holds(holding) || (isExposed && exposedHolding !== undefined && holds(exposedHolding));
}

interface Graph {
  readonly assets: ReadonlyMap<AssetId, Asset>;
  readonly from: ReadonlyMap<AssetId, readonly Edge[]>;
  readonly to: ReadonlyMap<AssetId, readonly Edge[]>;
}

function graphOf({ assets, edges }: EntryInput['inventory']): Graph {
  const from = new Map<AssetId, Edge[]>();
  const to = new Map<AssetId, Edge[]>();
  for (const edge of edges) {
    if (edge.dangling === true) continue;
    push(from, edge.from, edge);
    push(to, edge.to, edge);
  }
  return { assets: new Map(assets.map((asset) => [asset.id, asset])), from, to };
}

function push(lists: Map<AssetId, Edge[]>, id: AssetId, edge: Edge): void {
  const known = lists.get(id);
  if (known === undefined) lists.set(id, [edge]);
  else known.push(edge);
}

interface Surroundings {
  readonly front: ReadonlySet<AssetId>;
  readonly behind: ReadonlySet<AssetId>;
  /** What is known of, and may lead further than could be seen. */
  readonly seen: readonly Asset[];
  readonly assets: Graph['assets'];
}

/** Edges by which a request comes to the entry point: it exposes an address itself, or through what it uses. */
const ways: ReadonlySet<EdgeKind> = new Set(['exposes', 'uses']);
const guarding: ReadonlySet<EdgeKind> = new Set(['guards', 'exposes']);

function surroundingsOf({ id }: Asset, graph: Graph): Surroundings {
  const behind = reached(id, graph, () => true);
  const way = reached(id, graph, ({ kind }) => ways.has(kind));
  const guards = [id, ...way].flatMap((at) => (graph.to.get(at) ?? []).filter(({ kind }) => guarding.has(kind)).map(({ from }) => from));
  const seen = [id, ...behind].flatMap((at) => graph.assets.get(at) ?? []);
  return { front: new Set(guards.filter((guard) => guard !== id)), behind, seen, assets: graph.assets };
}

function reached(start: AssetId, { from }: Graph, follows: (edge: Edge) => boolean): ReadonlySet<AssetId> {
  const found = new Set<AssetId>();
  const pending = [start];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const edge of from.get(at) ?? []) {
      if (!follows(edge) || edge.to === start || found.has(edge.to)) continue;
      found.add(edge.to);
      pending.push(edge.to);
    }
  }
  return found;
}

type Verdicts = ReadonlyMap<string, ReadonlyMap<AssetId, Judgement>>;

function verdictsByCheck(judgements: readonly Judgement[]): Verdicts {
  const wanted = new Set<string>(layerRules.map(({ check }) => check));
  const verdicts = new Map<string, Map<AssetId, Judgement>>();
  for (const judgement of judgements) {
    if (!wanted.has(judgement.check)) continue;
    const known = verdicts.get(judgement.check) ?? new Map<AssetId, Judgement>();
    verdicts.set(judgement.check, known.set(judgement.asset, judgement));
  }
  return verdicts;
}

interface Said {
  readonly layer: LayerName;
  readonly check: CheckId;
  readonly asset: AssetId;
  readonly status: VerdictStatus;
}

function saidBy(rule: LayerRule, entry: Asset, around: Surroundings, verdicts: Verdicts, types: Check['assets']): readonly Said[] {
  const judged = verdicts.get(rule.check);
  if (judged === undefined) return [];
  const speaking = [...idsAt(rule, entry, around, judged)].flatMap((id) => judged.get(id) ?? []);
  const said = speaking.map(
    ({ check, asset, verdict }): Said => ({ layer: rule.layer, check, asset, status: statusIn(rule, verdict.status) }),
  );
  // Something of these types may lie behind it that nobody has seen.
  const blind = rule.at === 'behind' ? around.seen.filter(({ hiddenEdges }) => hiddenEdges.some(({ to }) => types.includes(to))) : [];
  return [...said, ...blind.map(({ id }): Said => ({ layer: rule.layer, check: rule.check as CheckId, asset: id, status: 'unknown' }))];
}

function idsAt(
  { at }: LayerRule,
  entry: Asset,
  { front, behind, assets }: Surroundings,
  judged: ReadonlyMap<AssetId, Judgement>,
): Iterable<AssetId> {
  if (at === 'entry') return [entry.id];
  if (at === 'front') return front;
  if (at === 'behind') return behind;
  return [...judged.keys()].filter((id) => isSettingFor(entry, assets.get(id)));
}

/** A setting holds for what lies in its region, at its site, or in its account. */
function isSettingFor({ scope }: Asset, setting: Asset | undefined): boolean {
  return setting !== undefined && accountOf(scope) === accountOf(setting.scope) && overlaps(regionOf(scope), regionOf(setting.scope));
}

function statusIn({ at, covers }: LayerRule, status: VerdictStatus): VerdictStatus {
  return at === 'settings' && covers !== 'all' && status === 'pass' ? 'not-applicable' : status;
}

/** What decides, in this order. */
const deciding: readonly (readonly [VerdictStatus, LayerState])[] = [
  ['fail', 'off'],
  ['unknown', 'unknown'],
  ['pass', 'on'],
  ['manual', 'manual'],
];

function layerOf(layer: LayerName, said: readonly Said[]): EntryLayer {
  const own = said.filter((one) => one.layer === layer);
  for (const [status, state] of deciding) {
    const from = own.filter((one) => one.status === status);
    if (from.length === 0) continue;
    const sorted = sortedBy(
      from,
      ({ check }) => check,
      ({ asset }) => asset,
    );
    return { layer, state, from: sorted.map(({ check, asset }) => ({ check, asset, status })) };
  }
  return { layer, state: 'unknown', from: [] };
}
