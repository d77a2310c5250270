/**
 * Searches bytes for many short patterns at once. Four sieves, each finer and rarer than the one before:
 * 1. three bytes, sixteen positions at a time, by shuffles over their nibbles (the tables hold eight buckets of patterns);
 * 2. a bitmap of hashes of four bytes;
 * 3. up to sixteen bytes of the pattern under a mask;
 * 4. what must stand around the pattern: a run of a class of bytes, or one byte.
 * What passes may still be none: sieve 3 knows of a class of bytes only the bits that its members share.
 *
 * Memory is laid out by src/secrets/kernel/tables.ts. At least 64 KiB before and after the searched bytes may be read.
 */

let sieve: usize = 0;
let bitmap: usize = 0;
let heads: usize = 0;
let entries: usize = 0;
let records: usize = 0;
let classes: usize = 0;
let resumeAt: u32 = 0;

export function setUp(_sieve: usize, _bitmap: usize, _heads: usize, _entries: usize, _records: usize, _classes: usize): void {
  sieve = _sieve;
  bitmap = _bitmap;
  heads = _heads;
  entries = _entries;
  records = _records;
  classes = _classes;
}

/** Where the last search stopped: `n`, or less where `out` was full. */
export function stoppedAt(): u32 {
  return resumeAt;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function buckets(low: v128, high: v128, bytes: v128): v128 {
  return v128.and(i8x16.swizzle(low, v128.and(bytes, i8x16.splat(15))), i8x16.swizzle(high, i8x16.shr_u(bytes, 4)));
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

/** Sieves 3 and 4 for the pattern of a record at `start`. */
function fits(record: usize, start: usize): bool {
  const differing = v128.xor(v128.and(v128.load(start), v128.load(record, 16)), v128.load(record));
  if (v128.any_true(differing)) return false;
  const kind = load<u8>(record, 32);
  const step = <isize>load<u8>(record, 33);
  const alone = <isize>load<u8>(record, 34);
  if (alone != 0 && (isLetter(start - step, step) || isLetter(start + alone * step, step))) return false;
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

/**
 * Looks at the n places from p on and writes pairs (offset of the pattern's start from p, record) to `out`, at most `most` and a block's worth more.
 * A pattern is found at the one place that its plan names, which may lie behind its start: the offset may be negative.
 */
export function search(p: usize, n: u32, out: usize, most: u32): u32 {
  const low0 = v128.load(sieve);
  const high0 = v128.load(sieve, 16);
  const low1 = v128.load(sieve, 32);
  const high1 = v128.load(sieve, 48);
  const low2 = v128.load(sieve, 64);
  const high2 = v128.load(sieve, 80);
  const zero = i8x16.splat(0);
  let hits: u32 = 0;
  let i: u32 = 0;
  for (; i < n && hits < most; i += 64) {
    let misses: u64 = 0;
    for (let k = 0; k < 4; k++) {
      const q = p + i + k * 16;
      let r = buckets(low0, high0, v128.load(q));
      r = v128.and(r, buckets(low1, high1, v128.load(q, 1)));
      r = v128.and(r, buckets(low2, high2, v128.load(q, 2)));
      misses |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(r, zero)))) << (k * 16);
    }
    let places = ~misses;
    if (n - i < 64) places &= ((<u64>1) << (n - i)) - 1;
    while (places) {
      const b = <u32>ctz(places);
      places &= places - 1;
      const hash = (load<u32>(p + i + b) * 0x9e3779b1) >>> 14;
      if (!((load<u8>(bitmap + (hash >>> 3)) >> <u8>(hash & 7)) & 1)) continue;
      let next: u32 = load<u32>(heads + (hash & ~3));
      while (next) {
        const entry = entries + (next << 3);
        const pattern: u32 = load<u16>(entry);
        const start = p + i + b - <usize>load<u8>(entry, 2);
        if (fits(records + pattern * 64, start)) {
          store<u32>(out + (hits << 3), <u32>(start - p));
          store<u32>(out + (hits << 3), pattern, 4);
          hits++;
        }
        next = load<u32>(entry, 4);
      }
    }
  }
  resumeAt = i < n ? i : n;
  return hits;
}

/**
 * Which blocks of sixteen bytes from p on may be text in UTF-16: every other byte is zero, the others are ASCII.
 * Writes their offsets from p to `out`. `n` is a multiple of sixteen.
 */
export function wideBlocks(p: usize, n: u32, out: usize): u32 {
  const zero = i8x16.splat(0);
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; i += 16) {
    const block = v128.load(p + i);
    const zeros = i8x16.bitmask(i8x16.eq(block, zero));
    if (zeros != 0xaaaa && zeros != 0x5555) continue;
    if (i8x16.bitmask(block) != 0) continue;
    store<u32>(out + (count << 2), i);
    count++;
  }
  return count;
}
