import type { EdgeKind, Facts } from '../model/asset.ts';
import type { AssetId, AssetType, GapId, LimitId, OperationId, ProviderName } from '../model/ids.ts';
import type { Json, JsonObject } from '../model/json.ts';

/** Where a collector is run. `region` is `global` for `per: 'account'` and for referenced assets of global services, the site's name for `per: 'site'`. */
export interface ScopeContext {
  readonly provider: ProviderName;
  readonly account: string;
  readonly region: string;
  /** AWS partition, Azure cloud, Alibaba site, where ids or hosts depend on it. */
  readonly partition: string;
}

export interface CallSpec {
  /** Id of an operation in the provider's operations.json whose `use` is `allowed` (or `opt-in`). */
  readonly operation: string;
  /** Answer paths (`a.b`, `list[]`, `list[].id`) without which the answer is malformed, not "absent". */
  readonly must?: readonly string[];
  /** Members of inspected values that checks may read: secret-carrying path → member paths. */
  readonly keep?: { readonly [secretPath: string]: readonly string[] };
  /** For a product whose absence is itself the risk: "not activated" answers `none`, a fact that checks judge, and no limit. */
  readonly absence?: 'fact';
}

export type Call = string | CallSpec;

/** What a call came to. Nothing throws for a refusal. */
export type Answer<T = JsonObject> =
  /** `malformed`: paths below the value whose type is not the model's; they were taken out. */
  | { readonly value: T; readonly malformed?: readonly { readonly path: string; readonly gap: GapId }[] }
  /** The vendor's "not set". */
  | { readonly none: true }
  /** Deleted since it was listed. */
  | { readonly gone: true }
  | { readonly limit: LimitId }
  | { readonly gap: GapId }
  | { readonly notAsked: OperationId };

/** The only road of a collector to the network. Calls are memoised per account and region by operation and parameters. */
export interface CollectorApi<Name extends string = string> {
  readonly scope: ScopeContext;
  /** Pages of a listing. Ends early after a refusal, which is noted as a gap of the listing. `subject`: what is listed from, for the gap's text. */
  pages(call: Name, params?: JsonObject, subject?: string): AsyncIterable<JsonObject>;
  /** One call, first page only. `subject` names what it is about, for the gap's text. */
  call(call: Name, params?: JsonObject, subject?: string): Promise<Answer>;
  /** Says what a listing leaves out by design: a limit of the scope, counted each time. `subject` is a short text that names no single asset. */
  limit(subject: string): void;
  /** All pages of one call; the value is the concatenated result list of the operation. */
  all(call: Name, params?: JsonObject, subject?: string): Promise<Answer<readonly Json[]>>;
  /** What an edge pointed at and turned out to belong to nobody who is scanned: a limit, for the answer to `''`. */
  outside(): { readonly limit: LimitId };
}

export interface Item {
  readonly id: AssetId;
  readonly name: string;
  /** What the detail calls need. */
  readonly key: JsonObject;
  /** The list's own entry, where facts come from the listing. */
  readonly item?: JsonObject;
}

export interface EdgeSpec {
  readonly kind: EdgeKind;
  /** Fact path whose string value (or values) name the target. */
  readonly from: string;
  readonly to: string;
  /** Value → asset id; by default the value is the id. `undefined`: this value names nothing of that type. */
  readonly id?: (value: string, scope: ScopeContext, facts: Facts) => AssetId | undefined;
}

export interface ComputedSpec {
  /** Fact prefixes that it is computed from; if one is unread so is the computed fact, unless `despite` settles it. */
  readonly from: readonly string[];
  readonly of: (facts: Facts, scope: ScopeContext) => Json | undefined;
  /** Called instead when something of `from` is unread: returns a value only where what was read settles it. */
  readonly despite?: (facts: Facts, scope: ScopeContext) => Json | undefined;
  /** Paths below the computed fact, with their types, for `checks test`: `{ '': 'list', '[].port': 'number' }`. */
  readonly shape: { readonly [path: string]: 'string' | 'number' | 'boolean' | 'list' | 'object' };
}

