import { addUserChecks, loadBundledChecks, type LoadedCheck, type LoadedChecks } from '../../checks/load.ts';
import { factsByType, needsOf } from '../../checks/needs.ts';
import { predicates } from '../../checks/predicates.generated.ts';
import { type CheckSelection, selectChecks } from '../../checks/select.ts';
import type { Check, Framework } from '../../model/check.ts';
import type { Needs } from '../plan.ts';

export interface Catalogue {
  /** Every known check, with those of the user's folders. */
  readonly checks: readonly Check[];
  readonly selected: readonly Check[];
  readonly frameworks: readonly Framework[];
  /** The same checks with their files, whose examples are their tests. */
  readonly loaded: readonly LoadedCheck[];
}

/** The checks that the program ships with, and the user's own. Without folders nothing is parsed but one text of JSON. */
export async function loadCatalogue(folders: readonly string[]): Promise<Catalogue> {
  let known: LoadedChecks = await loadBundledChecks();
  for (const folder of folders) known = await addUserChecks(known, folder);
  return catalogueOf(known);
}

export function catalogueOf({ checks: loaded, frameworks }: LoadedChecks): Catalogue {
  const checks = loaded.map(({ check }) => check);
  return { checks, selected: checks, frameworks, loaded };
}

/** @throws UsageError for an id, a service or a framework that chooses nothing. */
export function chooseChecks(catalogue: Catalogue, selection: CheckSelection): Catalogue {
  return { ...catalogue, selected: selectChecks(catalogue.checks, catalogue.frameworks, selection) };
}

/** Fact paths that the selected checks read, by asset type: what a scan asks for. */
export function needsOfCatalogue({ selected, checks }: Pick<Catalogue, 'selected' | 'checks'>): Needs {
  return factsByType(needsOf(selected, checks, predicates));
}
