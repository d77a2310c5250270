import type { BytePattern } from '../automaton.ts';

/**
 * What a bucket of the first sieve lets pass, as six sets of sixteen: for each of three bytes, the values of its bits 0 to 3 and of its
 * bits 3 to 6. A byte from 128 on passes nowhere.
 */
export type Masks = Uint16Array;

/** Masks, and the excerpts of a sample that pass each of the six: bit sets, one behind the other. */
export interface Passing {
  readonly masks: Masks;
  readonly sets: Int32Array;
  /** How many excerpts pass all six. */
  readonly cost: number;
}

export interface Sample {
  passing(bytes: BytePattern): Passing;
  joined(all: readonly Passing[]): Passing;
  /** The cost of two that become one. */
  costTogether(one: Passing, other: Passing): number;
}

const tables = 6;
const lowOf = (byte: number): number => byte & 15;
const highOf = (byte: number): number => byte >> 3;

/** `excerpts`: three bytes below 128 each. */
export function sampleOf(excerpts: Uint8Array): Sample {
  const words = Math.ceil(excerpts.length / 3 / 32);
  const having = excerptsHaving(excerpts, words);

  function of(masks: Masks): Passing {
    const sets = new Int32Array(tables * words);
    for (const [table, mask] of masks.entries()) {
      for (let value = 0; value < 16; value++) {
        if ((mask >> value) & 1) addTo(sets, having[table * 16 + value] as Int32Array, table * words);
      }
    }
    return { masks, sets, cost: costTogether(sets, sets) };
  }

  function passing(bytes: BytePattern): Passing {
    const masks = new Uint16Array(tables);
    for (const [at, set] of bytes.entries()) {
      for (const byte of set) {
        masks[at * 2] = (masks[at * 2] as number) | (1 << lowOf(byte));
        masks[at * 2 + 1] = (masks[at * 2 + 1] as number) | (1 << highOf(byte));
      }
    }
    return of(masks);
  }

  function joined(all: readonly Passing[]): Passing {
    const masks = new Uint16Array(tables);
    for (const one of all)
      for (let table = 0; table < tables; table++) masks[table] = (masks[table] as number) | (one.masks[table] as number);
    return of(masks);
  }

  function costTogether(a: Int32Array, b: Int32Array): number {
    let count = 0;
    for (let word = 0; word < words; word++) {
      let all = -1;
      for (let at = word; at < a.length && all !== 0; at += words) all &= (a[at] as number) | (b[at] as number);
      if (all !== 0) count += bitsIn(all);
    }
    return count;
  }

  return { passing, joined, costTogether: (one, other) => costTogether(one.sets, other.sets) };
}

function addTo(target: Int32Array, more: Int32Array, from: number): void {
  const bits = target;
  for (let at = 0; at < more.length; at++) bits[from + at] = (bits[from + at] as number) | (more[at] as number);
}

/** For each table and each of its sixteen values, the excerpts that have it there. */
function excerptsHaving(excerpts: Uint8Array, words: number): readonly Int32Array[] {
  const having = Array.from({ length: tables * 16 }, () => new Int32Array(words));
  const mark = (set: number, excerpt: number): void => {
    const bits = having[set] as Int32Array;
    bits[excerpt >> 5] = (bits[excerpt >> 5] as number) | (1 << (excerpt & 31));
  };
  for (const [at, byte] of excerpts.entries()) {
    mark((at % 3) * 32 + lowOf(byte), Math.floor(at / 3));
    mark((at % 3) * 32 + 16 + highOf(byte), Math.floor(at / 3));
  }
  return having;
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The tables as the kernel reads them: six of sixteen bytes for each eight buckets, a bit of each byte for each bucket. */
export function tableOf(buckets: readonly Masks[]): Uint8Array {
  const sieve = new Uint8Array((buckets.length / 8) * tables * 16);
  for (const [bucket, masks] of buckets.entries()) {
    const first = (bucket >> 3) * tables * 16;
    for (const [table, mask] of masks.entries()) {
      for (let value = 0; value < 16; value++) {
        const at = first + table * 16 + value;
        if ((mask >> value) & 1) sieve[at] = (sieve[at] as number) | (1 << (bucket & 7));
      }
    }
  }
  return sieve;
}
