import type { Finder } from '../find.ts';
import type { Named } from '../verify/resolve.ts';

/** A text with its keys masked, those in base64 and UTF-16 too. Everything else stays, byte for byte. */
export function maskText(finder: Finder, text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  return maskSpans(bytes, keysAt(finder, text, bytes));
}

/** The keys in a text that have a place there, plain or packed. */
export const keysAt = (finder: Finder, text: string, bytes: Buffer): readonly Named[] => [
  ...finder.find(bytes),
  ...(mayHoldPacked.test(text) ? finder.findPacked(bytes) : []),
];

// No key is shorter than this when it is packed; most names and paths are seen to hold none without a search.
// oxlint-disable-next-line no-control-regex -- UTF-16 of letters is known by its zeros
const mayHoldPacked = /[A-Za-z0-9+/_-]{20}|\u0000/;

/** Masks matches of this very text. */
export function maskSpans(bytes: Buffer, matches: readonly Pick<Named, 'start' | 'end' | 'shown' | 'partner'>[]): string {
  const spans = matches
    .flatMap(({ start, end, shown, partner }) => [{ start, end, shown }, ...(partner ? [{ ...partner, shown: '****' }] : [])])
    .toSorted((a, b) => a.start - b.start);
  let masked = '';
  let from = 0;
  for (const { start, end, shown } of spans) {
    masked += bytes.subarray(from, Math.max(from, start)).toString('utf8') + shown;
    from = Math.max(from, end);
  }
  return masked + bytes.subarray(from).toString('utf8');
}
