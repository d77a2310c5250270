import type { Severity } from '../../model/severity.ts';

export interface Level {
  readonly level: 'error' | 'warning' | 'note';
  /** Read by GitLab per result. */
  readonly rank: number;
  /** Read by GitHub per rule; a value of exactly 9.0 would be "high" there. */
  readonly securitySeverity?: string;
}

export const levels: { readonly [S in Severity]: Level } = {
  critical: { level: 'error', rank: 95, securitySeverity: '9.5' },
  high: { level: 'error', rank: 80, securitySeverity: '8.0' },
  medium: { level: 'warning', rank: 55, securitySeverity: '5.5' },
  low: { level: 'note', rank: 25, securitySeverity: '2.5' },
  info: { level: 'note', rank: 5 },
};
