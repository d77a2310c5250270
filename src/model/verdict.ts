import type { AssetId, CheckId, GapId, LimitId, OperationId } from './ids.ts';
import type { Json } from './json.ts';

/** Why a condition came out as it did. `found` never holds a secret: inspected values have none. */
export interface Evidence {
  /** Fact path as the check wrote it, or the concrete path of one element (`filters[2].inputStrength`). */
  readonly path: string;
  /** `undefined` is left out in JSON and means: the vendor sent no such member. */
  readonly found?: Json;
  /** The condition in words, for example `is Disabled`. */
  readonly wanted: string;
  /** The key of the failing element, where the check says `each: { path, key }`. */
  readonly element?: string;
  /** The other asset, where the condition looked along an edge. */
  readonly asset?: AssetId;
}

export type Unknown =
  | { readonly gap: GapId }
  | { readonly limit: LimitId }
  | { readonly notAsked: OperationId }
  /** The vendor answered without this member and its absence has no published meaning. */
  | { readonly silent: string };

export type Verdict =
  | { readonly status: 'pass'; readonly evidence: readonly Evidence[] }
  | { readonly status: 'fail'; readonly evidence: readonly Evidence[] }
  | { readonly status: 'unknown'; readonly because: readonly Unknown[] }
  | { readonly status: 'not-applicable' }
  | { readonly status: 'manual'; readonly where: string };

export type VerdictStatus = Verdict['status'];

/** One check judged on one asset. */
export interface Judgement {
  readonly check: CheckId;
  readonly asset: AssetId;
  readonly verdict: Verdict;
}
