import pLimit from 'p-limit';
import { type AssetId, type AssetType, assetType } from '../../model/ids.ts';
import { sortedBy } from '../../model/order.ts';
import { outsideOf } from '../../providers/api.ts';
import type { ScopeContext } from '../../providers/collector.ts';
import type { Target } from '../../providers/provider.ts';
import { isGlobalService } from './contexts.ts';
import { placeOf } from './place-of.ts';
import type { PlannedCollector } from '../plan.ts';
import { type Pointer, readAsset } from './read-asset.ts';
import type { Run } from '../run.ts';
import type { Session } from './session.ts';

/** Assets that are read at the same time. */
const assetsAtOnce = 64;

/** A further wave: what edges point at. Returns the edges of what was found to what has not been read yet. */
export async function readReferenced(session: Session, pointers: readonly Pointer[], seen: Set<AssetId>): Promise<readonly Pointer[]> {
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
  const slots = pLimit(assetsAtOnce);
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
    const item = wanted.collector.locate?.(id, scope, edge.from);
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
  const limit = run.notes.limit(scope, outsideOf(type), 'by-design');
  run.asked(scope, planned).limits.add(limit);
  const unread = [{ prefix: '', why: { limit } }];
  const hiddenEdges = planned.collector.edges.map(({ kind, to }) => ({ kind, to: assetType(to), why: { limit } }));
  const name = id.split(/[/:]/).at(-1) ?? id;
  run.addAsset({ id, type, name, scope, facts: {}, unread, hiddenEdges }, []);
}
