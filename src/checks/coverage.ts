import type { Check, Framework } from '../model/check.ts';
import type { CheckId } from '../model/ids.ts';
import { byCodeUnit } from '../model/order.ts';
import type { LedgerRow } from '../model/report.ts';

export type ControlOutcome = 'fail' | 'unknown' | 'no failure found' | 'no asset' | 'manual' | 'not covered';

export interface ControlRow {
  readonly id: string;
  readonly words: string;
  readonly assess: 'automated' | 'partial' | 'manual';
  /** Checks that answer the control directly, by a published source. */
  readonly published: readonly CheckId[];
  /** Checks that we relate to it by our own reading. Never mixed with the published ones. */
  readonly ownReading: readonly CheckId[];
  /** Of the published checks alone; absent where nothing was judged. */
  readonly outcome?: ControlOutcome;
  /** Of our own reading; a column of its own. */
  readonly ownOutcome?: ControlOutcome;
}

export interface Coverage {
  readonly framework: string;
  readonly title: string;
  readonly version: string;
  /** Printed before any result, always. */
  readonly limits: string;
  readonly rows: readonly ControlRow[];
}

/** Which checks speak of which control, in two columns: published maps and our own reading. With a ledger, also what came out. */
export function coverageOf(framework: Framework, checks: readonly Check[], ledger?: readonly LedgerRow[]): Coverage {
  const published = byControl(checks, (check) => check.maps[framework.id]);
  const ownReading = byControl(checks, (check) => check.relates[framework.id]);
  const rows = Object.entries(framework.controls).map(([id, words]): ControlRow => {
    const assess = framework.assess?.[id] ?? 'partial';
    const direct = published.get(id) ?? [];
    const own = ownReading.get(id) ?? [];
    return {
      id,
      words,
      assess,
      published: direct,
      ownReading: own,
      ...(ledger !== undefined && { outcome: outcomeOf(direct, assess, ledger), ownOutcome: outcomeOf(own, assess, ledger) }),
    };
  });
  return {
    framework: framework.id,
    title: framework.title,
    version: framework.version,
    limits: limitsOf(framework, rows, ledger !== undefined),
    rows,
  };
}

/** "No failure found" is all that may be said of a control; of one that is judged in part, only of that part. */
export function wordsOfOutcome({ assess }: ControlRow, outcome: ControlOutcome): string {
  return outcome === 'no failure found' && assess === 'partial' ? 'no failure found in the part that is checked' : outcome;
}

function outcomeOf(checks: readonly CheckId[], assess: ControlRow['assess'], ledger: readonly LedgerRow[]): ControlOutcome {
  if (checks.length === 0) return assess === 'manual' ? 'manual' : 'not covered';
  const rows = ledger.filter(({ check }) => checks.includes(check));
  const sum = (count: (row: LedgerRow) => number): number => rows.reduce((total, row) => total + count(row), 0);
  if (sum(({ fail }) => fail) > 0) return 'fail';
  if (rows.length === 0 || sum(({ unknown, gaps }) => unknown + gaps.length) > 0) return 'unknown';
  if (sum(({ pass }) => pass) > 0) return 'no failure found';
  return sum(({ manual }) => manual) > 0 ? 'manual' : 'no asset';
}

function limitsOf(framework: Framework, rows: readonly ControlRow[], judged: boolean): string {
  const readable = rows.filter(({ assess }) => assess !== 'manual').length;
  const direct = rows.filter(({ published }) => published.length > 0).length;
  const own = rows.filter(({ published, ownReading }) => published.length === 0 && ownReading.length > 0).length;
  const unassessed = rows.filter(({ outcome, ownOutcome }) => outcome === 'unknown' || ownOutcome === 'unknown').length;
  const size = framework.size === undefined ? `the ${rows.length} controls that are listed here` : `${framework.size} controls`;
  const counts = [
    `${framework.title} ${framework.version}: ${readable} of ${size} can be read by a machine at all`,
    `aispm has checks for ${direct} by published maps and for ${own} more by our own reading`,
    ...(judged ? [`${unassessed} could not be assessed in this scan`] : []),
    'the rest is for people.',
  ];
  return `${counts.join('; ')} ${framework.limits}`;
}

function byControl(
  checks: readonly Check[],
  controls: (check: Check) => readonly string[] | undefined,
): ReadonlyMap<string, readonly CheckId[]> {
  const found = new Map<string, CheckId[]>();
  for (const check of checks) {
    for (const control of controls(check) ?? []) {
      const ids = found.get(control) ?? [];
      ids.push(check.id);
      found.set(control, ids);
    }
  }
  for (const ids of found.values()) ids.sort(byCodeUnit);
  return found;
}
