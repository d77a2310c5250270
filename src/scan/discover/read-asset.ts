import type { Edge } from '../../model/asset.ts';
import { scopeId } from '../../model/ids.ts';
import { type CallLog, createApi } from '../../providers/api.ts';
import type { Collector, Item, ScopeContext } from '../../providers/collector.ts';
import type { Target } from '../../providers/provider.ts';
import { edgesOfAsset } from './edges-of-asset.ts';
import { factsOfAsset, type ReadAsset } from './facts-of-asset.ts';
import type { PlannedCollector } from '../plan.ts';
import type { AskedRow } from '../run.ts';
import type { Session } from './session.ts';

/** An edge, and where it starts. */
export interface Pointer {
  readonly edge: Edge;
  readonly scope: ScopeContext;
}

/** `none`: the vendor says that there is no such asset. */
export async function readAsset(
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

/** The gaps, limits and calls of a log belong to the row of its type and scope. */
export function noteLog(row: AskedRow, log: CallLog): void {
  for (const name of log.used) row.used.add(name);
  for (const gap of log.gaps.keys()) row.gaps.add(gap);
  for (const limit of log.limits) row.limits.add(limit);
  for (const operation of log.notAsked) row.notAsked.add(operation);
}
