import type { Finding, FindingCounts } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';

/** Counts findings by severity, the waived and the carried ones apart. */
export function countFindings(findings: Iterable<Finding>): FindingCounts {
  const open: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  let [notSelected, waived, carriedUnknown] = [0, 0, 0];
  for (const finding of findings) {
    if (finding.carried?.why === 'unknown') carriedUnknown++;
    if (finding.waived) waived++;
    else if (finding.carried?.why === 'not-selected') notSelected++;
    else open[finding.severity]++;
  }
  return { open, notSelected, waived, carriedUnknown };
}
