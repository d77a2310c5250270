import { hasEscapes, unescaped } from './escapes.ts';
import { type Excerpt, excerptOf } from '../excerpt.ts';
import type { Unpacked } from './unpacked.ts';

/** So far to either side of a lead text is read: bytes of the stream. */
export interface EscapedReach {
  readonly before: number;
  readonly after: number;
  /** Nothing is escaped where nothing so far to either side is. */
  readonly beside: number;
}

/** The known part of a stream, one character per byte. */
export interface Written {
  readonly length: number;
  text(from: number, to: number): string;
}

/** More than this is never read ahead for the sake of leads to come. */
const largest = 32768;

/**
 * Reads text around leads with its escapes resolved. `written` begins at `base` of the stream, and the lead at `start` of it. What was read
 * last is kept, so that a text full of leads is read a few times, not once for each. `undefined` where nothing is escaped.
 */
export function createEscapeReader(): (written: Written, base: number, start: number, reach: EscapedReach) => Unpacked | undefined {
  let last: Window | undefined;
  return (written, base, start, { before, after, beside }) => {
    if (!hasEscapes(written.text(Math.max(0, start - beside), Math.min(written.length, start + beside)))) return undefined;
    const from = base + Math.max(0, start - before);
    const to = base + Math.min(written.length, start + after);
    if (last === undefined || from < last.from || to > last.to) last = windowOf(written, base, wider(last, { from, to }, base + start));
    return last.text === undefined ? undefined : unpackedAt(last, last.text, base + start);
  };
}

/** Offsets in the stream. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Window extends Stretch {
  readonly text: WindowText | undefined;
}

interface WindowText {
  readonly excerpt: Excerpt;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Of what was read around the place before, nothing is given up, and each time more is read ahead. */
function wider(last: Window | undefined, wanted: Stretch, place: number): Stretch {
  if (last === undefined || place < last.from || place > last.to) return wanted;
  return {
    from: Math.min(wanted.from, Math.max(last.from, place - largest)),
    to: Math.max(wanted.to, place + Math.min(largest, 2 * (last.to - last.from))),
  };
}

function windowOf(written: Written, base: number, stretch: Stretch): Window {
  const from = Math.max(base, stretch.from);
  const to = Math.min(base + written.length, stretch.to);
  const plain = unescaped(written.text(from - base, to - base));
  return { from, to, text: plain && { excerpt: excerptOf(plain.text, 0), starts: plain.starts, ends: plain.ends } };
}

function unpackedAt({ from }: Window, { excerpt, starts, ends }: WindowText, place: number): Unpacked | undefined {
  const at = lastAtMost(starts, place - from);
  if (place - from >= (ends[at] ?? 0)) return undefined; // it is between two parts
  const startOf = (offset: number): number => from + (starts[offset] as number);
  const endOf = (offset: number): number => from + (ends[offset - 1] as number);
  return {
    excerpts: { around: () => excerpt },
    at,
    packing: 'escapes',
    first: 0,
    startOf,
    endOf,
    isPacked: ({ start, end }) => endOf(end) - startOf(start) !== end - start,
  };
}

/** Index of the last start that is at or before a place: starts rise. */
function lastAtMost(starts: Int32Array, place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
