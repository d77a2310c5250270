import type { Check, Framework } from '../../model/check.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { JsonObject } from '../../model/json.ts';
import type { FailOn, Report } from '../../model/report.ts';
import { predicates } from '../../checks/predicates.generated.ts';
import { assemble } from './assemble.ts';
import { evaluate } from './evaluate.ts';
import type { Waivers } from './read-waivers.ts';

/** How to judge and what to make of it: what `scan` and `evaluate` share. */
export interface JudgeRequest {
  /** Every known check: `meets` may name one that is not selected. */
  readonly checks: readonly Check[];
  readonly selected: readonly Check[];
  readonly frameworks: readonly Framework[];
  /** What keys in images are findings of. */
  readonly imageRules?: readonly Check[];
  /** The user's values for parameters of checks. */
  readonly policy: JsonObject;
  readonly failOn: FailOn;
  readonly includePass: boolean;
  readonly waivers?: Waivers;
  readonly previous?: Report;
  readonly toolVersion: string;
  readonly signal?: 'SIGINT' | 'SIGTERM';
}

/** Inventory in, report out; nothing else is asked. */
export function judge(inventory: Inventory, request: JudgeRequest): Report {
  const { checks, selected, policy, frameworks, signal, waivers, previous } = request;
  const judgements = [...evaluate(inventory, { checks, predicates, policy, selected: selected.map(({ id }) => id) })];
  return assemble({
    inventory,
    judgements,
    checks: selected,
    frameworks: usedFrameworks(frameworks, selected),
    failOn: request.failOn,
    includePass: request.includePass,
    knownChecks: new Set(checks.map(({ id }) => id)),
    toolVersion: request.toolVersion,
    ...(request.imageRules !== undefined && { imageRules: request.imageRules }),
    ...(waivers !== undefined && { waivers }),
    ...(previous !== undefined && { previous }),
    ...(signal !== undefined && { signal }),
  });
}

/** What is left of a report where nothing is judged: what was read, what could not be seen, and the exit code. */
export function judgeNothing(
  inventory: Inventory,
  request: Pick<JudgeRequest, 'waivers' | 'toolVersion' | 'signal'>,
): Omit<Report, 'findings'> {
  const { findings: _, ...head } = judge(inventory, {
    checks: [],
    selected: [],
    frameworks: [],
    policy: {},
    failOn: 'none',
    includePass: false,
    ...request,
  });
  return head;
}

/** A report carries the texts of the frameworks that its checks name, and no others. */
function usedFrameworks(frameworks: readonly Framework[], checks: readonly Check[]): readonly Framework[] {
  const named = new Set(checks.flatMap(({ maps, relates }) => [...Object.keys(maps), ...Object.keys(relates)]));
  return frameworks.filter(({ id }) => named.has(id));
}
