import { type AnchorSearch, wideBlock, wideReach, wideRegions } from './anchor-search.ts';
import { type Automaton, buildAutomaton } from './automaton.ts';
import { newlines } from '../../model/newlines.ts';
import type { Net, NetName, SearchTables } from './search-tables.ts';

/** The same as the kernel's in plain TypeScript: for runtimes without SIMD, and to judge the kernel by. Building it takes a while. */
export function automatonSearch({ nets }: SearchTables, names: readonly NetName[], size: number): AnchorSearch {
  const bytes = Buffer.alloc(size);
  const automata = names.filter((name) => nets[name].patterns > 0).map((name) => ({ name, automaton: automatonOf(nets[name]) }));
  return {
    bytes,
    find(from, to, end, report) {
      const known = bytes.subarray(0, end);
      for (const { name, automaton } of automata) {
        const regions: Iterable<readonly [number, number]> =
          name === 'utf-16' ? wideRegions(wideBlocksIn(known, from - wideReach, to + wideReach), from, to) : [[from, to]];
        for (const [first, behind] of regions) automaton.find(known, first, behind, (pattern, start) => report(name, pattern, start));
      }
    },
    newlines: (from, to) => newlines(bytes, from, to),
  };
}

function automatonOf(net: Net): Automaton {
  return buildAutomaton(Array.from({ length: net.patterns }, (_, pattern) => net.bytesOf(pattern)));
}

/** What `wideBlocks` of wasm/kernel.ts says. */
function* wideBlocksIn(bytes: Uint8Array, from: number, to: number): Iterable<number> {
  const last = Math.min(bytes.length, to) - wideBlock;
  for (let at = Math.max(0, from) & -wideBlock; at <= last; at += wideBlock) {
    const isLittle = bytes[at + 1] === 0;
    if (isLittle === (bytes[at] === 0)) continue;
    let pair = at;
    while (pair < at + wideBlock && isWide(bytes[pair] as number, bytes[pair + 1] as number, isLittle)) pair += 2;
    if (pair === at + wideBlock) yield at;
  }
}

function isWide(first: number, second: number, isLittle: boolean): boolean {
  const [low, high] = isLittle ? [first, second] : [second, first];
  return high === 0 && low > 0 && low < 0x80;
}
