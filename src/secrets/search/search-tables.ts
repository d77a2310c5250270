import type { BytePattern } from './automaton.ts';
import type { Tables } from './kernel/tables.ts';
import type { Packed } from './lead.ts';
import { readSections, type Sections, sectionsOf } from './sections.ts';

/**
 * All that a search for the keys of a set of detectors needs to know beforehand: made once, at build time for the shipped detectors,
 * and shared by all threads. It names detectors and anchors by their places; they are compiled when a pattern of theirs is seen.
 */
export interface SearchTables {
  /** Bytes that must be at hand before and after a pattern to decide what it leads to. */
  readonly before: number;
  readonly after: number;
  readonly nets: { readonly [name in NetName]: Net };
}

/** Patterns that are searched together: those of UTF-16 apart, as only near its text; the others with or without those of base64. */
export type NetName = 'plain' | 'plain and base64' | 'utf-16';

/** Patterns, and what they lead to. */
export interface Net {
  readonly kernel: Tables;
  readonly patterns: number;
  bytesOf(pattern: number): BytePattern;
  leadsOf(pattern: number): readonly LeadRow[];
}

/** A lead by the places of its detector in the set and of its anchor in the detector. */
export interface LeadRow {
  readonly detector: number;
  readonly anchor: number;
  readonly packing: Packed;
  readonly phase: number;
  readonly skipped: number;
}

/** What a net is written from. */
export interface NetSource {
  readonly kernel: Tables;
  readonly patterns: readonly { readonly bytes: BytePattern; readonly leads: readonly LeadRow[] }[];
}

export const netNames: readonly NetName[] = ['plain', 'plain and base64', 'utf-16'];
/** By the number that stands for them. */
const packings: readonly Packed[] = ['plain', 'utf-16', 'base64', 'hexadecimal', 'escapes'];

export function writeSearchTables(
  reach: Pick<SearchTables, 'before' | 'after'>,
  nets: { readonly [name in NetName]: NetSource },
): Uint8Array {
  return sectionsOf([int32(reach.before, reach.after), ...netNames.flatMap((name) => sectionsOfNet(nets[name]))]);
}

/** Reads in place: the bytes must stay as they are. */
export function readSearchTables(bytes: Uint8Array): SearchTables {
  const sections = readSections(bytes);
  const [before = 0, after = 0] = sections.int32();
  return { before, after, nets: { plain: readNet(sections), 'plain and base64': readNet(sections), 'utf-16': readNet(sections) } };
}

const kernelParts = ['sieve', 'bitmap', 'heads', 'entries', 'records', 'classes'] as const;

function sectionsOfNet({ kernel, patterns }: NetSource): readonly Uint8Array[] {
  const sets = new Map<string, number>();
  const setIds = patterns.map(({ bytes }) =>
    bytes.map((set) => {
      const key = set.join();
      const id = sets.get(key) ?? sets.size;
      sets.set(key, id);
      return id;
    }),
  );
  const members = [...sets.keys()].map((key) => key.split(',').map(Number));
  const rows = patterns.flatMap(({ leads }) => leads);
  return [
    ...kernelParts.map((part) => kernel[part]),
    int32(kernel.mostAtOnce),
    int32(...startsOf(members)),
    Uint8Array.from(members.flat()),
    int32(...startsOf(setIds)),
    int32(...setIds.flat()),
    int32(...startsOf(patterns.map(({ leads }) => leads))),
    int32(
      ...rows.flatMap(({ detector, anchor, packing, phase, skipped }) => [detector, anchor, packings.indexOf(packing), phase, skipped]),
    ),
  ];
}

function readNet(sections: Sections): Net {
  const [sieve, bitmap, heads, entries, records, classes] = kernelParts.map(() => sections.bytes()) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]; // one for each of kernelParts
  const [mostAtOnce = 1] = sections.int32();
  const setStarts = sections.int32();
  const members = sections.bytes();
  const byteStarts = sections.int32();
  const setIds = sections.int32();
  const leadStarts = sections.int32();
  const rows = sections.int32();
  const setOf = (id: number): readonly number[] => [...members.subarray(setStarts[id], setStarts[id + 1])];
  const rowAt = (at: number): LeadRow => {
    const [detector = 0, anchor = 0, packing = 0, phase = 0, skipped = 0] = rows.subarray(at * 5, at * 5 + 5);
    return { detector, anchor, packing: packings[packing] ?? 'plain', phase, skipped };
  };
  return {
    kernel: { sieve, bitmap, heads, entries, records, classes, mostAtOnce },
    patterns: byteStarts.length - 1,
    bytesOf: (pattern) => Array.from(setIds.subarray(byteStarts[pattern], byteStarts[pattern + 1]), setOf),
    leadsOf(pattern) {
      const first = leadStarts[pattern] ?? 0;
      return Array.from({ length: (leadStarts[pattern + 1] ?? 0) - first }, (_, at) => rowAt(first + at));
    },
  };
}

/** Where each list starts among all of them put together, and where the last ends. */
function startsOf(lists: readonly (readonly unknown[])[]): readonly number[] {
  let next = 0;
  return [0, ...lists.map(({ length }) => (next += length))];
}

const int32 = (...numbers: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(numbers).buffer);
