import { type AnchorSearch, type Report, wideBlock, wideReach, wideRegions } from '../anchor-search.ts';
import type { Net, NetName, SearchTables } from '../search-tables.ts';
import { memberTables } from './members.ts';
import type { Tables } from './tables.ts';
import { type KernelCode, webAssembly, type WebAssemblyApi } from './web-assembly.ts';

/** What wasm/kernel.ts exports. Addresses are bytes of its memory. */
interface Kernel {
  setUp(sieve: number, bitmap: number, heads: number, entries: number, records: number, classes: number, places: number): void;
  search(from: number, count: number, out: number, most: number): number;
  stoppedAt(): number;
  wideBlocks(from: number, count: number, out: number): number;
  newlines(from: number, count: number): number;
}

const page = 65536;
const mostHits = 4096;
/** Places of a strip, two bytes each, and a few more. */
const placesBytes = 2 * 8192 + 64;

/** Undefined where the runtime knows no SIMD. `size`: bytes that the buffer holds. There is an instance for each net, over one memory. */
export function kernelSearch(
  code: KernelCode,
  { before, after, nets }: SearchTables,
  names: readonly NetName[],
  size: number,
): AnchorSearch | undefined {
  const api = webAssembly();
  if (api === undefined) return undefined;
  const place = placesFrom(page);
  const addresses = names.map((name) => placeTables(nets[name].kernel, place));
  const placesAt = place(placesBytes);
  const hitBytes = 8 * (mostHits + Math.max(...names.map((name) => nets[name].kernel.mostAtOnce)));
  const hitsAt = place(hitBytes);
  const blockBytes = 4 * Math.ceil((size + 2 * wideReach) / wideBlock);
  const blocksAt = place(names.includes('utf-16') ? blockBytes : 0);
  /** The kernel reads beside the searched bytes, as far as keys and context words reach. */
  const margin = Math.ceil((Math.max(before, after) + 1024) / 64) * 64;
  const bytesAt = place(margin + size + margin) + margin;
  const pages = Math.ceil((bytesAt + size + margin) / page);
  const memory = new api.Memory({ initial: pages, maximum: pages });
  const searches: NetSearch[] = [];
  for (const [at, name] of names.entries()) {
    const kernel = instantiate(api, code, memory);
    if (kernel === undefined) return undefined;
    const net = nets[name];
    writeTables(memory.buffer, net.kernel, addresses[at] as Addresses);
    kernel.setUp(...(addresses[at] as Addresses), placesAt);
    searches.push({ name, kernel, net, membersOf: membersOf(net) });
  }

  const bytes = Buffer.from(memory.buffer, bytesAt, size);
  const withMargin = new Uint8Array(memory.buffer, bytesAt, size + margin);
  const hits = new Int32Array(memory.buffer, hitsAt, hitBytes / 4);

  function findIn({ name, kernel, membersOf }: NetSearch, from: number, to: number, end: number, report: Report): void {
    for (let next = from; next < to; ) {
      const count = kernel.search(bytesAt + next, to - next, hitsAt, mostHits);
      for (let hit = 0; hit < count; hit++) {
        const start = next + (hits[hit * 2] as number);
        const pattern = hits[hit * 2 + 1] as number;
        const { length, tables } = membersOf(pattern);
        if (start < 0 || start + length > end) continue;
        if (tables?.every((table, k) => table[bytes[start + k] as number] === 1) !== false) report(name, pattern, start);
      }
      next += kernel.stoppedAt();
    }
  }

  function* wideBlocksBetween(kernel: Kernel, from: number, to: number): Iterable<number> {
    const first = Math.max(0, from) & -wideBlock;
    const count = kernel.wideBlocks(bytesAt + first, Math.max(0, to - first) & -wideBlock, blocksAt);
    for (const block of new Uint32Array(memory.buffer, blocksAt, count)) yield first + block;
  }

  return {
    bytes,
    find(from, to, end, report) {
      withMargin.fill(0, end, end + margin);
      for (const search of searches) {
        if (search.net.patterns === 0) continue;
        const regions: Iterable<readonly [number, number]> =
          search.name === 'utf-16'
            ? wideRegions(wideBlocksBetween(search.kernel, from - wideReach, Math.min(end, to + wideReach)), from, to)
            : [[from, to]];
        for (const [first, behind] of regions) findIn(search, first, behind, end, report);
      }
    },
    newlines: (from, to) => searches[0]?.kernel.newlines(bytesAt + from, Math.max(0, to - from)) ?? 0,
  };
}

interface NetSearch {
  readonly name: NetName;
  readonly kernel: Kernel;
  readonly net: Net;
  /** How long a pattern is, and what of it the kernel could not compare; worked out when it is first met. */
  readonly membersOf: (pattern: number) => ReturnType<typeof memberTables>;
}

function membersOf(net: Net): NetSearch['membersOf'] {
  const known: ReturnType<typeof memberTables>[] = [];
  return (pattern) => (known[pattern] ??= memberTables(net.bytesOf(pattern)));
}

const order = ['sieve', 'bitmap', 'heads', 'entries', 'records', 'classes'] as const;
type Addresses = [number, number, number, number, number, number];

const placeTables = (tables: Tables, place: (size: number) => number): Addresses =>
  order.map((name) => place(tables[name].length)) as Addresses; // one for each name of `order`

function writeTables(memory: ArrayBuffer, tables: Tables, addresses: Addresses): void {
  for (const [at, name] of order.entries()) new Uint8Array(memory).set(tables[name], addresses[at]);
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

function instantiate(api: WebAssemblyApi, code: KernelCode, memory: object): Kernel | undefined {
  try {
    const module = code instanceof Uint8Array ? new api.Module(code) : code;
    return new api.Instance(module, { env: { memory } }).exports as Kernel; // as wasm/kernel.ts exports it
  } catch {
    return undefined; // no SIMD on this processor or in this runtime: the automaton does the same
  }
}
