import type { BytePattern } from '../automaton.ts';
import { type Passing, type Sample, sampleOf, tableOf } from './sieve.ts';

/** How the first sieve of the kernel is filled: two tables for each of three bytes, a bit per bucket; and where in each pattern it looks. */
export interface Plan {
  /** Six tables of sixteen bytes: two for each of three bytes. */
  readonly sieve: Uint8Array;
  /** By pattern: the offset of the three bytes (and the fourth, for the hash) in it. */
  readonly offsets: Uint8Array;
}

/** More ways to write four bytes would fill the bitmap of hashes. */
const mostWays = 4096;
const bucketCount = 8;
/** The kernel compares so many bytes of a pattern. */
const comparedBytes = 16;

/**
 * Puts patterns that look alike into one bucket, so that as few places as possible pass the first sieve, judged by excerpts of three
 * bytes each. Greedy, then `rounds` times over: each pattern is taken out and put where it costs least.
 * The same patterns and sample give the same plan.
 */
export function planSieve(patterns: readonly BytePattern[], sample: Uint8Array, rounds: number): Plan {
  const keys = patterns.map((pattern) => JSON.stringify(pattern));
  const different = [...new Map(keys.map((key, at) => [key, patterns[at] as BytePattern])).entries()];
  const { sieve, offsets } = planDifferent(
    different.map(([, pattern]) => pattern),
    sampleOf(sample),
    rounds,
  );
  const offsetOf = new Map(different.map(([key], at) => [key, offsets[at] as number]));
  return { sieve, offsets: Uint8Array.from(keys, (key) => offsetOf.get(key) as number) };
}

interface Window extends Passing {
  readonly offset: number;
}

interface Bucket {
  readonly members: Set<number>;
  passing: Passing;
}

function planDifferent(patterns: readonly BytePattern[], sample: Sample, rounds: number): Plan {
  const windows = patterns.map((pattern) => windowsOf(pattern, sample));
  const cheapestOf = windows.map((all) => (all[0] as Window).cost);
  const order = windows.map((_, at) => at).sort((a, b) => (cheapestOf[b] as number) - (cheapestOf[a] as number) || a - b);
  const buckets = Array.from({ length: bucketCount }, (): Bucket => ({ members: new Set(), passing: sample.joined([]) }));
  const chosen: Window[] = [];
  const bucketOf: Bucket[] = [];

  function take(at: number): void {
    const bucket = bucketOf[at];
    if (bucket === undefined) return;
    bucket.members.delete(at);
    bucket.passing = sample.joined([...bucket.members].map((member) => chosen[member] as Window));
  }

  function put(at: number): void {
    let least = Infinity;
    for (const window of windows[at] as readonly Window[]) {
      for (const bucket of buckets) {
        const cost = added(bucket.passing, window);
        if (cost >= least) continue;
        least = cost;
        chosen[at] = window;
        bucketOf[at] = bucket;
      }
    }
    const bucket = bucketOf[at] as Bucket; // the cheapest of some
    bucket.members.add(at);
    bucket.passing = sample.joined([bucket.passing, chosen[at] as Window]);
  }

  function added(bucket: Passing, window: Window): number {
    if (window.masks.every((mask, table) => (mask & ~(bucket.masks[table] as number)) === 0)) return 0;
    return sample.costTogether(bucket, window) - bucket.cost;
  }

  for (let round = 0; round <= rounds; round++) {
    for (const at of order) {
      take(at);
      put(at);
    }
  }
  return { sieve: tableOf(buckets.map(({ passing }) => passing.masks)), offsets: Uint8Array.from(chosen, ({ offset }) => offset) };
}

/**
 * The cheapest few places of a pattern to look at. Of four known bytes where there are four, and of those that can be written in
 * the fewest ways, give or take: each way is a bit of the bitmap.
 */
function windowsOf(pattern: BytePattern, sample: Sample): readonly Window[] {
  const compared = pattern.slice(0, comparedBytes);
  const offsets = Array.from({ length: Math.max(1, compared.length - 3) }, (_, offset) => offset);
  const fewest = Math.min(...offsets.map((offset) => waysOf(compared, offset)));
  if (pattern.length < 3 || fewest > mostWays) throw new Error('a pattern needs three bytes, each of few values');
  if (compared.some((set) => set.some((byte) => byte > 0x7f))) throw new Error('a pattern is made of ASCII');
  return offsets
    .filter((offset) => waysOf(compared, offset) <= fewest * 4)
    .map((offset) => ({ offset, ...sample.passing(compared.slice(offset, offset + 3)) }))
    .sort((a, b) => a.cost - b.cost || a.offset - b.offset)
    .slice(0, mostWindows);
}

const mostWindows = 6;

/** How many texts of four bytes a window stands for. */
function waysOf(pattern: BytePattern, offset: number): number {
  let ways = 1;
  for (let at = offset; at < offset + 4; at++) ways *= pattern[at]?.length ?? 256;
  return ways;
}
