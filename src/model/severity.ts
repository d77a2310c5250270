export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
/** From worst to mildest. One per check. */
export type Severity = (typeof severities)[number];

/** True if `severity` is as bad as `level` or worse. */
export function isAtLeast(severity: Severity, level: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(level);
}
