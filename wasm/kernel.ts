/**
 * Searches bytes for many short patterns at once. Four sieves, each finer and rarer than the one before:
 * 1. three bytes, sixteen positions at a time, by shuffles (the tables hold eight buckets of patterns);
 * 2. a bitmap of hashes of four bytes;
 * 3. up to sixteen bytes of the pattern under a mask;
 * 4. what must stand around the pattern: a run of a class of bytes, or one byte.
 * What passes may still be none: sieve 3 knows of a class of bytes only the bits that its members share.
 *
 * A shuffle looks sixteen bytes up in a table of sixteen at once. A byte is looked up twice: by its bits 0 to 3, and by its bits 3 to 6
 * (which tell letters apart better than the upper four would); bytes from 128 on are in no pattern, and in no table.
 *
 * What passes a sieve is written down and looked at together, strip by strip: in sieves 1 and 2, which see nearly all of it, nothing
 * depends on a guess of the processor.
 *
 * Memory is laid out by src/secrets/search/kernel/tables.ts. At least 64 KiB before and after the searched bytes may be read.
 */

let sieve: usize = 0;
let bitmap: usize = 0;
let heads: usize = 0;
let entries: usize = 0;
let records: usize = 0;
let classes: usize = 0;
/** Room for the places of a strip, two bytes each, and eight more. */
let places: usize = 0;
let resumeAt: u32 = 0;

export function setUp(
  _sieve: usize,
  _bitmap: usize,
  _heads: usize,
  _entries: usize,
  _records: usize,
  _classes: usize,
  _places: usize,
): void {
  sieve = _sieve;
  bitmap = _bitmap;
  heads = _heads;
  entries = _entries;
  records = _records;
  classes = _classes;
  places = _places;
}

/** Where the last search stopped: `n`, or less where `out` was full. */
export function stoppedAt(): u32 {
  return resumeAt;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function lowOf(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(15));
}

/** Sixteen and more, which no table has, for bytes from 128 on. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function highOf(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 3), i8x16.splat(31));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function buckets(byLow: v128, byHigh: v128, low: v128, high: v128): v128 {
  return v128.and(i8x16.swizzle(byLow, low), i8x16.swizzle(byHigh, high));
}

/** The last byte of one vector before the first fifteen of another. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function oneBack(before: v128, here: v128): v128 {
  return i8x16.shuffle(before, here, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function twoBack(before: v128, here: v128): v128 {
  return i8x16.shuffle(before, here, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isIn(set: u32, at: usize): bool {
  return (load<u32>(classes + (<usize>load<u8>(at) << 2)) & set) != 0;
}

/** In UTF-16 a byte is a letter only between zeros. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isLetter(at: usize, step: isize): bool {
  if (<u32>((<u32>load<u8>(at) | 32) - 97) >= 26) return false;
  return step == 1 || (load<u8>(at - 1) | load<u8>(at + 1)) == 0;
}

/** The letters before a place and at it may belong to one word: as src/secrets/detectors/word-edge.ts says, and in doubt they do not. */
function isInsideWord(at: usize, step: isize): bool {
  if (!isLetter(at - step, step) || !isLetter(at, step)) return false;
  const before = load<u8>(at - step);
  const here = load<u8>(at);
  if ((here & 32) == 0 && ((before & 32) != 0 || (load<u8>(at + step) & 32) != 0)) return false;
  const earlier = load<u8>(at - 2 * step);
  if (earlier == 0x2d && (before & 32) == 0) return false;
  return earlier != 0x5c && !(before == 0x6d && (earlier == 0x5b || earlier == 0x3b || <u32>(earlier - 48) < 10));
}

