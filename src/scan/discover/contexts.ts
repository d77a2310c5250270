import type { OperationId } from '../../model/ids.ts';
import type { Collector, ScopeContext } from '../../providers/collector.ts';
import type { Operation, Target } from '../../providers/provider.ts';
import type { PlannedCollector } from '../plan.ts';
import type { Session } from './session.ts';

/** Where a collector runs in an account. */
export function contextsOf({ provider, operations }: Session, { collector }: PlannedCollector, target: Target): readonly ScopeContext[] {
  const { name } = provider;
  const isGlobal = collector.per === 'account' || (collector.per === 'referenced' && isGlobalService(collector, operations));
  const places = isGlobal ? ['global'] : collector.per === 'site' ? (target.sites ?? []) : target.regions;
  return places.map((region) => ({ provider: name, account: target.account, partition: target.partition, region }));
}

/**
 * Catalogues say it in their own words: AWS by `scope`, Alibaba Cloud by the endpoint's rule (`bucket`: the names of buckets
 * belong to the whole account, and each says its region). Azure lists without regions.
 */
export function isGlobalService({ calls }: Collector, operations: ReadonlyMap<OperationId, Operation>): boolean {
  return Object.values(calls).every(({ operation: id }) => {
    const operation = operations.get(id);
    const endpoint = operation?.['endpoint'];
    const rule: unknown = typeof endpoint === 'object' && endpoint !== null ? Reflect.get(endpoint, 'rule') : undefined;
    return operation?.['scope'] !== 'region' && (rule === undefined || rule === 'central' || rule === 'bucket');
  });
}
