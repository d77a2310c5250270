import { accountOf } from '../../model/finding-order.ts';
import type { Gap } from '../../model/gap.ts';
import type { Asked } from '../../model/inventory.ts';
import type { FailOn, FindingCounts, Gate } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import { isAtLeast, severities } from '../../model/severity.ts';
import { howMany } from '../../model/words.ts';

export interface GateInput {
  readonly failOn: FailOn;
  readonly counts: FindingCounts;
  readonly gaps: readonly Gap[];
  readonly asked: readonly Asked[];
  readonly assets: number;
  /** The inventory says that its reading was cut short. */
  readonly interrupted: boolean;
  /** This very run was interrupted. */
  readonly signal?: 'SIGINT' | 'SIGTERM';
}

/**
 * The exit code and why, by precedence 130/143 > 4 > 5 > 1 > 3 > 0 (2 and 70 never get as far as a report).
 * Limits and manual items do not count. Accepted gaps do not make a scan incomplete and are named.
 */
export function gateOf(input: GateInput): Gate {
  const { failOn, counts, gaps, interrupted, signal } = input;
  const open = gaps.filter((gap) => gap.accepted === undefined);
  const complete = open.length === 0 && !interrupted && signal === undefined;
  const counted = severities.filter((level) => isCounted(level, failOn)).reduce((sum, level) => sum + counts.open[level], 0);
  const exitCode = exitCodeOf(input, open, complete, counted);
  return { failOn, exitCode, why: whyOf(input, open, exitCode, counted), complete, counted };
}

function exitCodeOf({ asked, signal, interrupted }: GateInput, open: readonly Gap[], complete: boolean, counted: number): Gate['exitCode'] {
  if (signal !== undefined) return signal === 'SIGINT' ? 130 : 143;
  if (asked.length === 0 && open.length > 0 && open.every((gap) => gap.call === 'sign-in' && gap.reason === 'denied')) return 4;
  if (asked.length === 0 && open.length === 0 && !interrupted) return 5;
  if (counted > 0) return 1;
  return complete ? 0 : 3;
}

function whyOf(input: GateInput, open: readonly Gap[], exitCode: Gate['exitCode'], counted: number): string {
  const { asked, gaps, failOn, counts, assets, interrupted, signal } = input;
  if (exitCode === 4) return 'the credentials were refused for every target';
  if (exitCode === 5) return 'nothing to scan: the selection matched no account and no image that can be read';
  const scopes = new Set(open.map((gap) => gap.scope)).size;
  const accepted = gaps.length - open.length;
  const accounts = new Set(asked.map((row) => accountOf(row.scope))).size;
  return [
    ...(signal === undefined ? [] : ['interrupted: the report holds what was read until then']),
    findingsSentence(failOn, counted),
    ...(counts.carriedUnknown > 0 ? [`${counts.carriedUnknown} carried over from the previous report`] : []),
    ...(assets === 0 && gaps.length === 0 && !interrupted ? [`no AI assets found in ${howMany(accounts, 'account')}`] : []),
    ...(open.length > 0 ? [`incomplete: ${howMany(scopes, 'scope')} not fully read`] : []),
    ...(open.length === 0 && interrupted && signal === undefined ? ['incomplete: the reading was interrupted'] : []),
    ...(accepted > 0 ? [howMany(accepted, 'accepted gap')] : []),
  ].join('; ');
}

function findingsSentence(failOn: FailOn, counted: number): string {
  if (failOn === 'none') return 'findings do not count (gate: none)';
  const level = failOn === 'any' ? 'of any severity' : `at or above ${failOn}`;
  return `${counted === 0 ? 'no findings' : howMany(counted, 'finding')} ${level} (gate: ${failOn})`;
}

function isCounted(severity: Severity, failOn: FailOn): boolean {
  if (failOn === 'none') return false;
  return failOn === 'any' || isAtLeast(severity, failOn);
}
