import { buildAutomaton } from './automaton.ts';
import type { Anchor, Detector } from './compile.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { type Named, resolve } from './resolve.ts';
import { scanStream } from './scan-stream.ts';
import { type Match, verify } from './verify.ts';

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

/** Builds the automaton once; then only queries it. */
export function createFinder(detectors: readonly Detector[], redactor: Redactor = createRedactor()): Finder {
  const anchors = detectors.flatMap((detector) => detector.anchors.map((anchor) => ({ detector, anchor })));
  const automaton = buildAutomaton(anchors.map(({ anchor }) => anchor.bytes));
  const reach = anchors.map(({ anchor }) => anchor);

  function findIn(chunks: Iterable<Uint8Array>): readonly Named[] {
    const stream = scanStream(automaton, reach);
    const matches: Match[] = [];
    const look = (sightings: ReturnType<typeof stream.end>): void => {
      for (const { pattern, window } of sightings) {
        const { detector, anchor } = anchors[pattern] as { detector: Detector; anchor: Anchor }; // the automaton reports its own patterns
        matches.push(...verify(detector, anchor, window, redactor));
      }
    };
    for (const chunk of chunks) look(stream.push(chunk));
    look(stream.end());
    return resolve(matches, detectors);
  }

  return { findIn, find: (bytes) => findIn([bytes]) };
}
