import type { AssetId } from '../../model/ids.ts';
import type { ScopeContext } from '../../providers/collector.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The account and region that an asset's id names; what it leaves open is that of the asset that points at it. */
export function placeOf(id: AssetId, source: Pick<ScopeContext, 'account' | 'region'>): Place {
  const parts = id.split(':');
  const [scheme] = parts;
  if (scheme === 'arn') return placed(parts[4], parts[3], source);
  if (scheme === 'acs') return placed(parts[3], parts[2], source);
  if (scheme === 'aispm') return placed(parts[2], parts[3], source);
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(id)?.[1];
  return subscription === undefined ? { account: source.account, region: source.region } : { account: subscription, region: 'global' };
}

/** Global services leave the region empty in their ids, or write a star. */
function placed(account: string | undefined, region: string | undefined, source: Pick<ScopeContext, 'account'>): Place {
  return { account: account || source.account, region: region === undefined || region === '' || region === '*' ? 'global' : region };
}
