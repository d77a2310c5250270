import type { AnchorSearch } from '../anchor-search.ts';
import { layOutTables, type KernelPattern, type Tables } from './tables.ts';
import type { Plan } from './plan.ts';
import { webAssembly, type WebAssemblyApi } from './web-assembly.ts';

/** What wasm/kernel.ts exports. Addresses are bytes of its memory. */
interface Kernel {
  setUp(sieve: number, bitmap: number, heads: number, entries: number, records: number, classes: number): void;
  search(from: number, count: number, out: number, most: number): number;
  stoppedAt(): number;
}

const page = 65536;
/** The kernel reads beside the searched bytes: guards as far as keys and context words reach. */
const margin = page;
const mostHits = 8192;

/** Undefined where the runtime knows no SIMD. `code`: the compiled kernel; `size`: bytes that the buffer holds. */
export function kernelSearch(code: Uint8Array, patterns: readonly KernelPattern[], plan: Plan, size: number): AnchorSearch | undefined {
  const api = webAssembly();
  if (api === undefined || patterns.length === 0) return undefined;
  const tables = layOutTables(patterns, plan);
  const hitBytes = 8 * (mostHits + 64 * tables.mostAtOnce);
  const place = placesFrom(page);
  const at = {
    sieve: place(tables.sieve.length),
    bitmap: place(tables.bitmap.length),
    heads: place(tables.heads.length),
    entries: place(tables.entries.length),
    records: place(tables.records.length),
    classes: place(tables.classes.length),
    hits: place(hitBytes),
    bytes: place(margin + size + margin) + margin,
  };
  const pages = Math.ceil((at.bytes + size + margin) / page);
  const memory = new api.Memory({ initial: pages, maximum: pages });
  const kernel = instantiate(api, code, memory);
  if (kernel === undefined) return undefined;
  for (const name of ['sieve', 'bitmap', 'heads', 'entries', 'records', 'classes'] as const) {
    new Uint8Array(memory.buffer).set(tables[name satisfies keyof Tables], at[name]);
  }
  kernel.setUp(at.sieve, at.bitmap, at.heads, at.entries, at.records, at.classes);

  const bytes = Buffer.from(memory.buffer, at.bytes, size);
  const behind = new Uint8Array(memory.buffer, at.bytes, size + margin);
  const hits = new Int32Array(memory.buffer, at.hits, hitBytes / 4);
  const confirm = patterns.map(({ bytes: sets }) => (isExact(sets) ? undefined : sets.map(memberTable)));

  return {
    bytes,
    find(from, to, end, report) {
      behind.fill(0, end, end + margin);
      for (let next = from; next < to; ) {
        const count = kernel.search(at.bytes + next, to - next, at.hits, mostHits);
        for (let hit = 0; hit < count; hit++) {
          const start = next + (hits[hit * 2] as number);
          const pattern = hits[hit * 2 + 1] as number;
          const sets = patterns[pattern]?.bytes ?? [];
          if (start < 0 || start + sets.length > end) continue;
          const inexact = confirm[pattern];
          if (inexact === undefined || inexact.every((members, k) => members[bytes[start + k] as number] === 1)) report(pattern, start);
        }
        next += kernel.stoppedAt();
      }
    },
  };
}

/** Addresses one behind the other, each a multiple of 64. */
function placesFrom(first: number): (size: number) => number {
  let next = first;
  return (size) => {
    const place = next;
    next = Math.ceil((next + size) / 64) * 64;
    return place;
  };
}

function instantiate(api: WebAssemblyApi, code: Uint8Array, memory: object): Kernel | undefined {
  try {
    return new api.Instance(new api.Module(code), { env: { memory } }).exports as Kernel; // as wasm/kernel.ts exports it
  } catch {
    return undefined; // no SIMD on this processor or in this runtime: the automaton does the same
  }
}

/** Do the bits that a set's members share say exactly who they are? */
function isExact(sets: KernelPattern['bytes']): boolean {
  return sets.length <= 16 && sets.every((set) => set.length === 1 || (set.length === 2 && isPowerOfTwo((set[0] ?? 0) ^ (set[1] ?? 0))));
}

const isPowerOfTwo = (bits: number): boolean => bits !== 0 && (bits & (bits - 1)) === 0;

function memberTable(set: readonly number[]): Uint8Array {
  const members = new Uint8Array(256);
  for (const byte of set) members[byte] = 1;
  return members;
}
