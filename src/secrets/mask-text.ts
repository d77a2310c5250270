import type { Finder } from './find.ts';
import type { Named } from './resolve.ts';

/** A text with its keys masked. Everything else stays, byte for byte. */
export function maskText(finder: Finder, text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  return maskSpans(bytes, finder.find(bytes));
}

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
