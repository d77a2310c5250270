import type { EncodedPart, Held } from '../model/byte-sink.ts';
import { type AnchorSearch, wideBlock } from './search/anchor-search.ts';
import type { DetectorSet } from './detectors/detector-set.ts';
import { createEncodedRuns, headsOf } from './encodings/encoded-runs.ts';
import type { Lead } from './search/lead.ts';
import { leadsOfTables } from './search/leads-of-tables.ts';
import { piecesOf } from './pieces.ts';
import type { Redactor } from './redact.ts';
import type { Named } from './verify/resolve.ts';
import type { SearchTables } from './search/search-tables.ts';
import { createSettlement } from './verify/settle.ts';

/** Keys in a stream that is written in place: see `ByteSink` of the model. */
export interface KeyStream {
  room(): Buffer;
  commit(bytes: number): void;
  cut(at: number): void;
  program(from: number, to: number): void;
  take(): readonly Named[];
  encoded(): readonly EncodedPart[];
  held(): Held;
  end(): readonly Named[];
}

/** A pattern at a place of the buffer, and what it may lead to. */
interface Sighted {
  readonly leads: readonly Lead[];
  readonly start: number;
}

const chunk = 256 << 10;
const leastRoom = 64 << 10;

/** Size of a buffer that holds what decisions may need beside what is new. */
export const streamBytes = ({ before, after }: SearchTables): number => before + after + chunk;

/** `search` was made for the set and a buffer of `streamBytes`. */
export function createKeyStream(set: DetectorSet, search: AnchorSearch, redactor: Redactor): KeyStream {
  const { before, after } = set.tables;
  const { bytes } = search;
  const leadsOf = leadsOfTables(set);
  const settlement = createSettlement(set.detectors);
  /** Offset of the buffer in the stream; bytes in the buffer; of those, the bytes at which leads have been sought. */
  let base = 0;
  let filled = 0;
  let sought = 0;
  let settled: Named[] = [];
  const headOf = headsOf(set.tables);
  const runs = createEncodedRuns();
  const pieces = piecesOf(bytes, redactor, () => ({ base, end: base + filled }));

  function seek(to: number): void {
    if (to > sought) {
      const sightings: Sighted[] = [];
      search.find(sought, to, filled, (net, pattern, start) => {
        const head = headOf(net, pattern);
        if (head === undefined) sightings.push({ leads: leadsOf(net, pattern), start });
        else runs.begin(head, base + start);
      });
      runs.pass(bytes.subarray(0, filled), base, to, (at) => pieces.endOf(at));
      for (const { leads, start } of sightings.sort((a, b) => a.start - b.start)) {
        for (const lead of leads) {
          const found = pieces.look(lead, base + start);
          if (found.length > 0) settlement.add(found);
        }
      }
      sought = to;
    }
    settled.push(...settlement.before(base + sought - before));
  }

  const isFull = (): boolean => bytes.length - filled < leastRoom;
  /** Bytes that no lead further on can need, in whole blocks. */
  const dispensable = (): number => (isFull() ? Math.max(0, sought - before) & -wideBlock : 0);

  function advance(): void {
    const drop = dispensable();
    if (drop === 0) return;
    bytes.copyWithin(0, drop, filled);
    base += drop;
    filled -= drop;
    sought -= drop;
    pieces.forget(base);
  }

  function take(): readonly Named[] {
    const taken = settled;
    settled = [];
    return taken;
  }

  return {
    room() {
      advance();
      return bytes.subarray(filled);
    },
    commit(count) {
      filled += count;
      if (isFull()) seek(filled - after);
    },
    encoded: () => runs.take(),
    cut: (at) => pieces.cut(at),
    program: (from, to) => pieces.program(from, to),
    take,
    held: () => ({ bytes: bytes.subarray(0, filled), startByte: base, keptFrom: base + dispensable(), newlines: search.newlines }),
    end() {
      seek(filled);
      runs.end();
      settled.push(...settlement.before(Infinity));
      return take();
    },
  };
}
