import { createHash } from 'node:crypto';
import type { Detector } from './compile.ts';
import type { Passes } from '../search/lead.ts';

/** Rises whenever the same detectors may find something else in the same bytes, because the code that searches has changed. */
const matcherVersion = 5;

/**
 * Names everything that decides what a search finds, but for the digest key: part of the key under which results are kept.
 * The order of the detectors does not matter.
 */
export function detectorSetHash(detectors: readonly Detector[], passes: Passes): string {
  const kinds = detectors.map(({ id, issuer, spec }) => JSON.stringify([id, issuer, sorted(spec)])).sort();
  return createHash('sha256')
    .update(JSON.stringify([matcherVersion, passes.utf16, passes.base64, kinds]))
    .digest('hex');
}

/** Members in one order, however the file has them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
