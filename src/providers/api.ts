import type { AssetType, GapId, LimitId, OperationId } from '../model/ids.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isPresentAt, listAt, stepsOf } from './answer-path.ts';
import { type Caller, malformedAnswer, type PageOutcome, scopeOf } from './caller.ts';
import type { Answer, CallSpec, Collector, CollectorApi, ScopeContext } from './collector.ts';
import type { Notes } from './notes.ts';
import type { Operation, Refusal, Target } from './provider.ts';

/** What came of the calls that were made through one api. */
export interface CallLog {
  /** Call names that were sent (or answered from memory). */
  readonly used: ReadonlySet<string>;
  /** Gap → names of the calls that met it, whole answers and single members alike. */
  readonly gaps: ReadonlyMap<GapId, ReadonlySet<string>>;
  /** The gaps that took the place of an answer: what they would have listed is unknown. */
  readonly refused: ReadonlySet<GapId>;
  readonly limits: ReadonlySet<LimitId>;
  /** Calls that were left out. */
  readonly notAsked: ReadonlySet<OperationId>;
}

export interface ApiOptions {
  readonly caller: Caller;
  readonly notes: Notes;
  readonly collector: Collector;
  readonly operations: ReadonlyMap<OperationId, Operation>;
  readonly target: Target;
  readonly scope: ScopeContext;
  /** `list`: pages may end early, because their refusal is a gap of the listing. `read`: a value is whole or it is unread. */
  readonly phase: 'list' | 'read';
  /** Names of the calls that the plan asks for; others answer `notAsked`. Listings are always asked. */
  readonly asked: (name: string) => boolean;
  /** Opt-in operations that the user allowed. */
  readonly allowed: ReadonlySet<OperationId>;
  /** The subject of gaps whose call names none. */
  readonly subject?: string;
}

/** A listing that goes on for longer than this is cut, with a gap. */
export const maxPages = 5000;

/**
 * The only road of a collector to the network, for one listing or one asset. Calls that the collector does not declare, and
 * operations that are not for collectors, throw: they are bugs. A refusal is a value, and is in the log.
 */
export function createApi(options: ApiOptions): { readonly api: CollectorApi; readonly log: CallLog } {
  const { caller, notes, collector, target, scope } = options;
  const used = new Set<string>();
  const gaps = new Map<GapId, Set<string>>();
  const refused = new Set<GapId>();
  const limits = new Set<LimitId>();
  const notAsked = new Set<OperationId>();

  const settle = (
    name: string,
    operation: Operation,
    refusal: Refusal,
    subject: string | undefined,
  ): Exclude<Answer, { readonly value: unknown }> => {
    if (refusal.kind === 'none') return { none: true };
    if (refusal.kind === 'gone') return { gone: true };
    if (isAbsence(refusal, collector.calls[name])) return { none: true };
    const scopeName = scopeOf(collector.provider, { target, region: scope.region });
    if (refusal.kind === 'limit') {
      const limit = notes.limit(scopeName, refusal.subject, refusal.reason);
      limits.add(limit);
      return { limit };
    }
    const { reason, detail, permission } = refusal;
    const about = subject ?? options.subject;
    const gap = notes.gap({
      scope: scopeName,
      call: operation.id,
      reason,
      detail,
      ...(permission !== undefined && { permission }),
      // One entry for the whole call where every further one is bound to end alike.
      ...(about !== undefined && reason !== 'interrupted' && refusal.signIn !== true && { subject: about }),
    });
    noteGap(name, gap);
    refused.add(gap);
    return { gap };
  };
  const noteGap = (name: string, gap: GapId): void => {
    const names = gaps.get(gap) ?? new Set();
    gaps.set(gap, names.add(name));
  };

  /** One page that carries what the call must carry. */
  const page = async (name: string, spec: CallSpec, operation: Operation, params: JsonObject): Promise<PageOutcome> => {
    used.add(name);
    const outcome = await caller.page({ operation, params, target, region: scope.region });
    if ('refusal' in outcome) return outcome;
    for (const { gap } of outcome.malformed) noteGap(name, gap);
    const missing = (spec.must ?? []).find((path) => !isPresentAt(outcome.answer, stepsOf(rooted(path, operation))));
    return missing === undefined ? outcome : { refusal: malformedAnswer(operation, `it lacks ${missing}`) };
  };

  /** Pages until the last or until one is refused; the refusal comes last. */
  async function* walk(name: string, spec: CallSpec, operation: Operation, params: JsonObject): AsyncGenerator<PageOutcome> {
    const list = caller.listPath(operation);
    if (list === undefined) throw new Error(`${collector.asset}: ${operation.id} has no result list to page through`);
    const seen = new Set<string>([JSON.stringify(params)]);
    let next: JsonObject | undefined = params;
    for (let number = 1, rows = 0; next !== undefined; number += 1) {
      if (number > maxPages) return yield { refusal: endless(operation, `it was cut after ${maxPages} pages`, 'too-large') };
      const outcome: PageOutcome = await page(name, spec, operation, next);
      if ('refusal' in outcome) return yield outcome;
      const items = listAt(outcome.answer, list);
      if (items === undefined) return yield { refusal: malformedAnswer(operation, `it lacks the list ${list}`) };
      yield outcome;
      rows += items.length;
      const following = caller.next({ operation, params: next, target, region: scope.region }, outcome.answer, rows);
      if ('refusal' in following) return yield following;
      next = following.params;
      const key = JSON.stringify(next ?? null);
      if (seen.has(key)) return yield { refusal: endless(operation, 'it names the same next page again and again', 'malformed') };
      seen.add(key);
    }
  }

  const api: CollectorApi = {
    scope,
    async *pages(name, params = {}, subject) {
      if (options.phase === 'read')
        throw new Error(
          `${collector.asset}: a part of an asset is read with call() or all(), which say what is missing; pages() is for listings`,
        );
      const { spec, operation } = declared(options, name);
      const skipped = skip(options, name, operation);
      if (skipped !== undefined) return void notAsked.add(skipped);
      for await (const outcome of walk(name, spec, operation, params)) {
        if ('answer' in outcome) yield outcome.answer;
        else settle(name, operation, subject === undefined ? asListing(operation, outcome.refusal) : outcome.refusal, subject);
      }
    },
    limit(subject) {
      limits.add(notes.limit(scopeOf(collector.provider, { target, region: scope.region }), subject, 'by-design'));
    },
    async call(name, params = {}, subject) {
      const { spec, operation } = declared(options, name);
      const skipped = skip(options, name, operation);
      if (skipped !== undefined) {
        notAsked.add(skipped);
        return { notAsked: skipped };
      }
      const outcome = await page(name, spec, operation, params);
      if ('refusal' in outcome) return settle(name, operation, outcome.refusal, subject);
      const { answer, malformed } = outcome;
      return { value: answer, ...(malformed.length > 0 && { malformed }) };
    },
    async all(name, params = {}, subject) {
      const { spec, operation } = declared(options, name);
      const skipped = skip(options, name, operation);
      if (skipped !== undefined) {
        notAsked.add(skipped);
        return { notAsked: skipped };
      }
      const rows: Json[] = [];
      const malformed: { path: string; gap: GapId }[] = [];
      const list = caller.listPath(operation) ?? '';
      for await (const outcome of walk(name, spec, operation, params)) {
        if ('refusal' in outcome) return settle(name, operation, outcome.refusal, subject);
        malformed.push(...outcome.malformed.map(({ path, gap }) => ({ path: inRows(path, list, rows.length), gap })));
        rows.push(...(listAt(outcome.answer, list) ?? []));
      }
      return { value: rows, ...(malformed.length > 0 && { malformed }) };
    },
    outside() {
      const limit = notes.limit(scopeOf(collector.provider, { target, region: scope.region }), outsideOf(collector.asset), 'by-design');
      limits.add(limit);
      return { limit };
    },
  };
  return { api, log: { used, gaps, refused, limits, notAsked } };
}

