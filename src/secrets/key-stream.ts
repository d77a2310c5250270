import type { AnchorSearch } from './anchor-search.ts';
import type { Detector } from './compile.ts';
import { excerptsOf } from './excerpt.ts';
import type { Lead } from './lead.ts';
import { createLook } from './look.ts';
import type { Redactor } from './redact.ts';
import type { Named } from './resolve.ts';
import { createSettlement } from './settle.ts';

/** Keys in a stream that is written in place: see `ByteSink` of the model. */
export interface KeyStream {
  room(): Buffer;
  commit(bytes: number): void;
  take(): readonly Named[];
  end(): readonly Named[];
}

const chunk = 256 << 10;
const leastRoom = 64 << 10;
/** The kernel may report a pattern when it meets its last four bytes. */
const lateness = 16;

/** How much of a stream must be at hand around a lead, and how large a buffer must be for it. */
export function reachOf(leads: readonly Lead[]): { readonly before: number; readonly after: number; readonly size: number } {
  const before = Math.max(0, ...leads.map((lead) => lead.before)) + lateness;
  const after = Math.max(0, ...leads.map((lead) => Math.max(lead.after, lead.bytes.length)));
  return { before, after, size: before + after + chunk };
}

/** `search` finds `leads`, by their index, in a buffer of the size that `reachOf` says. */
export function createKeyStream(
  leads: readonly Lead[],
  search: AnchorSearch,
  detectors: readonly Detector[],
  redactor: Redactor,
): KeyStream {
  const { before, after } = reachOf(leads);
  const { bytes } = search;
  const look = createLook(redactor);
  const settlement = createSettlement(detectors);
  /** Offset of the buffer in the stream; bytes in the buffer; of those, the bytes at which leads have been sought. */
  let base = 0;
  let filled = 0;
  let sought = 0;
  let settled: Named[] = [];
  const excerpts = excerptsOf(
    bytes,
    () => base,
    () => base + filled,
  );

  function seek(to: number): void {
    if (to > sought) {
      const places: number[] = [];
      search.find(sought, to, filled, (lead, start) => void places.push(start * leads.length + lead));
      const known = { base, bytes: bytes.subarray(0, filled), excerpts };
      for (const place of places.sort((a, b) => a - b)) {
        const lead = leads[place % leads.length] as Lead; // the search reports its own patterns
        const found = look(lead, base + Math.floor(place / leads.length), known);
        if (found.length > 0) settlement.add(found);
      }
      sought = to;
    }
    settled.push(...settlement.before(base + sought - before));
  }

  /** Forgets what no lead further on can need. */
  function advance(): void {
    const drop = Math.max(0, sought - before);
    bytes.copyWithin(0, drop, filled);
    base += drop;
    filled -= drop;
    sought -= drop;
  }

  function take(): readonly Named[] {
    const taken = settled;
    settled = [];
    return taken;
  }

  return {
    room: () => bytes.subarray(filled),
    commit(count) {
      filled += count;
      if (bytes.length - filled >= leastRoom) return;
      seek(filled - after);
      advance();
    },
    take,
    end() {
      seek(filled);
      settled.push(...settlement.before(Infinity));
      return take();
    },
  };
}
