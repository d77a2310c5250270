import type { BytePattern } from '../automaton.ts';

/** How the first sieve of the kernel is filled: two nibble tables for each of three bytes, a bit per bucket; and where in each pattern it looks. */
export interface Plan {
  /** Six tables of sixteen bytes. */
  readonly sieve: Uint8Array;
  /** By pattern: the offset of the three bytes (and the fourth, for the hash) in it. */
  readonly offsets: Uint8Array;
}

/** More ways to write four bytes would fill the bitmap of hashes. */
const mostWays = 4096;
const bucketCount = 8;
const words = 64;
/** Short excerpts of what images are full of, four bytes each; see `sample.ts`. */
const sampled = words * 32;

/**
 * Puts patterns that look alike into one bucket, so that as few places as possible pass the first sieve, judged by a sample of
 * four-byte excerpts. Greedy, then `rounds` times over: each pattern is taken out and put where it costs least.
 * The same patterns and sample give the same plan.
 */
export function planSieve(patterns: readonly BytePattern[], sample: Uint8Array, rounds: number): Plan {
  const keys = patterns.map((pattern) => JSON.stringify(pattern));
  const different = [...new Map(keys.map((key, at) => [key, patterns[at] as BytePattern])).entries()];
  const { sieve, offsets } = planDifferent(
    different.map(([, pattern]) => pattern),
    sample,
    rounds,
  );
  const offsetOf = new Map(different.map(([key], at) => [key, offsets[at] as number]));
  return { sieve, offsets: Uint8Array.from(keys, (key) => offsetOf.get(key) as number) };
}

function planDifferent(patterns: readonly BytePattern[], sample: Uint8Array, rounds: number): Plan {
  const nibbles = nibbleSets(sample);
  const windows = patterns.map((pattern) => windowsOf(pattern, nibbles));
  const order = windows.map((_, at) => at).sort((a, b) => Math.min(...cheapness(windows[b])) - Math.min(...cheapness(windows[a])) || a - b);
  const buckets = Array.from({ length: bucketCount }, () => emptyBucket());
  const chosen = new Int32Array(patterns.length).fill(-1);
  const bucketOf = new Int32Array(patterns.length).fill(-1);

  for (let round = 0; round <= rounds; round++) {
    for (const at of order) {
      const old = bucketOf[at] as number;
      if (old >= 0) {
        bucketOf[at] = -1;
        buckets[old] = bucketOfAll(at, old);
      }
      const best = cheapest(windows[at] as readonly Window[], buckets);
      chosen[at] = best.window;
      bucketOf[at] = best.bucket;
      buckets[best.bucket] = best.joined;
    }
  }
  return { sieve: tablesOf(buckets), offsets: Uint8Array.from(chosen, (window, at) => windows[at]?.[window]?.offset ?? 0) };

  function bucketOfAll(without: number, bucket: number): Bucket {
    const all = emptyBucket();
    for (let at = 0; at < patterns.length; at++) {
      if (at !== without && bucketOf[at] === bucket) add(all, windows[at]?.[chosen[at] as number] as Window);
    }
    return { ...all, cost: passing(all) };
  }
}

/** Six masks of nibbles (low and high of three bytes) and, for each, the samples that pass it as a bit set. */
interface Bucket {
  readonly masks: Uint16Array;
  readonly pass: Uint32Array;
  readonly cost: number;
}

interface Window extends Bucket {
  readonly offset: number;
}

const emptyBucket = (): Bucket => ({ masks: new Uint16Array(6), pass: new Uint32Array(6 * words), cost: 0 });

/** For each of six nibbles and each of its sixteen values, the samples that have it there. */
function nibbleSets(sample: Uint8Array): readonly Uint32Array[] {
  const sets = Array.from({ length: 96 }, () => new Uint32Array(words));
  const count = Math.min(sampled, sample.length >> 2);
  for (let n = 0; n < count; n++) {
    for (let byte = 0; byte < 3; byte++) {
      const value = sample[n * 4 + byte] as number;
      mark(sets[byte * 32 + (value & 15)] as Uint32Array, n);
      mark(sets[byte * 32 + 16 + (value >> 4)] as Uint32Array, n);
    }
  }
  return sets;
}

function mark(set: Uint32Array, bit: number): void {
  const bits = set;
  bits[bit >> 5] = (bits[bit >> 5] as number) | (1 << (bit & 31));
}

/**
 * The cheapest few places of a pattern to look at. Of four known bytes where there are four, and of those that can be written in
 * the fewest ways, give or take: each way is a bit of the bitmap.
 */
