import { type Coverage, coverageOf } from '../../checks/coverage.ts';
import { findFramework } from '../../checks/select.ts';
import type { Catalogue } from './catalogue.ts';

/** @throws UsageError with a suggestion for an id that does not exist. */
export function coverageOfFramework(id: string, { frameworks, checks }: Pick<Catalogue, 'frameworks' | 'checks'>): Coverage {
  return coverageOf(findFramework(frameworks, id), checks);
}
