import type { Held } from '../model/byte-sink.ts';
import { type AnchorSearch, wideBlock, wideReach } from './anchor-search.ts';
import type { Detector } from './compile.ts';
import { excerptsOf } from './excerpt.ts';
import type { Lead } from './lead.ts';
import type { LeadSet } from './lead-set.ts';
import { createLook } from './look.ts';
import type { Redactor } from './redact.ts';
import type { Named } from './resolve.ts';
import { createSettlement } from './settle.ts';

/** Keys in a stream that is written in place: see `ByteSink` of the model. */
export interface KeyStream {
  room(): Buffer;
  commit(bytes: number): void;
  take(): readonly Named[];
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
/** The kernel may report a pattern when it meets its last four bytes. */
const lateness = 16;

/** Bytes that must be at hand before and after a lead, and the size of a buffer that holds them beside what is new. */
export function reachOf(set: LeadSet): { readonly before: number; readonly after: number; readonly size: number } {
  const leads = [...set.everywhere, ...set.wide].flat();
  const before = Math.max(wideReach, ...leads.map((lead) => lead.before)) + lateness + wideBlock;
  const after = Math.max(wideReach, ...leads.map((lead) => Math.max(lead.after, lead.bytes.length))) + wideBlock;
  return { before, after, size: before + after + chunk };
}

/** `search` was made for the patterns of the set and a buffer of the size that `reachOf` says. */
export function createKeyStream(set: LeadSet, search: AnchorSearch, detectors: readonly Detector[], redactor: Redactor): KeyStream {
  const { before, after } = reachOf(set);
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
      const sightings: Sighted[] = [];
      const sight = (leads: LeadSet['wide']) => (pattern: number, start: number) =>
        void sightings.push({ leads: leads[pattern] ?? [], start });
      search.find(sought, to, filled, sight(set.everywhere));
      search.findWide(sought, to, filled, sight(set.wide));
      const known = { base, bytes: bytes.subarray(0, filled), excerpts };
      for (const { leads, start } of sightings.sort((a, b) => a.start - b.start)) {
        for (const lead of leads) {
          const found = look(lead, base + start, known);
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
    take,
    held: () => ({ bytes: bytes.subarray(0, filled), startByte: base, keptFrom: base + dispensable() }),
    end() {
      seek(filled);
      settled.push(...settlement.before(Infinity));
      return take();
    },
  };
}
