import { examplesOf } from '../../checks/document.ts';
import { findCheck } from '../../checks/select.ts';
import type { Check } from '../../model/check.ts';
import type { Catalogue } from './catalogue.ts';
import { loadEveryProvider } from '../every-provider.ts';
import { permissionsFor } from './permissions.ts';

/** Everything that is known of one check, for `checks show`. */
export interface DescribedCheck {
  readonly check: Check;
  readonly permissions: readonly { readonly action: string; readonly evidence: string }[];
  readonly examples: { readonly [verdict: string]: number };
}

/** @throws UsageError with a suggestion for an id that does not exist. */
export async function describeCheck(id: string, catalogue: Catalogue): Promise<DescribedCheck> {
  const check = findCheck(catalogue.checks, id);
  const loaded = catalogue.loaded.find((one) => one.check === check);
  const examples: Record<string, number> = {};
  for (const { verdict } of loaded === undefined ? [] : examplesOf(loaded.document)) examples[verdict] = (examples[verdict] ?? 0) + 1;
  const providers = (await loadEveryProvider()).filter(({ name }) => check.assets.some((type) => type.startsWith(`${name}.`)));
  const needed = await Promise.all(providers.map((provider) => permissionsFor(provider, [check], catalogue.checks)));
  return {
    check,
    permissions: needed.flatMap(({ policy, neededBy }) =>
      policy.actions.filter(({ action }) => (neededBy.get(action) ?? []).length > 0).map(({ action, evidence }) => ({ action, evidence })),
    ),
    examples,
  };
}
