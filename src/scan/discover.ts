import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { Asset, Edge } from '../model/asset.ts';
import {
  type AssetId,
  type AssetType,
  assetType,
  type GapId,
  type LimitId,
  type OperationId,
  type ScopeId,
  scopeId,
} from '../model/ids.ts';
import type { Inspect } from '../model/inspect.ts';
import { type Asked, type Inventory, inventorySchemaVersion } from '../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../model/order.ts';
import type { Scope } from '../model/scope.ts';
import type { SecretMatch } from '../model/secret-match.ts';
import { type CallLog, createApi } from '../providers/api.ts';
import { usualRetries } from '../providers/attempt.ts';
import { type Caller, type CallLimits, createCaller } from '../providers/caller.ts';
import type { Collector, Item, ScopeContext } from '../providers/collector.ts';
import type { MaskText } from '../providers/inspect-answer.ts';
import { interruptionBy, sleeper } from '../providers/interruption.ts';
import { createNotes, type Notes } from '../providers/notes.ts';
import type { ConnectOptions, Operation, Provider, Target } from '../providers/provider.ts';
import type { AnswerTypes } from '../providers/shape.ts';
import { edgesOfAsset } from './edges-of-asset.ts';
import { type ReadAsset, factsOfAsset } from './facts-of-asset.ts';
import { fanOut } from './fan-out.ts';
import { placeOf } from './place-of.ts';
import type { Plan, PlannedCollector } from './plan.ts';
import { type SignedIn, signIn } from './sign-in.ts';
import { sortInventory } from './sort-inventory.ts';
import type { World } from './world.ts';

export interface DiscoverOptions {
  readonly tool: Inventory['tool'];
  /** How each provider is entered: accounts, regions, endpoints, connections. */
  readonly connect: (provider: Provider) => Omit<ConnectOptions, 'env' | 'signal' | 'now' | 'debug' | 'timeoutMs'>;
  readonly inspect: Inspect;
  readonly maskText: MaskText;
  /** The vendor's answer types of a provider's declared operations. */
  readonly types: (provider: Provider) => Promise<{ readonly [operation: string]: AnswerTypes }>;
  /** Deadline of one attempt of a call. */
  readonly timeoutMs: number;
  readonly rps?: number;
  /** Requests in flight of a provider in all, and per account, region and service. */
  readonly concurrency?: { readonly inAll?: number; readonly perService?: number };
  /** Waiting between attempts; tests make it short. */
  readonly retries?: Partial<Omit<CallLimits, 'timeoutMs'>>;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Reads the i-th of n parts of the assets; listings are read by all. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** What narrows this run, in words. */
  readonly selection?: readonly string[];
}

/** Requests in flight, unless the user says otherwise. Below every published limit of the read calls that collectors make. */
export const usualConcurrency = { inAll: 48, perService: 8 } as const;

/**
 * Reads the planned assets of every account and region that can be entered, and says what could not be seen. Nothing throws for
 * a refusal; a UsageError of signing in and a bug do. After an abort of `world.signal` the inventory holds what was read until
 * then, and is marked. The lists are sorted, so that the same answers give the same bytes.
 */
export async function discover(plan: Plan, providers: readonly Provider[], world: World, options: DiscoverOptions): Promise<Inventory> {
  const run = startRun(plan, world, options);
  world.progress({ kind: 'phase', phase: 'sign-in' });
  const { signedIn, notConfigured, refused } = await signIn(
    providers,
    (provider) => ({
      ...options.connect(provider),
      env: world.env,
      signal: world.signal,
      now: world.now,
      debug: world.debug,
      timeoutMs: options.timeoutMs,
    }),
    run.notes,
  );
  for (const { provider, account } of refused) run.openScope(provider, account, 'global');
  world.progress({ kind: 'phase', phase: 'discover' });
  try {
    await Promise.all(signedIn.map((session) => readProvider(run, session)));
  } finally {
    for (const { connection } of signedIn) connection.transport.close();
  }
  return run.inventory(notConfigured);
}

