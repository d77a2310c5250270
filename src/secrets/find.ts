import { buildAutomaton } from './automaton.ts';
import { automatonSearch } from './automaton-search.ts';
import type { Detector } from './compile.ts';
import { excerptsOf } from './excerpt.ts';
import { createKeyStream, reachOf } from './key-stream.ts';
import { leadsOf } from './lead.ts';
import { leadSetOf } from './lead-set.ts';
import { createLook } from './look.ts';
import { createRedactor, type Redactor } from './redact.ts';
import type { Named } from './resolve.ts';
import { createSettlement } from './settle.ts';

export interface Finder {
  /** Every key in these bytes, one match per key, in order of place. */
  find(bytes: Uint8Array): readonly Named[];
  /** The same over chunks of any size. */
  findIn(chunks: Iterable<Uint8Array>): readonly Named[];
}

export interface FinderOptions {
  readonly detectors: readonly Detector[];
  /** Content of the user's key file for digests; without it they are made under a public constant. */
  readonly digestKey?: Uint8Array | string;
  /** A finder of these detectors to share; see `lazyFinder`. */
  readonly finder?: () => Finder;
}

/** Builds the finder on the first call, for those who may never need it. */
export function lazyFinder({ detectors, digestKey }: FinderOptions): () => Finder {
  let finder: Finder | undefined;
  return () => (finder ??= createFinder(detectors, createRedactor(digestKey)));
}

/** For texts in memory. Builds the automaton once; then only queries it. */
export function createFinder(detectors: readonly Detector[], redactor: Redactor = createRedactor()): Finder {
  const set = leadSetOf(leadsOf(detectors, { utf16: false, base64: false }));
  const automaton = buildAutomaton(set.wanted.everywhere.map(({ bytes }) => bytes));

  function find(bytes: Uint8Array): readonly Named[] {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const excerpts = excerptsOf(
      whole,
      () => 0,
      () => whole.length,
    );
    const sightings: (readonly [start: number, pattern: number])[] = [];
    automaton.find(whole, 0, whole.length, (pattern, start) => void sightings.push([start, pattern]));
    const look = createLook(redactor);
    const settlement = createSettlement(detectors);
    for (const [start, pattern] of sightings.sort((a, b) => a[0] - b[0])) {
      for (const lead of set.everywhere[pattern] ?? []) settlement.add(look(lead, start, { base: 0, bytes: whole, excerpts }));
    }
    return settlement.before(Infinity);
  }

  function findIn(chunks: Iterable<Uint8Array>): readonly Named[] {
    const stream = createKeyStream(set, automatonSearch({ everywhere: automaton }, reachOf(set).size), detectors, redactor);
    const found: Named[] = [];
    for (const piece of chunks) {
      for (let from = 0; from < piece.length; ) {
        const room = stream.room();
        const part = piece.subarray(from, from + room.length);
        room.set(part);
        stream.commit(part.length);
        from += part.length;
        found.push(...stream.take());
      }
    }
    return [...found, ...stream.end()];
  }

  return { find, findIn };
}
