import { type AnchorSearch, type Wanted, wideBlock, wideReach, wideRegions } from './anchor-search.ts';
import { type Automaton, buildAutomaton, type BytePattern } from './automaton.ts';

/** The same as the kernel's in plain TypeScript: for runtimes without SIMD, and to judge the kernel by. */
export function automatonSearch({ everywhere, wide }: Automata, size: number): AnchorSearch {
  const bytes = Buffer.alloc(size);
  return {
    bytes,
    find: (from, to, end, report) => everywhere.find(bytes.subarray(0, end), from, to, report),
    findWide(from, to, end, report) {
      if (wide === undefined) return;
      const known = bytes.subarray(0, end);
      const blocks = wideBlocksIn(known, from - wideReach, to + wideReach);
      for (const [first, behind] of wideRegions(blocks, from, to)) wide.find(known, first, behind, report);
    },
  };
}

export interface Automata {
  readonly everywhere: Automaton;
  readonly wide?: Automaton;
}

export function automataOf({ everywhere, wide }: Wanted<{ readonly bytes: BytePattern }>): Automata {
  const build = (patterns: typeof wide): Automaton => buildAutomaton(patterns.map(({ bytes }) => bytes));
  return { everywhere: build(everywhere), ...(wide.length > 0 && { wide: build(wide) }) };
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