/** Answers by fact prefix, each already at the root that `facts` names. */
export type ReadResult = { readonly [prefix: string]: Answer<Json> };

/**
 * A collector is a declaration: one kind of asset, the calls it may make, and where each fact comes from.
 * `facts`: fact prefix → `call#path` (root in the answer) or a list whose further entries are calls that must be made first.
 * A prefix that ends in `[]` holds one entry per call (`'$groups[]': 'group#'`). A path belongs to its longest prefix;
 * refusing a call makes exactly what it owns unread. `list#…` facts come from `Item.item`.
 */
export interface CollectorDefinition<Calls extends { readonly [name: string]: Call }> {
  readonly asset: string;
  /** `site`: a product that keeps its data apart at several sites, which are all asked. `referenced`: a second wave, for what edges of other collectors point at. */
  readonly per: 'account' | 'region' | 'site' | 'referenced';
  readonly calls: Calls;
  readonly facts: { readonly [prefix: string]: string | readonly string[] };
  readonly computed?: { readonly [path: string]: ComputedSpec };
  readonly edges?: readonly EdgeSpec[];
  /** Yields what exists: cheap, in pages. Absent for `per: 'referenced'`. */
  list?(api: CollectorApi<Extract<keyof Calls, string>>, scope: ScopeContext): AsyncIterable<Item>;
  /**
   * For `per: 'referenced'`: what the detail calls need to know, from the id alone. `undefined`: not of this account, a limit.
   * `from` is an asset that points at it, the first by its id: where one call lists all that this one holds, it serves them all.
   */
  locate?(id: AssetId, scope: ScopeContext, from: AssetId): Item | undefined;
  /** The detail calls of one asset. The runner fans out within the service's limits. */
  read?(api: CollectorApi<Extract<keyof Calls, string>>, item: Item): Promise<ReadResult>;
}

/** A definition whose names are resolved; what the runner, the permissions page and the suites walk. */
export interface Collector {
  readonly asset: AssetType;
  readonly provider: ProviderName;
  readonly per: 'account' | 'region' | 'site' | 'referenced';
  readonly calls: { readonly [name: string]: CallSpec & { readonly operation: OperationId } };
  readonly facts: { readonly [prefix: string]: readonly string[] };
  readonly computed: { readonly [path: string]: ComputedSpec };
  readonly edges: readonly EdgeSpec[];
  list?(api: CollectorApi, scope: ScopeContext): AsyncIterable<Item>;
  locate?(id: AssetId, scope: ScopeContext, from: AssetId): Item | undefined;
  read?(api: CollectorApi, item: Item): Promise<ReadResult>;
}

/** Checks nothing at run time: the conformance suite proves each declaration against operations.json and the models. */
export function defineCollector<const Calls extends { readonly [name: string]: Call }>(definition: CollectorDefinition<Calls>): Collector {
  const calls: Record<string, CallSpec & { operation: OperationId }> = {};
  for (const [name, call] of Object.entries<Call>(definition.calls)) {
    const spec = typeof call === 'string' ? { operation: call } : call;
    calls[name] = { ...spec, operation: spec.operation as OperationId };
  }
  const facts = Object.fromEntries(
    Object.entries(definition.facts).map(([prefix, from]) => [prefix, typeof from === 'string' ? [from] : from]),
  );
  // The functions of a definition use no `this`; as methods they may narrow the names of `api`.
  // oxlint-disable-next-line typescript/unbound-method
  const { asset, per, computed, edges, list, locate, read } = definition;
  return {
    asset: asset as AssetType,
    provider: asset.split('.')[0] as ProviderName,
    per,
    calls,
    facts,
    computed: computed ?? {},
    edges: edges ?? [],
    // The names of `api` are narrower in the definition than in the resolved form; the runner passes an api that knows them all.
    ...(list && { list: list as NonNullable<Collector['list']> }),
    ...(locate && { locate }),
    ...(read && { read }),
  };
}
