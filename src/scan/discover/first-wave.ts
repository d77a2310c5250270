import pLimit from 'p-limit';
import type { AssetId, OperationId } from '../../model/ids.ts';
import { createApi } from '../../providers/api.ts';
import type { Item, ScopeContext } from '../../providers/collector.ts';
import type { Target } from '../../providers/provider.ts';
import { contextsOf } from './contexts.ts';
import { fanOut } from './fan-out.ts';
import type { PlannedCollector } from '../plan.ts';
import { noteLog, type Pointer, readAsset } from './read-asset.ts';
import type { Session } from './session.ts';
import { isInShard } from '../shard.ts';

/** Listings that are read at the same time, and assets of one listing: enough to keep the rate limits busy, few enough to stay small. */
const listingsAtOnce = 64;
const assetsAtOnce = 24;

/** The first wave: what can be listed. Returns the edges to what is read by reference. */
export async function readListed(session: Session): Promise<readonly Pointer[]> {
  const pointers: Pointer[] = [];
  const slots = pLimit(listingsAtOnce);
  const listings = session.connection.targets.flatMap((target) =>
    session.planned.flatMap((planned) => contextsOf(session, planned, target).map((scope) => ({ target, planned, scope }))),
  );
  await Promise.all(listings.map(({ target, planned, scope }) => slots(() => readListing(session, planned, target, scope, pointers))));
  return pointers;
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
  const { allowed } = run.plan;
  for (const id of withoutConsent(planned, operations, allowed)) row.notAsked.add(id);
  if (collector.per === 'referenced' || collector.list === undefined) return;
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

/** Calls that a selected check needs and that are made on the user's word only: left out even where there was nothing to ask them about. */
function withoutConsent(
  { collector, asked }: PlannedCollector,
  operations: Session['operations'],
  allowed: ReadonlySet<OperationId>,
): readonly OperationId[] {
  const needed = [...asked].flatMap((name) => collector.calls[name]?.operation ?? []);
  return needed.filter((id) => operations.get(id)?.use === 'opt-in' && !allowed.has(id));
}
