import type { AnchorSearch } from './search/anchor-search.ts';
import { automatonSearch } from './search/automaton-search.ts';
import type { DetectorSet } from './detectors/detector-set.ts';
import { excerptsOf } from './excerpt.ts';
import { kernelSearch } from './search/kernel/search.ts';
import { createKeyStream, type KeyStream, streamBytes } from './key-stream.ts';
import { leadsOfTables } from './search/leads-of-tables.ts';
import { createLook } from './verify/look.ts';
import { createRedactor, type Redactor } from './redact.ts';
import type { Named } from './verify/resolve.ts';
import type { NetName } from './search/search-tables.ts';
import { createSettlement } from './verify/settle.ts';

export interface Finder {
  /** Every key in these bytes, one match per key, in order of place. */
  find(bytes: Uint8Array): readonly Named[];
  /** Keys that are packed in these bytes: in base64 at any alignment, or in UTF-16. */
  findPacked(bytes: Uint8Array): readonly Named[];
  /** The same as `find` over chunks of any size. */
  findIn(chunks: Iterable<Uint8Array>): readonly Named[];
}

export interface FinderOptions {
  readonly set: DetectorSet;
  /** Content of the user's key file for digests; without it they are made under a public constant. */
  readonly digestKey?: Uint8Array | string;
  /** A finder of these detectors to share; see `lazyFinder`. */
  readonly finder?: () => Finder;
}

/** Makes the finder on the first call, for those who may never need it. */
export function lazyFinder({ set, digestKey }: FinderOptions): () => Finder {
  let finder: Finder | undefined;
  return () => (finder ??= createFinder(set, createRedactor(digestKey)));
}

/** For texts in memory. Prepares the search once; then only asks it. */
export function createFinder(set: DetectorSet, redactor: Redactor = createRedactor()): Finder {
  const { tables, detectors } = set;
  const search = searchOf(set, tables.before + textBytes + tables.after);
  const leadsOf = leadsOfTables(set);

  function find(bytes: Uint8Array): readonly Named[] {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const excerpts = excerptsOf(
      whole,
      () => 0,
      () => whole.length,
    );
    const look = createLook(redactor);
    const settlement = createSettlement(detectors);
    for (const [start, pattern] of sightingsIn(whole).sort((a, b) => a[0] - b[0])) {
      for (const lead of leadsOf('plain', pattern)) settlement.add(look(lead, start, { base: 0, bytes: whole, excerpts }));
    }
    return settlement.before(Infinity);
  }

  /** Part by part: the search looks at bytes in its own memory. */
  function sightingsIn(whole: Buffer): (readonly [start: number, pattern: number])[] {
    const sightings: (readonly [start: number, pattern: number])[] = [];
    for (let from = 0; from < whole.length; from += textBytes) {
      const first = Math.max(0, from - tables.before);
      const end = whole.copy(search.bytes, 0, first, Math.min(whole.length, from + textBytes + tables.after));
      const to = Math.min(end, from - first + textBytes);
      search.find(from - first, to, end, (_, pattern, start) => void sightings.push([first + start, pattern]));
    }
    return sightings;
  }

  const findIn = (chunks: Iterable<Uint8Array>): readonly Named[] =>
    foundIn(chunks, createKeyStream(set, searchOf(set, streamBytes(tables)), redactor));

  let packed: AnchorSearch | undefined;
  function findPacked(bytes: Uint8Array): readonly Named[] {
    packed ??= searchOf(set, streamBytes(tables), everyNet);
    return foundIn([bytes], createKeyStream(set, packed, redactor)).filter((match) => match.packed !== undefined);
  }

  return { find, findPacked, findIn };
}

function foundIn(chunks: Iterable<Uint8Array>, stream: KeyStream): readonly Named[] {
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

/** Most texts are shorter. */
const textBytes = 32 << 10;

const everyNet: readonly NetName[] = ['plain and base64', 'utf-16'];

const searchOf = ({ code, tables }: DetectorSet, size: number, nets: readonly NetName[] = ['plain']): AnchorSearch =>
  kernelSearch(code, tables, nets, size) ?? automatonSearch(tables, nets, size);
