import type { BytePattern } from '../automaton.ts';
import type { Guard } from '../../detectors/guard.ts';
import type { Plan } from './plan.ts';

/** A pattern as the kernel searches it. */
export interface KernelPattern {
  /** Three bytes or more, all ASCII. */
  readonly bytes: BytePattern;
  readonly guard: Guard;
  /** Bytes from one character of the guarded text to the next: 2 in UTF-16. */
  readonly step: 1 | 2;
}

/** What `setUp` of wasm/kernel.ts takes, in its order. */
export interface Tables {
  readonly sieve: Uint8Array;
  readonly bitmap: Uint8Array;
  readonly heads: Uint8Array;
  readonly entries: Uint8Array;
  readonly records: Uint8Array;
  readonly classes: Uint8Array;
  /** At one place no more patterns can be found than these. */
  readonly mostAtOnce: number;
}

const recordBytes = 64;
const comparedBytes = 16;
/** Lays out what the kernel reads. Little-endian, as WebAssembly is. */
export function layOutTables(patterns: readonly KernelPattern[], plan: Plan): Tables {
  const classes = byteClasses(patterns.map(({ guard }) => guard));
  const records = new DataView(new ArrayBuffer(patterns.length * recordBytes));
  for (const [at, pattern] of patterns.entries()) writeRecord(records, at * recordBytes, pattern, classes.bitOf);
  return {
    sieve: plan.sieve,
    ...hashes(patterns, plan.offsets),
    records: new Uint8Array(records.buffer),
    classes: bytesOf(classes.table),
  };
}

/**
 * What wasm/kernel.ts computes of four bytes: seventeen bits for the bitmap; the first twelve find the entries, the others tell them apart.
 * Letters are in lower case there: a pattern whose case does not matter has one hash then, not sixteen.
 */
const hashOf = (bytes: number): number => Math.imul(bytes | 0x20202020, 0x9e3779b1) >>> 15;

function hashes(patterns: readonly KernelPattern[], offsets: Uint8Array): Pick<Tables, 'bitmap' | 'heads' | 'entries' | 'mostAtOnce'> {
  const bitmap = new Uint8Array(1 << 14);
  const heads = new Uint16Array(1 << 12);
  const entries: Entry[] = [{ pattern: 0, offset: 0, tag: 0, next: 0, behindAlike: 0 }];
  const atOnce = new Map<number, number>();
  for (const [bytes, ...alike] of alikeIn(patterns)) {
    const offset = offsets[alike[0] as number] ?? 0; // none is empty
    for (const hash of hashesOf(bytes.slice(offset, offset + 4))) {
      bitmap[hash >> 3] = (bitmap[hash >> 3] as number) | (1 << (hash & 7));
      const behindAlike = heads[hash >> 5] as number;
      for (const pattern of alike) {
        entries.push({ pattern, offset, tag: hash & 31, next: heads[hash >> 5] as number, behindAlike });
        heads[hash >> 5] = entries.length - 1;
      }
      atOnce.set(hash, (atOnce.get(hash) ?? 0) + alike.length);
    }
  }
  if (entries.length > 1 << 16) throw new Error('the patterns can be written in too many ways');
  const view = new DataView(new ArrayBuffer(entries.length * 8));
  for (const [at, { pattern, offset, tag, next, behindAlike }] of entries.entries()) {
    view.setUint16(at * 8, pattern, true);
    view.setUint8(at * 8 + 2, offset);
    view.setUint8(at * 8 + 3, tag);
    view.setUint16(at * 8 + 4, next, true);
    view.setUint16(at * 8 + 6, behindAlike, true);
  }
  return { bitmap, heads: bytesOf(heads), entries: new Uint8Array(view.buffer), mostAtOnce: Math.max(1, ...atOnce.values()) };
}

/** The places of patterns of the same bytes, behind these bytes. */
function alikeIn(patterns: readonly KernelPattern[]): Iterable<readonly [BytePattern, ...number[]]> {
  const groups = new Map<string, [BytePattern, ...number[]]>();
  for (const [pattern, { bytes }] of patterns.entries()) {
    const key = JSON.stringify(bytes);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [bytes, pattern]);
    else group.push(pattern);
  }
  return groups.values();
}

/** Of a list of patterns that share a part of a hash: those of the same bytes stand together. */
interface Entry {
  readonly pattern: number;
  readonly offset: number;
  readonly tag: number;
  readonly next: number;
  /** The next of other bytes. */
  readonly behindAlike: number;
}

const any: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);

function hashesOf([first = any, second = any, third = any, fourth = any]: BytePattern): Iterable<number> {
  const found = new Set<number>();
  for (const a of first) {
    for (const b of second) for (const c of third) for (const d of fourth) found.add(hashOf(a | (b << 8) | (c << 16) | (d << 24)));
  }
  return found;
}

const kinds = { none: 0, run: 1, byte: 2, 'run within': 3 } as const;

function writeRecord(view: DataView, at: number, { bytes, guard, step }: KernelPattern, bitOf: (set: readonly number[]) => number): void {
  for (const [k, set] of bytes.slice(0, comparedBytes).entries()) {
    const first = set[0] ?? 0;
    const mask = set.reduce((same, byte) => same & ~(byte ^ first), 0xff);
    view.setUint8(at + k, first & mask);
    view.setUint8(at + comparedBytes + k, mask);
  }
  view.setUint8(at + 32, kinds[guard.kind]);
  view.setUint8(at + 33, step);
  view.setUint8(at + 34, guard.alone ?? 0);
  if (guard.kind === 'none') return;
  view.setUint32(at + 36, bitOf(guard.set), true);
  view.setInt32(at + 40, guard.from, true);
  view.setInt32(at + 44, guard.kind === 'byte' ? 0 : guard.length, true);
  view.setInt32(at + 48, guard.kind === 'run' ? 0 : guard.to, true);
}

/** A bit for each set of bytes that guards ask for; the thirty-second and later share one. */
function byteClasses(guards: readonly Guard[]): { readonly table: Uint32Array; readonly bitOf: (set: readonly number[]) => number } {
  const table = new Uint32Array(256);
  const bits = new Map<string, number>();
  const bitOf = (set: readonly number[]): number => (1 << Math.min(31, bits.get(set.join()) ?? 31)) >>> 0;
  for (const guard of guards) {
    if (guard.kind === 'none') continue;
    const key = guard.set.join();
    if (!bits.has(key)) bits.set(key, bits.size);
    for (const byte of guard.set) table[byte] = (table[byte] as number) | bitOf(guard.set);
  }
  return { table, bitOf };
}

const bytesOf = (view: Uint32Array | Uint16Array): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
