import type { OperationId } from '../../model/ids.ts';
import { byCodeUnit } from '../../model/order.ts';
import { usualRetries } from '../../providers/attempt.ts';
import { type Caller, type CallLimits, createCaller } from '../../providers/caller.ts';
import type { Collector } from '../../providers/collector.ts';
import { interruptionBy, sleeper } from '../../providers/interruption.ts';
import type { Operation } from '../../providers/provider.ts';
import { type DiscoverOptions, usualConcurrency } from './discover-options.ts';
import type { PlannedCollector } from '../plan.ts';
import type { Run } from '../run.ts';
import type { SignedIn } from './sign-in.ts';

/** One provider while it is read. */
export interface Session extends SignedIn {
  readonly run: Run;
  readonly caller: Caller;
  readonly operations: ReadonlyMap<OperationId, Operation>;
  readonly planned: readonly PlannedCollector[];
  readonly counters: Counters;
}

/** One guarded road to one provider: its limits, its memory, its counters. */
export async function openSession(run: Run, signedIn: SignedIn): Promise<Session> {
  const planned = run.plan.collectors.filter(({ collector }) => collector.provider === signedIn.provider.name);
  const counters = countCalls(run, signedIn.provider.name);
  const interruption = interruptionBy(run.world.signal);
  return {
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
}

function limitsOf({ timeoutMs, rps, concurrency, retries }: DiscoverOptions): CallLimits {
  return { ...usualRetries, ...usualConcurrency, ...concurrency, timeoutMs, ...(rps !== undefined && { rps }), ...retries };
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

export interface Counters {
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