/** What a run has gathered so far. Only this file and the waves below write to it. */
interface Run {
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

interface AskedRow {
  readonly used: Set<string>;
  readonly notAsked: Set<OperationId>;
  readonly gaps: Set<GapId>;
  readonly limits: Set<LimitId>;
  listingCut: boolean;
}

function startRun(plan: Plan, world: World, options: DiscoverOptions): Run {
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
      const known: Scope = { id, provider: provider as Scope['provider'], account, region, collectedAt: clock(world) };
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
function clock({ env, now }: World): string {
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

/** One provider while it is read. */
interface Session extends SignedIn {
  readonly run: Run;
  readonly caller: Caller;
  readonly operations: ReadonlyMap<OperationId, Operation>;
  readonly planned: readonly PlannedCollector[];
  readonly counters: Counters;
}

/** Listings that are read at the same time, and assets of one listing: enough to keep the rate limits busy, few enough to stay small. */
const listingsAtOnce = 64;
const assetsAtOnce = 24;

async function readProvider(run: Run, signedIn: SignedIn): Promise<void> {
  const planned = run.plan.collectors.filter(({ collector }) => collector.provider === signedIn.provider.name);
  const counters = countCalls(run, signedIn.provider.name);
  const interruption = interruptionBy(run.world.signal);
  const session: Session = {
    ...signedIn,
    run,
    planned,
    counters,
    operations: await signedIn.provider.operations(),
    caller: createCaller({
      provider: signedIn.provider.name,
      transport: signedIn.connection.transport,
      limits: limitsOf(run.options),
      world: {
        now: () => run.world.now().getTime(),
        random: run.world.random,
        sleep: run.options.sleep ?? sleeper(interruption),
        interruption,
        onWaiting: (bucket, region, ms) =>
          run.world.progress({ kind: 'waiting', provider: signedIn.provider.name, bucket, region, ms: Math.round(ms) }),
        onCall: (target, region, outcome) => counters.count(target.account, region, outcome),
      },
      notes: run.notes,
      secrets: run.options,
      types: await run.options.types(signedIn.provider),
      keep: keptMembers(signedIn.provider.collectors),
    }),
  };
  const seen = new Set<AssetId>();
  let pending = await readListed(session);
  // Each wave reads what the one before pointed at, until it points at nothing new.
  while (pending.length > 0) pending = await readReferenced(session, pending, seen);
}

function limitsOf({ timeoutMs, rps, concurrency, retries }: DiscoverOptions): CallLimits {
  return { ...usualRetries, ...usualConcurrency, ...concurrency, ...retries, timeoutMs, ...(rps !== undefined && { rps }) };
}

/** Several collectors may declare one call; its answer serves all, so it keeps what any of them keeps. */
function keptMembers(collectors: readonly Collector[]): ReadonlyMap<OperationId, { readonly [path: string]: readonly string[] }> {
  const kept = new Map<OperationId, { [path: string]: readonly string[] }>();
  for (const { operation, keep } of collectors.flatMap(({ calls }) => Object.values(calls))) {
    const paths = kept.get(operation) ?? {};
    for (const [path, members] of Object.entries(keep ?? {})) {
      paths[path] = [...new Set([...(paths[path] ?? []), ...members])].sort(byCodeUnit);
    }
    kept.set(operation, paths);
  }
  return kept;
}

/** An edge, and where it starts. */
interface Pointer {
  readonly edge: Edge;
  readonly scope: ScopeContext;
}

/** The first wave: what can be listed. Returns the edges to what is read by reference. */
async function readListed(session: Session): Promise<readonly Pointer[]> {
  const pointers: Pointer[] = [];
  const slots = pLimit(listingsAtOnce);
  const listings = session.connection.targets.flatMap((target) =>
    session.planned.flatMap((planned) => contextsOf(session, planned, target).map((scope) => ({ target, planned, scope }))),
  );
  await Promise.all(listings.map(({ target, planned, scope }) => slots(() => readListing(session, planned, target, scope, pointers))));
  return pointers;
}

/** Where a collector runs in an account. */
function contextsOf({ provider, operations }: Session, { collector }: PlannedCollector, target: Target): readonly ScopeContext[] {
  const { name } = provider;
  const isGlobal = collector.per === 'account' || (collector.per === 'referenced' && isGlobalService(collector, operations));
  const regions = isGlobal ? ['global'] : target.regions;
  return regions.map((region) => ({ provider: name, account: target.account, partition: target.partition, region }));
}

/** Catalogues say it in their own words: AWS by `scope`, Alibaba Cloud by the endpoint's rule. Azure lists without regions. */
function isGlobalService({ calls }: Collector, operations: ReadonlyMap<OperationId, Operation>): boolean {
  return Object.values(calls).every(({ operation: id }) => {
    const operation = operations.get(id);
    const endpoint = operation?.['endpoint'];
    const rule: unknown = typeof endpoint === 'object' && endpoint !== null ? Reflect.get(endpoint, 'rule') : undefined;
    return operation?.['scope'] !== 'region' && (rule === undefined || rule === 'central');
  });
}

async function readListing(
  session: Session,
  planned: PlannedCollector,
  target: Target,
  scope: ScopeContext,
  pointers: Pointer[],
): Promise<void> {
  const { run, caller, operations } = session;
  const { collector } = planned;
  const scopeName = run.openScope(scope.provider, scope.account, scope.region);
  const row = run.asked(scopeName, planned);
  if (collector.per === 'referenced' || collector.list === undefined) return;
  const { allowed } = run.plan;
  const { api, log } = createApi({
    caller,
    notes: run.notes,
    collector,
    operations,
    target,
    scope,
    phase: 'list',
    asked: () => true,
    allowed,
  });
  const seen = new Set<AssetId>();
  const wanted = filterItems(
    collector.list(api, scope),
    (item) => isInShard(item.id, run.options.shard) && !seen.has(item.id) && Boolean(seen.add(item.id)),
  );
  await fanOut(wanted, assetsAtOnce, async (item) => {
    await readAsset(session, planned, target, scope, item, pointers);
  });
  noteLog(row, log);
  if (log.refused.size > 0) row.listingCut = true;
}

async function* filterItems(items: AsyncIterable<Item>, keep: (item: Item) => boolean): AsyncGenerator<Item> {
  for await (const item of items) if (keep(item)) yield item;
}

/** The same split on every machine: by the asset's id alone. */
function isInShard(id: AssetId, shard: DiscoverOptions['shard']): boolean {
  if (shard === undefined) return true;
  return createHash('sha256').update(id).digest().readUInt32BE(0) % shard.of === shard.index - 1;
}

/** `none`: the vendor says that there is no such asset. */
async function readAsset(
  session: Session,
  planned: PlannedCollector,
  target: Target,
  scope: ScopeContext,
  item: Item,
  pointers: Pointer[],
): Promise<'read' | 'none'> {
  const { run, caller, operations } = session;
  const { collector, asked } = planned;
  const scopeName = run.openScope(scope.provider, scope.account, scope.region);
  const { api, log } = createApi({
    caller,
    notes: run.notes,
    collector,
    operations,
    target,
    scope,
    phase: 'read',
    asked: (name) => asked.has(name),
    allowed: run.plan.allowed,
    subject: item.name,
  });
  const result = (await collector.read?.(api, item)) ?? {};
  noteLog(run.asked(scopeName, planned), log);
  const own = result[''];
  const isNone = collector.per === 'referenced' && own !== undefined && 'none' in own;
  const read = isNone ? 'gone' : factsOfAsset({ collector, item, result, log, scope, secretsIn: (text) => caller.secretsIn(text) });
  if (read === 'gone') return 'none';
  addRead(session, collector, scope, item, read, pointers);
  return 'read';
}

function addRead(session: Session, collector: Collector, scope: ScopeContext, item: Item, read: ReadAsset, pointers: Pointer[]): void {
  const { run, planned, counters } = session;
  const { facts, unread, hiddenEdges, secrets } = read;
  const scopeName = scopeId(scope.provider, scope.account, scope.region);
  run.addAsset({ id: item.id, type: collector.asset, name: item.name, scope: scopeName, facts, unread, hiddenEdges }, secrets);
  counters.count(scope.account, scope.region, 'asset');
  const edges = edgesOfAsset(collector, item.id, facts, scope);
  run.addEdges(edges);
  for (const edge of edges) {
    const isReferenced = planned.some((other) => other.collector.asset === edge.toType && other.collector.per === 'referenced');
    if (isReferenced) pointers.push({ edge, scope });
  }
}

function noteLog(row: AskedRow, log: CallLog): void {
  for (const name of log.used) row.used.add(name);
  for (const gap of log.gaps.keys()) row.gaps.add(gap);
  for (const limit of log.limits) row.limits.add(limit);
  for (const operation of log.notAsked) row.notAsked.add(operation);
}

/** A further wave: what edges point at. Returns the edges of what was found to what has not been read yet. */
async function readReferenced(session: Session, pointers: readonly Pointer[], seen: Set<AssetId>): Promise<readonly Pointer[]> {
  const { run, connection, planned, provider } = session;
  const found: Pointer[] = [];
  const fresh = new Map<AssetId, Pointer>();
  for (const pointer of sortedBy(
    pointers,
    ({ edge }) => edge.to,
    ({ edge }) => edge.from,
  )) {
    if (!seen.has(pointer.edge.to) && !fresh.has(pointer.edge.to)) fresh.set(pointer.edge.to, pointer);
  }
  const slots = pLimit(listingsAtOnce);
  const readOne = async (id: AssetId, { edge, scope: source }: Pointer): Promise<void> => {
    const wanted = planned.find(({ collector }) => collector.asset === edge.toType);
    const place = placeOf(id, source);
    const target = connection.targets.find(({ account }) => account === place.account) ?? targetOf(connection.targets, source);
    if (wanted === undefined || target === undefined) return;
    const isGlobal = isGlobalService(wanted.collector, session.operations);
    const scope: ScopeContext = {
      provider: provider.name,
      account: target.account,
      partition: target.partition,
      region: isGlobal ? 'global' : place.region,
    };
    const item = wanted.collector.locate?.(id, scope);
    if (item === undefined) return addUnlocated(run, wanted, source, id, edge.toType);
    if ((await readAsset(session, wanted, target, scope, item, found)) === 'none') run.addDangling(id);
  };
  for (const id of fresh.keys()) seen.add(id);
  await Promise.all([...fresh].map(([id, pointer]) => slots(() => readOne(id, pointer))));
  return found;
}

function targetOf(targets: readonly Target[], scope: ScopeContext): Target | undefined {
  return targets.find(({ account }) => account === scope.account);
}

/** Something that belongs to nobody who is scanned stands in the graph by its name alone. */
function addUnlocated(run: Run, planned: PlannedCollector, source: ScopeContext, id: AssetId, type: AssetType): void {
  const scope = run.openScope(source.provider, source.account, source.region);
  const limit = run.notes.limit(scope, `${type} outside the scanned accounts`, 'by-design');
  run.asked(scope, planned).limits.add(limit);
  const unread = [{ prefix: '', why: { limit } }];
  const hiddenEdges = planned.collector.edges.map(({ kind, to }) => ({ kind, to: assetType(to), why: { limit } }));
  const name = id.split(/[/:]/).at(-1) ?? id;
  run.addAsset({ id, type, name, scope, facts: {}, unread, hiddenEdges }, []);
}

interface Counters {
  count(account: string, region: string, what: 'answered' | 'refused' | 'throttled' | 'asset'): void;
}

function countCalls({ world }: Run, provider: string): Counters {
  const totals = new Map<string, { done: number; refused: number; throttled: number; assets: number }>();
  return {
    count(account, region, what) {
      const key = JSON.stringify([account, region]);
      const total = totals.get(key) ?? { done: 0, refused: 0, throttled: 0, assets: 0 };
      totals.set(key, total);
      if (what === 'asset') total.assets += 1;
      else if (what === 'throttled') total.throttled += 1;
      else total.done += 1;
      if (what === 'refused') total.refused += 1;
      world.progress({ kind: 'calls', provider, account, region, ...total });
    },
  };
}
