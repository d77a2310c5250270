import type { AssetId } from '../model/ids.ts';
import type { Finding, Report } from '../model/report.ts';
import type { SecretMatch } from '../model/secret-match.ts';
import { assetInWords } from './describe.ts';

/** A key that a finding speaks of. */
export interface KnownKey {
  /** As the report has it: under the user's key, if there is one. */
  readonly digest: string;
  /** Other assets that hold the very same key, in words. */
  readonly elsewhere: readonly string[];
}

/** The keys of a finding, and where else each of them lies: to rotate one is to know all of its places. Keys too short for a digest are left out. */
export function keysOf({ secrets, assets }: Pick<Report, 'secrets' | 'assets'>): (finding: Finding) => readonly KnownKey[] {
  const digestAt = new Map<string, string>();
  const holders = new Map<string, Set<AssetId>>();
  for (const { digest, at } of secrets) {
    if (digest === undefined) continue;
    digestAt.set(placeOf(at), digest);
    holders.set(digest, (holders.get(digest) ?? new Set()).add(at.asset));
  }
  const known = new Map<AssetId, Report['assets'][number]>(digestAt.size === 0 ? [] : assets.map((asset) => [asset.id, asset]));
  return ({ asset, locations }) => {
    const digests = new Set(locations.flatMap((at) => digestAt.get(placeOf(at)) ?? []));
    return [...digests].map((digest) => ({
      digest,
      elsewhere: [...(holders.get(digest) ?? [])].filter((id) => id !== asset).map((id) => assetInWords(id, known.get(id))),
    }));
  };
}

/** Members in one order: a report that was read again may have another. */
function placeOf(at: SecretMatch['at']): string {
  return JSON.stringify(Object.entries(at).sort(([a], [b]) => (a < b ? -1 : 1)));
}
