import type { GapId, LimitId, OperationId, ScopeId } from './ids.ts';

export type GapReason = 'denied' | 'throttled' | 'unavailable' | 'malformed' | 'too-large' | 'unsupported' | 'interrupted';

/** Something in the chosen scope that could have been read and was not. Gaps make verdicts unknown and the exit code 3. */
export interface Gap {
  readonly id: GapId;
  readonly scope: ScopeId;
  /** The call that failed, or what else was not read (`sign-in`, `image …`). */
  readonly call: OperationId;
  readonly reason: GapReason;
  /** One sentence for a person: what was refused and, where known, what to grant. Never holds a secret. */
  readonly detail: string;
  /** The permission to grant, where the catalogue or the refusal names one. */
  readonly permission?: string;
  /** What the call was about (an agent, a service), where it was about one thing. */
  readonly subject?: string;
  readonly accepted?: { readonly reason: string; readonly until: string };
}

export type LimitReason = 'not-in-region' | 'not-activated' | 'by-design';

/** Something that is not there or is not inspected by design. Counted and printed; the exit code stays. */
export interface Limit {
  readonly id: LimitId;
  readonly scope: ScopeId;
  readonly subject: string;
  readonly reason: LimitReason;
  readonly count: number;
}
