import { patternsHash } from './hash.ts';
import { type Plan, planSieve } from './plan.ts';
import { plans } from './plans.generated.ts';
import { readSample } from './sample.ts';
import type { KernelPattern } from './tables.ts';

/** The plan that was made at build time, or, for detectors that were not known then, one made now (some 50 ms). */
export function planFor(patterns: readonly KernelPattern[]): Plan {
  const bytes = patterns.map((pattern) => pattern.bytes);
  const known = plans[patternsHash(bytes)];
  if (known === undefined) return planSieve(bytes, readSample(), 0);
  return { sieve: Buffer.from(known.sieve, 'base64'), offsets: Buffer.from(known.offsets, 'base64') };
}
