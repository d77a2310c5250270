import type { ScopeId } from './ids.ts';
import { byCodeUnit } from './order.ts';
import type { Finding } from './report.ts';
import { severities } from './severity.ts';

/** `<provider>/<account>`: what one SARIF run and one upload category stand for. */
export function accountOf(scope: ScopeId): string {
  return scope.slice(0, scope.lastIndexOf('/'));
}

/** The vendor's region name, or `global`. */
export function regionOf(scope: ScopeId): string {
  return scope.slice(scope.lastIndexOf('/') + 1);
}

export function providerOf(scope: ScopeId): string {
  return scope.slice(0, scope.indexOf('/'));
}

/**
 * The order of findings in a report: by account, in it the worst first. Accounts come first because formats that keep
 * accounts apart can then be written from a stream.
 */
export function byReportOrder(a: Finding, b: Finding): number {
  return (
    byCodeUnit(accountOf(a.scope), accountOf(b.scope)) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    byCodeUnit(a.rule, b.rule) ||
    byCodeUnit(a.asset, b.asset) ||
    byCodeUnit(a.place, b.place) ||
    byCodeUnit(a.fingerprint, b.fingerprint)
  );
}