/** Sieve 3 for the pattern of a record at `start`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function differs(record: usize, start: usize): bool {
  return v128.any_true(v128.xor(v128.and(v128.load(start), v128.load(record, 16)), v128.load(record)));
}

/** Sieve 4. */
function isGuarded(record: usize, start: usize): bool {
  const kind = load<u8>(record, 32);
  const step = <isize>load<u8>(record, 33);
  const alone = <isize>load<u8>(record, 34);
  if (alone != 0 && (isInsideWord(start, step) || isInsideWord(start + alone * step, step))) return false;
  if (kind == 0) return true;
  const set = load<u32>(record, 36);
  const from = <isize>load<i32>(record, 40) * step;
  const length = <isize>load<i32>(record, 44);
  if (kind == 1) {
    for (let k: isize = 0; k < length; k++) if (!isIn(set, start + from + k * step)) return false;
    return true;
  }
  const to = start + <isize>load<i32>(record, 48) * step;
  if (kind == 2) {
    for (let at = start + from; at < to; at += step) if (isIn(set, at)) return true;
    return false;
  }
  // A run as long as `length` covers one of every `length` places; from there it is measured both ways.
  const stride = length * step;
  for (let at = start + from; at < to; at += stride) {
    if (!isIn(set, at)) continue;
    let run: isize = 1;
    for (let back = at - step; run < length && isIn(set, back); back -= step) run++;
    for (let ahead = at + step; run < length && isIn(set, ahead); ahead += step) run++;
    if (run >= length) return true;
  }
  return false;
}

const strip: u32 = 8192;

/** Writes to `places` where three bytes pass sieve 1, of n from p on (a strip at most). Returns how many. */
function sieved(p: usize, n: u32): u32 {
  const zero = i8x16.splat(0);
  const tables = sieve;
  const low0 = v128.load(tables);
  const high0 = v128.load(tables, 16);
  const low1 = v128.load(tables, 32);
  const high1 = v128.load(tables, 48);
  const low2 = v128.load(tables, 64);
  const high2 = v128.load(tables, 80);
  // Looked at by its third byte: what the first two have in common with a bucket is kept from the vector before.
  const before = v128.load(p - 14);
  let first = buckets(low0, high0, lowOf(before), highOf(before));
  let second = buckets(low1, high1, lowOf(before), highOf(before));
  let out = places;
  for (let i: u32 = 0; i < n; i += 64) {
    let misses: u64 = 0;
    for (let k = 0; k < 4; k++) {
      const bytes = v128.load(p + i + k * 16, 2);
      const low = lowOf(bytes);
      const high = highOf(bytes);
      const nextFirst = buckets(low0, high0, low, high);
      const nextSecond = buckets(low1, high1, low, high);
      const third = buckets(low2, high2, low, high);
      const passing = v128.and(v128.and(twoBack(first, nextFirst), oneBack(second, nextSecond)), third);
      first = nextFirst;
      second = nextSecond;
      misses |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(passing, zero)))) << (k * 16);
    }
    let here = ~misses;
    if (n - i < 64) here &= ((<u64>1) << (n - i)) - 1;
    if (here == 0) continue;
    // Four are written, however many there are.
    const end = out + (<usize>popcnt(here) << 1);
    do {
      store<u16>(out, <u16>(i + <u32>ctz(here)));
      here &= here - 1;
      store<u16>(out, <u16>(i + <u32>ctz(here)), 2);
      here &= here - 1;
      store<u16>(out, <u16>(i + <u32>ctz(here)), 4);
      here &= here - 1;
      store<u16>(out, <u16>(i + <u32>ctz(here)), 6);
      here &= here - 1;
      out += 8;
    } while (out < end);
    out = end;
  }
  return <u32>((out - places) >> 1);
}

/** Of four bytes in lower case. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function hashAt(at: usize): u32 {
  return ((load<u32>(at) | 0x20202020) * 0x9e3779b1) >>> 15;
}

/** Keeps of so many places those of which the bitmap knows the hash. Returns how many. */
function known(p: usize, count: u32): u32 {
  const first = places;
  const bits = bitmap;
  const end = first + (<usize>count << 1);
  let kept = first;
  for (let next = first; next < end; next += 2) {
    const place = <u32>load<u16>(next);
    const hash = hashAt(p + place);
    store<u16>(kept, <u16>place);
    kept += <usize>((<u32>load<u8>(bits + (hash >>> 3)) >>> (hash & 7)) & 1) << 1;
  }
  return <u32>((kept - first) >> 1);
}

