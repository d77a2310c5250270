import { createHash } from 'node:crypto';
import type { AssetId, Fingerprint } from './ids.ts';
import { fingerprint } from './ids.ts';

/**
 * The identity of a finding: it depends on rule, asset and place alone, never on wording, order, severity, version or date.
 * `place` is `''`, an element's key, or a secret's path and variable.
 */
export function fingerprintOf(rule: string, asset: AssetId, place: string): Fingerprint {
  return fingerprint(
    createHash('sha256')
      .update(JSON.stringify(['aispm/1', rule, asset, place]))
      .digest('hex'),
  );
}
