import { factsByType, needsOf } from '../../checks/needs.ts';
import { predicates } from '../../checks/predicates.generated.ts';
import type { Check } from '../../model/check.ts';
import type { CheckId, OperationId, ProviderName } from '../../model/ids.ts';
import { byCodeUnit } from '../../model/order.ts';
import type { Operation, PolicyDocument, Provider } from '../../providers/provider.ts';
import type { Catalogue } from './catalogue.ts';
import { loadEveryProvider } from '../every-provider.ts';
import { makePlan, type PlannedCollector } from '../plan.ts';

export interface Permissions {
  readonly provider: string;
  readonly title: string;
  readonly policy: PolicyDocument;
  /** Action → the selected checks that need it; signing in and listing regions need the rest. */
  readonly neededBy: ReadonlyMap<string, readonly CheckId[]>;
}

/** The least-privilege policy for judging these checks, made from the calls that collectors declare. */
export async function permissionsFor(provider: Provider, selected: readonly Check[], all: readonly Check[]): Promise<Permissions> {
  const known = await provider.operations();
  const checksByOperation = new Map<OperationId, Set<CheckId>>();
  for (const check of selected) {
    for (const operation of operationsFor(provider, [check], all)) {
      checksByOperation.set(operation, (checksByOperation.get(operation) ?? new Set()).add(check.id));
    }
  }
  const operations = [...checksByOperation.keys()].sort(byCodeUnit).map((id) => operationNamed(known, id));
  const policy = provider.policy(operations);
  const neededBy = new Map(
    policy.actions.map(({ action, operations: needing }) => [
      action,
      [...new Set(needing.flatMap((id) => [...(checksByOperation.get(id) ?? [])]))].sort(byCodeUnit),
    ]),
  );
  return { provider: provider.name, title: provider.title, policy, neededBy };
}

export async function permissionsOfProviders(
  names: readonly ProviderName[],
  { selected, checks }: Pick<Catalogue, 'selected' | 'checks'>,
): Promise<readonly Permissions[]> {
  const providers = await loadEveryProvider();
  return Promise.all(providers.filter(({ name }) => names.includes(name)).map((provider) => permissionsFor(provider, selected, checks)));
}

/** The calls that a scan for these checks makes. */
export function operationsFor(provider: Provider, checks: readonly Check[], all: readonly Check[]): readonly OperationId[] {
  const plan = makePlan(provider.collectors, factsByType(needsOf(checks, all, predicates)));
  return [...new Set(plan.collectors.flatMap(operationsOf))];
}

/** Listings are always made: they are the calls that own no fact, and the one that is named so. */
function operationsOf({ collector, asked }: PlannedCollector): readonly OperationId[] {
  const owning = new Set(Object.values(collector.facts).flatMap((sources) => sources.map((source) => source.split('#')[0])));
  return Object.entries(collector.calls)
    .filter(([name]) => asked.has(name) || name === 'list' || !owning.has(name))
    .map(([, { operation }]) => operation);
}

function operationNamed(known: ReadonlyMap<OperationId, Operation>, id: OperationId): Operation {
  const operation = known.get(id);
  if (operation === undefined) throw new Error(`a collector declares ${id}, which operations.json does not know`);
  return operation;
}