/**
 * Looks at the n places from p on and writes pairs (offset of the pattern's start from p, record) to `out`, at most `most` and those of one place more.
 * A pattern is found at the one place that its plan names, which may lie behind its start: the offset may be negative.
 */
export function search(p: usize, n: u32, out: usize, most: u32): u32 {
  let hits: u32 = 0;
  resumeAt = n;
  for (let from: u32 = 0; from < n; from += strip) {
    const here = p + from;
    const count = known(here, sieved(here, min(strip, n - from)));
    for (let k: u32 = 0; k < count; k++) {
      const place = <u32>load<u16>(places + (<usize>k << 1));
      if (hits >= most) {
        resumeAt = from + place;
        return hits;
      }
      const hash = hashAt(here + place);
      let next: u32 = load<u16>(heads + ((hash >>> 5) << 1));
      while (next) {
        const entry = entries + (next << 3);
        const pattern: u32 = load<u16>(entry);
        const record = records + pattern * 64;
        const start = here + place - <usize>load<u8>(entry, 2);
        if (load<u8>(entry, 3) != <u8>(hash & 31) || differs(record, start)) {
          // Those of the same bytes are passed over together.
          next = load<u16>(entry, 6);
          continue;
        }
        if (isGuarded(record, start)) {
          store<u32>(out + (hits << 3), <u32>(start - p));
          store<u32>(out + (hits << 3), pattern, 4);
          hits++;
        }
        next = load<u16>(entry, 4);
      }
    }
  }
  return hits;
}

/**
 * Which blocks of sixteen bytes from p on may be text in UTF-16: every other byte is zero, the others are ASCII.
 * Writes their offsets from p to `out`. `n` is a multiple of sixteen.
 */
export function wideBlocks(p: usize, n: u32, out: usize): u32 {
  const zero = i8x16.splat(0);
  let count: u32 = 0;
  for (let from: u32 = 0; from < n; from += 64) {
    const end = min(from + 64, n);
    // Most of what is searched has no zeros, and is told so four blocks at a time.
    const least = i8x16.min_u(
      i8x16.min_u(v128.load(p + from), v128.load(p + from, 16)),
      i8x16.min_u(v128.load(p + from, 32), v128.load(p + from, 48)),
    );
    if (i8x16.all_true(least)) continue;
    for (let i = from; i < end; i += 16) {
      const block = v128.load(p + i);
      const zeros = i8x16.bitmask(i8x16.eq(block, zero));
      if (zeros != 0xaaaa && zeros != 0x5555) continue;
      if (i8x16.bitmask(block) != 0) continue;
      store<u32>(out + (count << 2), i);
      count++;
    }
  }
  return count;
}

/** How many of the n bytes from p on are newlines. */
export function newlines(p: usize, n: u32): u32 {
  const wanted = i8x16.splat(10);
  const whole = n & ~15;
  let count: u32 = 0;
  let i: u32 = 0;
  while (i < whole) {
    // As many as keep each of the sixteen sums within a byte.
    const stop = min(whole, i + 255 * 16);
    let sums = i8x16.splat(0);
    for (; i < stop; i += 16) sums = i8x16.sub(sums, i8x16.eq(v128.load(p + i), wanted));
    const fours = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sums));
    count += i32x4.extract_lane(fours, 0) + i32x4.extract_lane(fours, 1) + i32x4.extract_lane(fours, 2) + i32x4.extract_lane(fours, 3);
  }
  for (; i < n; i++) if (load<u8>(p + i) == 10) count++;
  return count;
}