function windowsOf(pattern: BytePattern, nibbles: readonly Uint32Array[]): readonly Window[] {
  const offsets = Array.from({ length: Math.max(1, pattern.length - 3) }, (_, offset) => offset);
  const fewest = Math.min(...offsets.map((offset) => waysOf(pattern, offset)));
  if (pattern.length < 3 || fewest > mostWays) throw new Error('a pattern needs three bytes, each of few values');
  return offsets
    .filter((offset) => waysOf(pattern, offset) <= fewest * 4)
    .map((offset) => windowAt(pattern, offset, nibbles))
    .sort((a, b) => a.cost - b.cost || a.offset - b.offset)
    .slice(0, 4);
}

/** How many texts of four bytes a window stands for. */
function waysOf(pattern: BytePattern, offset: number): number {
  let ways = 1;
  for (let at = offset; at < offset + 4; at++) ways *= pattern[at]?.length ?? 256;
  return ways;
}

function windowAt(pattern: BytePattern, offset: number, nibbles: readonly Uint32Array[]): Window {
  const masks = new Uint16Array(6);
  const pass = new Uint32Array(6 * words);
  for (let byte = 0; byte < 3; byte++) {
    for (const value of pattern[offset + byte] ?? []) {
      masks[byte * 2] = (masks[byte * 2] as number) | (1 << (value & 15));
      masks[byte * 2 + 1] = (masks[byte * 2 + 1] as number) | (1 << (value >> 4));
    }
  }
  for (let six = 0; six < 6; six++) {
    for (let value = 0; value < 16; value++) {
      if ((((masks[six] as number) >> value) & 1) === 0) continue;
      const has = nibbles[(six >> 1) * 32 + (six & 1) * 16 + value] as Uint32Array;
      for (let word = 0; word < words; word++) pass[six * words + word] = (pass[six * words + word] as number) | (has[word] as number);
    }
  }
  const window = { offset, masks, pass, cost: 0 };
  return { ...window, cost: passing(window) };
}

/** How many samples pass all six masks. */
function passing({ pass }: Pick<Bucket, 'pass'>): number {
  let count = 0;
  for (let word = 0; word < words; word++) {
    let all = -1;
    for (let six = 0; six < 6; six++) all &= pass[six * words + word] as number;
    count += bitsIn(all);
  }
  return count;
}

/** In place: a plan adds windows to buckets some hundred thousand times. */
function add(bucket: Bucket, window: Bucket): void {
  const { masks, pass } = bucket;
  for (let six = 0; six < 6; six++) masks[six] = (masks[six] as number) | (window.masks[six] as number);
  for (let at = 0; at < 6 * words; at++) pass[at] = (pass[at] as number) | (window.pass[at] as number);
}

function joined(a: Bucket, b: Bucket, cost: number): Bucket {
  const both = { masks: a.masks.slice(), pass: a.pass.slice(), cost };
  add(both, b);
  return both;
}

function joinedCost(a: Bucket, b: Bucket): number {
  let count = 0;
  for (let word = 0; word < words; word++) {
    let all = -1;
    for (let at = word; at < 6 * words; at += words) all &= (a.pass[at] as number) | (b.pass[at] as number);
    count += bitsIn(all);
  }
  return count;
}

function cheapest(windows: readonly Window[], buckets: readonly Bucket[]): { window: number; bucket: number; joined: Bucket } {
  let least = Infinity;
  let best: readonly [number, number, number] = [0, 0, 0];
  for (const [at, window] of windows.entries()) {
    for (const [to, bucket] of buckets.entries()) {
      const cost = joinedCost(bucket, window);
      if (cost - bucket.cost >= least) continue;
      least = cost - bucket.cost;
      best = [at, to, cost];
    }
  }
  const [window, bucket, cost] = best;
  return { window, bucket, joined: joined(buckets[bucket] as Bucket, windows[window] as Window, cost) };
}

function tablesOf(buckets: readonly Bucket[]): Uint8Array {
  const sieve = new Uint8Array(96);
  for (const [bucket, { masks }] of buckets.entries()) {
    for (let six = 0; six < 6; six++) {
      for (let value = 0; value < 16; value++) {
        if (((masks[six] as number) >> value) & 1) sieve[six * 16 + value] = (sieve[six * 16 + value] as number) | (1 << bucket);
      }
    }
  }
  return sieve;
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const cheapness = (windows: readonly Window[] | undefined): readonly number[] => (windows ?? []).map(({ cost }) => cost);
