import type { Detector } from '../detectors/compile.ts';
import { type Named, resolve } from './resolve.ts';
import type { Match } from './verify.ts';

export interface Settlement {
  add(matches: readonly Match[]): void;
  /** What can be said of the keys before an offset, given that every match that begins before it was added. In order of place. */
  before(offset: number): readonly Named[];
}

/** Matches further on are never needed to judge one: a text in which keys overlap without end is cut here. */
const longestTangle = 65536;

/**
 * Resolves the matches of a stream as it goes: those that overlap, or are tied by the other half of a pair, together.
 * What comes out depends on the matches alone, not on when it is asked for.
 */
export function createSettlement(detectors: readonly Detector[]): Settlement {
  let open: Match[] = [];
  return {
    add: (matches) => void open.push(...matches),
    before(offset) {
      const settled: Named[] = [];
      const rest: Match[] = [];
      for (const tangle of tangles(open)) {
        const isOver = Math.min(tangle.end, tangle.start + longestTangle) <= offset;
        if (isOver) settled.push(...resolve(tangle.matches, detectors));
        else rest.push(...tangle.matches);
      }
      open = rest;
      return settled;
    },
  };
}

interface Tangle {
  readonly start: number;
  readonly end: number;
  readonly matches: readonly Match[];
}

function tangles(matches: readonly Match[]): readonly Tangle[] {
  const found: { start: number; end: number; matches: Match[] }[] = [];
  for (const match of [...matches].sort((a, b) => startOf(a) - startOf(b))) {
    const last = found.at(-1);
    const start = startOf(match);
    if (last !== undefined && start < last.end && start < last.start + longestTangle) {
      last.matches.push(match);
      last.end = Math.max(last.end, endOf(match));
    } else found.push({ start, end: endOf(match), matches: [match] });
  }
  return found;
}

const startOf = ({ start, partner }: Match): number => Math.min(start, partner?.start ?? start);
const endOf = ({ end, partner }: Match): number => Math.max(end, partner?.end ?? end);
