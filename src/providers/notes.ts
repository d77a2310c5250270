import { createHash } from 'node:crypto';
import type { Gap, GapReason, Limit, LimitReason } from '../model/gap.ts';
import { type GapId, gapId, type LimitId, limitId, type OperationId, type ScopeId } from '../model/ids.ts';
import { byCodeUnit, sortedBy } from '../model/order.ts';

export interface GapNote {
  readonly scope: ScopeId;
  readonly call: OperationId;
  readonly reason: GapReason;
  readonly detail: string;
  readonly permission?: string;
  readonly subject?: string;
}

/** Everything that a run could not see, each thing once. */
export interface Notes {
  /** The id depends on scope, call, reason and subject alone. */
  gap(note: GapNote): GapId;
  /** Counts how often it was met. The id depends on scope, subject and reason. */
  limit(scope: ScopeId, subject: string, reason: LimitReason, times?: number): LimitId;
  gaps(): readonly Gap[];
  limits(): readonly Limit[];
}

export function createNotes(onGap: (gap: Gap) => void = () => {}): Notes {
  const gaps = new Map<GapId, Gap>();
  const limits = new Map<LimitId, Limit>();
  return {
    gap(note) {
      const id = gapId(`gap:${digest(note.scope, note.call, note.reason, note.subject ?? '')}`);
      const known = gaps.get(id);
      // Whichever came first is chance; the smaller sentence is not.
      if (known === undefined || byCodeUnit(note.detail, known.detail) < 0) gaps.set(id, { id, ...note });
      if (known === undefined) onGap({ id, ...note });
      return id;
    },
    limit(scope, subject, reason, times = 1) {
      const id = limitId(`limit:${digest(scope, subject, reason)}`);
      limits.set(id, { id, scope, subject, reason, count: (limits.get(id)?.count ?? 0) + times });
      return id;
    },
    gaps: () =>
      sortedBy(
        [...gaps.values()],
        ({ scope }) => scope,
        ({ call }) => call,
        ({ id }) => id,
      ),
    limits: () =>
      sortedBy(
        [...limits.values()],
        ({ scope }) => scope,
        ({ subject }) => subject,
        ({ id }) => id,
      ),
  };
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
