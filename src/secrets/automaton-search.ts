import type { AnchorSearch } from './anchor-search.ts';
import type { Automaton } from './automaton.ts';

/** The same as the kernel's in plain TypeScript: for runtimes without SIMD, and to judge the kernel by. */
export function automatonSearch(automaton: Automaton, size: number): AnchorSearch {
  const bytes = Buffer.alloc(size);
  return {
    bytes,
    find: (from, to, end, report) => automaton.find(bytes.subarray(0, end), from, to, report),
  };
}
