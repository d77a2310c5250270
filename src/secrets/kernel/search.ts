import { type AnchorSearch, type Report, type Wanted, wideBlock, wideReach, wideRegions } from '../anchor-search.ts';
import { layOutTables, type KernelPattern, type Tables } from './tables.ts';
import type { Plan } from './plan.ts';
import { webAssembly, type WebAssemblyApi } from './web-assembly.ts';

/** What wasm/kernel.ts exports. Addresses are bytes of its memory. */
interface Kernel {
  setUp(sieve: number, bitmap: number, heads: number, entries: number, records: number, classes: number): void;
  search(from: number, count: number, out: number, most: number): number;
  stoppedAt(): number;
  wideBlocks(from: number, count: number, out: number): number;
}

const page = 65536;
/** The kernel reads beside the searched bytes: guards as far as keys and context words reach. */
const margin = page;
const mostHits = 8192;

/**
 * Undefined where the runtime knows no SIMD. `code`: the compiled kernel; `size`: bytes that the buffer holds.
 * There is an instance for the patterns of either kind, over one memory.
 */
export function kernelSearch(
  code: Uint8Array,
  wanted: Wanted<KernelPattern>,
  planFor: (patterns: readonly KernelPattern[]) => Plan,
  size: number,
): AnchorSearch | undefined {
  const api = webAssembly();
  if (api === undefined) return undefined;
  const sets = [wanted.everywhere, wanted.wide].map((patterns) => ({ patterns, tables: layOutTables(patterns, planFor(patterns)) }));
  const hitBytes = 8 * (mostHits + 64 * Math.max(...sets.map(({ tables }) => tables.mostAtOnce)));
  const blockBytes = 4 * Math.ceil((size + 2 * wideReach) / wideBlock);
  const place = placesFrom(page);
  const addresses = sets.map(({ tables }) => placeTables(tables, place));
  const hitsAt = place(Math.max(hitBytes, blockBytes));
  const blocksAt = place(blockBytes);
  const bytesAt = place(margin + size + margin) + margin;
  const pages = Math.ceil((bytesAt + size + margin) / page);
  const memory = new api.Memory({ initial: pages, maximum: pages });
  const instances = sets.map(({ patterns, tables }, set) => {
    const kernel = instantiate(api, code, memory);
    kernel?.setUp(...writeTables(memory.buffer, tables, addresses[set] as readonly number[]));
    return kernel && { kernel, patterns, confirm: patterns.map(({ bytes }) => (isExact(bytes) ? undefined : bytes.map(memberTable))) };
  });
  const [everywhere, wide] = instances;
  if (everywhere === undefined || wide === undefined) return undefined;

  const bytes = Buffer.from(memory.buffer, bytesAt, size);
  const withMargin = new Uint8Array(memory.buffer, bytesAt, size + margin);
  const hits = new Int32Array(memory.buffer, hitsAt, hitBytes / 4);
  const blocks = new Uint32Array(memory.buffer, blocksAt, blockBytes / 4);

  function find({ kernel, patterns, confirm }: typeof everywhere & object, from: number, to: number, end: number, report: Report): void {
    for (let next = from; next < to; ) {
      const count = kernel.search(bytesAt + next, to - next, hitsAt, mostHits);
      for (let hit = 0; hit < count; hit++) {
        const start = next + (hits[hit * 2] as number);
        const pattern = hits[hit * 2 + 1] as number;
        if (start < 0 || start + (patterns[pattern]?.bytes.length ?? 0) > end) continue;
        const inexact = confirm[pattern];
        if (inexact === undefined || inexact.every((members, k) => members[bytes[start + k] as number] === 1)) report(pattern, start);
      }
      next += kernel.stoppedAt();
    }
  }

  function* blocksBetween(from: number, to: number): Iterable<number> {
    const first = Math.max(0, from) & -wideBlock;
    const count = wide?.kernel.wideBlocks(bytesAt + first, Math.max(0, to - first) & -wideBlock, blocksAt) ?? 0;
    for (let n = 0; n < count; n++) yield first + (blocks[n] as number);
  }

  return {
    bytes,
    find(from, to, end, report) {
      if (everywhere.patterns.length === 0) return;
      withMargin.fill(0, end, end + margin);
      find(everywhere, from, to, end, report);
    },
    findWide(from, to, end, report) {
      if (wide.patterns.length === 0) return;
      withMargin.fill(0, end, end + margin);
      const near = blocksBetween(from - wideReach, Math.min(end, to + wideReach));
      for (const [first, behind] of wideRegions(near, from, to)) find(wide, first, behind, end, report);
    },
  };
}

const order = ['sieve', 'bitmap', 'heads', 'entries', 'records', 'classes'] as const;
type Addresses = Parameters<Kernel['setUp']>;

const placeTables = (tables: Tables, place: (size: number) => number): readonly number[] => order.map((name) => place(tables[name].length));

function writeTables(memory: ArrayBuffer, tables: Tables, addresses: readonly number[]): Addresses {
  for (const [at, name] of order.entries()) new Uint8Array(memory).set(tables[name], addresses[at]);
  return addresses as unknown as Addresses; // one address for each name of `order`, which is the order of setUp
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
