import type { Check, Framework } from '../model/check.ts';
import type { Catalogue } from './fact-model.ts';
import type { Predicate } from './predicate.ts';

export interface Problem {
  /** The member of the file that it is about: `fix.steps[0].run[1]`. */
  readonly where: string;
  readonly text: string;
}

/** Everything that a check may refer to. */
export interface References {
  readonly checks: readonly Check[];
  readonly frameworks: readonly Framework[];
  readonly predicates: { readonly [name: string]: Predicate };
  /** Absent where only the file itself and its references can be judged, not its facts. */
  readonly catalogue?: Catalogue;
}

/** `steps[0].run` → `/steps/0/run` */
export function pointerOf(where: string): string {
  return `/${where.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`;
}
