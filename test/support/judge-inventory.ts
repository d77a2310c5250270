import { loadBundledChecks, loadPredicates } from '../../src/checks/load.ts';
import type { Check } from '../../src/model/check.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Report } from '../../src/model/report.ts';
import type { Judgement } from '../../src/model/verdict.ts';
import { needsOf } from '../../src/checks/needs.ts';
import type { Collector } from '../../src/providers/collector.ts';
import { assemble } from '../../src/scan/judge/assemble.ts';
import { evaluate } from '../../src/scan/judge/evaluate.ts';

export interface Judged {
  readonly judgements: readonly Judgement[];
  readonly report: Report;
}

/** The bundled checks that need nothing but these collectors. */
export async function checksOf(collectors: readonly Collector[]): Promise<readonly Check[]> {
  const { checks } = await loadBundledChecks();
  const all = checks.map(({ check }) => check);
  const predicates = await loadPredicates();
  const read = new Set<string>(collectors.map(({ asset }) => asset));
  return all.filter((check) => needsOf([check], all, predicates).every(({ asset }) => read.has(asset)));
}

/** Judges an inventory as `scan --fail-on none` does. */
export async function judge(inventory: Inventory, selected: readonly Check[]): Promise<Judged> {
  const { checks, frameworks } = await loadBundledChecks();
  const predicates = await loadPredicates();
  const all = checks.map(({ check }) => check);
  const judgements = [...evaluate(inventory, { selected: selected.map(({ id }) => id), checks: all, predicates, policy: {} })];
  return { judgements, report: assemble({ inventory, judgements, checks: selected, frameworks, failOn: 'none', includePass: true }) };
}
