import { byCodeUnit } from '../model/order.ts';
import type { Evidence, Unknown } from '../model/verdict.ts';

/** What a condition came to, with what settled it or what left it open. */
export type Outcome =
  | { readonly truth: 'yes' | 'no'; readonly evidence: readonly Evidence[] }
  | { readonly truth: 'unknown'; readonly because: readonly Unknown[] };

/** A long list that settles a condition is shown by its first elements. */
const mostEvidence = 20;

/** One *no* settles it; failing that, one *unknown* leaves it open. Yes over nothing. */
export function allOf(outcomes: readonly Outcome[]): Outcome {
  return settledBy('no', outcomes);
}

/** One *yes* settles it; failing that, one *unknown* leaves it open. No over nothing. */
export function anyOf(outcomes: readonly Outcome[]): Outcome {
  return settledBy('yes', outcomes);
}

export function opposite(outcome: Outcome): Outcome {
  if (outcome.truth === 'unknown') return outcome;
  return {
    truth: outcome.truth === 'yes' ? 'no' : 'yes',
    evidence: outcome.evidence.map((one) => ({ ...one, wanted: `not: ${one.wanted}` })),
  };
}

export function unknown(because: readonly Unknown[]): Outcome {
  return { truth: 'unknown', because };
}

/** Each reason once, in an order that does not depend on how it was found. */
export function sortedReasons(because: readonly Unknown[]): readonly Unknown[] {
  if (because.length < 2) return because;
  const byText = new Map(because.map((one) => [JSON.stringify(one), one]));
  return [...byText].sort(([a], [b]) => byCodeUnit(a, b)).map(([, one]) => one);
}

function settledBy(truth: 'yes' | 'no', outcomes: readonly Outcome[]): Outcome {
  const evidence: Evidence[] = [];
  const because: Unknown[] = [];
  let settled = false;
  for (const outcome of outcomes) {
    if (outcome.truth === 'unknown') {
      because.push(...outcome.because);
    } else if (settled === (outcome.truth === truth)) {
      evidence.push(...outcome.evidence);
    } else if (!settled) {
      settled = true;
      evidence.length = 0;
      evidence.push(...outcome.evidence);
    }
  }
  if (!settled && because.length > 0) return unknown(because);
  if (!settled) return { truth: truth === 'yes' ? 'no' : 'yes', evidence: evidence.slice(0, mostEvidence) };
  return { truth, evidence: evidence.slice(0, mostEvidence) };
}
