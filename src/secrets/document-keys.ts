import type { InspectedSecret } from '../model/secret-match.ts';
import type { Finder } from './find.ts';
import { hitsIn } from './hits.ts';
import { leavesOf } from './leaves.ts';
import { maskText } from './mask-text.ts';

/** A key in a JSON document (or in any text), and the member that holds it. */
export interface DocumentKey extends Omit<InspectedSecret, 'variable'> {
  /** `config.Env[2]`; empty where the text is no JSON. Keys in it are masked. */
  readonly path: string;
}

/** Every key of a document: in its members, in JSON and base64 inside them, and in the text as it is written. */
export function keysInDocument(text: string, finder: Finder): readonly DocumentKey[] {
  const keys = new Map<string, DocumentKey>();
  for (const { leaf, match, isPartner } of hitsIn(leavesOf(text, ''), finder)) {
    if (isPartner) continue;
    const { rule: detector, issuers, digest, publicDigest, shown, confidence, why } = match;
    const key: DocumentKey = {
      detector,
      issuerCandidates: issuers,
      ...(digest !== undefined && { digest }),
      ...(publicDigest !== undefined && { publicDigest }),
      shown,
      confidence,
      why,
      path: maskText(finder, leaf.exact),
    };
    keys.set(JSON.stringify(key), key);
  }
  return [...keys.values()];
}
