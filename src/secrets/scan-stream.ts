import type { Automaton } from './automaton.ts';
import type { Window } from './verify.ts';

/** What a place in a stream may be: the pattern that was seen and the bytes around it. */
export interface Sighting {
  readonly pattern: number;
  readonly window: Window;
}

export interface Reach {
  readonly before: number;
  readonly after: number;
}

export interface ScanStream {
  /** Chunks may be of any size, even empty, and are not kept or changed. */
  push(chunk: Uint8Array): readonly Sighting[];
  /** What was held back. Nothing may be pushed after it. */
  end(): readonly Sighting[];
}

/**
 * Finds patterns in a stream, each once, wherever it is cut. Of what was read it keeps as many bytes as the widest window needs:
 * a place is looked at only when all bytes of its window are there or the stream has ended.
 * `reach`: bytes before and after a pattern's start that its window holds, by pattern.
 */
export function scanStream(automaton: Automaton, reach: readonly Reach[]): ScanStream {
  const carry = Math.max(0, ...reach.map(({ before }) => before));
  const holdBack = Math.max(automaton.longestPattern, ...reach.map(({ after }) => after));
  let kept: Uint8Array = new Uint8Array(0);
  /** Offset of `kept` in the stream, and of the first byte in `kept` that no pattern has been sought at. */
  let base = 0;
  let next = 0;

  function scan(bytes: Uint8Array, to: number): readonly Sighting[] {
    const sightings: Sighting[] = [];
    automaton.find(bytes, next, to, (pattern, start) => {
      const { before, after } = reach[pattern] as Reach; // one entry per pattern
      const from = Math.max(0, start - before);
      const text = latin1(bytes.subarray(from, start + after));
      sightings.push({ pattern, window: { text, base: base + from, at: start - from } });
    });
    return sightings.sort((a, b) => a.window.base + a.window.at - (b.window.base + b.window.at) || a.pattern - b.pattern);
  }

  return {
    push(chunk) {
      const bytes = kept.length === 0 ? chunk : concat(kept, chunk);
      const to = bytes.length - holdBack;
      const sightings = to > next ? scan(bytes, to) : [];
      const done = Math.max(next, to);
      const drop = Math.max(0, done - carry);
      kept = bytes.slice(drop);
      base += drop;
      next = done - drop;
      return sightings;
    },
    end: () => scan(kept, kept.length),
  };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
