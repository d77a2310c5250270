import type { InspectedSecret } from '../../model/secret-match.ts';
import type { Finder } from '../find.ts';
import { type Hit, hitsIn } from './hits.ts';
import { leavesOf } from './leaves.ts';
import { maskText } from './mask-text.ts';

/** A key in a JSON document (or in any text), and the member that holds it. */
export interface DocumentKey extends Omit<InspectedSecret, 'variable'> {
  /** `config.Env[2]`; empty where the text is no JSON. Keys in it are masked. */
  readonly path: string;
}

/** Every key of a document: in its members, in JSON, base64 and UTF-16 inside them, and in the text as it is written. */
export function keysInDocument(text: string, finder: Finder): readonly DocumentKey[] {
  const keys = new Map<string, DocumentKey>();
  for (const { leaf, match } of everyHit(text, finder)) {
    const { rule: detector, issuers, digest, publicDigest, shown, confidence, why, packed } = match;
    const key: DocumentKey = {
      detector,
      issuerCandidates: issuers,
      ...(digest !== undefined && { digest }),
      ...(publicDigest !== undefined && { publicDigest }),
      shown,
      confidence,
      why: packed === undefined ? why : `${why}; packed as ${packed}`,
      path: maskText(finder, leaf.exact),
    };
    keys.set(JSON.stringify(key), key);
  }
  return [...keys.values()];
}

/** What base64 of readable text holds is found with its context; of the rest the search sees what needs none. */
function everyHit(text: string, finder: Finder): readonly Hit[] {
  const leaves = leavesOf(text, '');
  const hits = hitsIn(leaves, finder).filter(({ isPartner }) => !isPartner);
  const known = new Set(hits.map(({ match }) => match.digest));
  const packed = hitsIn(leaves, { find: (bytes) => finder.findPacked(bytes) });
  return [...hits, ...packed.filter(({ match, isPartner }) => !isPartner && !known.has(match.digest))];
}
