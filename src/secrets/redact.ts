import { createHmac } from 'node:crypto';
import type { Detector } from './detectors/compile.ts';
import type { Piece } from './detectors/shape.ts';

/** Turns a key into what may be shown and compared. Nothing else of a key leaves the function that found it. */
export interface Redactor {
  /** HMAC-SHA256 under the user's key, lower-case hex; under the public constant where the user has none. */
  digest(key: string): string;
  /** The same under the public constant, whatever the user has: for places, which must not change with the user's key. */
  publicDigest(key: string): string;
}

/** Without a key of the user's own, digests are made under this constant: equal secrets are told, guessable ones could be guessed. */
const publicDigestKey = 'aispm/secret-digest/1';

/** `digestKey`: the content of the file that AISPM_DIGEST_KEY_FILE names. An empty one is no key. */
export function createRedactor(digestKey?: Uint8Array | string): Redactor {
  const key = digestKey === undefined || digestKey.length === 0 ? publicDigestKey : digestKey;
  const under = (secret: Uint8Array | string) => (value: string) => createHmac('sha256', secret).update(value, 'latin1').digest('hex');
  return { digest: under(key), publicDigest: under(publicDigestKey) };
}

/** Fixed text that begins every key of the kind stays; of long random parts the last four characters stay too, where the key's end is known. */
export function mask(key: string, detector: Detector, hasEnd: boolean): string {
  const prefix = prefixOf(key, detector.alternatives);
  const isLong = hasEnd && !detector.isGuessable && key.length - prefix.length >= 32;
  return `${prefix}****${isLong ? key.slice(-4) : ''}`;
}

function prefixOf(key: string, alternatives: readonly (readonly Piece[])[]): string {
  for (const [first] of alternatives) {
    if (first?.kind === 'literal' && key.startsWith(first.text)) return first.text;
  }
  return '';
}