/** The product is off, and the collector says that this is what checks want to know. */
function isAbsence(refusal: Refusal, spec: CallSpec | undefined): boolean {
  return refusal.kind === 'limit' && refusal.reason === 'not-activated' && spec?.absence === 'fact';
}

/** The subject of the limit that stands for everything of a type that belongs to nobody who is scanned. */
export function outsideOf(type: AssetType): string {
  return `${type} outside the scanned accounts`;
}

/** What one asset holds may be gone with it; a listing of a whole scope is always there, so that "not there" is no empty list. */
function asListing(operation: Operation, refusal: Refusal): Refusal {
  if (refusal.kind !== 'gone' && refusal.kind !== 'none') return refusal;
  return malformedAnswer(operation, 'it says that what it lists does not exist');
}

function declared({ collector, operations }: ApiOptions, name: string): { readonly spec: CallSpec; readonly operation: Operation } {
  const spec = collector.calls[name];
  if (spec === undefined) throw new Error(`${collector.asset}: the call "${name}" is not declared`);
  const operation = operations.get(spec.operation);
  if (operation === undefined) throw new Error(`${collector.asset}: ${spec.operation} is not in operations.json`);
  if ((operation.use !== 'allowed' && operation.use !== 'opt-in') || operation.mintsCredentials === true) {
    throw new Error(`${collector.asset}: ${spec.operation} is not for collectors (${operation.use})`);
  }
  return { spec, operation };
}

/** The operation, if the call is left out: it was not asked for, or it needs the user's word. */
function skip({ phase, asked, allowed }: ApiOptions, name: string, operation: Operation): OperationId | undefined {
  if (operation.use === 'opt-in' && !allowed.has(operation.id)) return operation.id;
  return phase === 'read' && !asked(name) ? operation.id : undefined;
}

function endless(operation: Operation, why: string, reason: 'malformed' | 'too-large'): Refusal {
  return { kind: 'gap', reason, detail: `the listing ${operation.id} does not end: ${why}`, retryable: false };
}

/** Paths of listings of Azure are written below their item; `must` may be written either way. */
function rooted(path: string, operation: Operation): string {
  const root = operation['itemsAt'];
  return typeof root !== 'string' || path.startsWith(root.replace('[]', '')) ? path : `${root}.${path}`;
}

/** `value[3].tags` of the second page of a hundred rows → `[103].tags`. */
function inRows(path: string, list: string, before: number): string {
  const base = list.replace(/\[\]$/, '');
  const match = path.startsWith(base) ? /^\[(\d+)\](.*)$/.exec(path.slice(base.length)) : null;
  return match === null ? '' : `[${Number(match[1]) + before}]${match[2] ?? ''}`;
}
