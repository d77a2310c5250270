import { type AssetId, assetId } from '../../model/ids.ts';
import type { ScopeContext } from '../collector.ts';

/** `acs:<RAM code>:<region>:<account>:<type>/<id>`: the vendor's own resource names, as policies write them. */
export function resourceId(code: string, { region, account }: Pick<ScopeContext, 'region' | 'account'>, path: string): AssetId {
  return assetId(`acs:${code}:${region}:${account}:${path}`);
}

export const instanceId = (scope: ScopeContext, id: string): AssetId => resourceId('ecs', scope, `instance/${id}`);
export const securityGroupId = (scope: ScopeContext, id: string): AssetId => resourceId('ecs', scope, `securitygroup/${id}`);
export const serviceId = (scope: ScopeContext, name: string): AssetId => resourceId('eas', scope, `service/${name}`);
export const clusterId = (scope: ScopeContext, id: string): AssetId => resourceId('eflo', scope, `cluster/${id}`);
export const nodeId = (scope: ScopeContext, id: string): AssetId => resourceId('eflo', scope, `node/${id}`);
/** RAM has no regions, and its names no region. */
export const roleId = ({ account }: ScopeContext, name: string): AssetId => resourceId('ram', { region: '', account }, `role/${name}`);

/** Id below a type (`securitygroup/`) of a resource of this account, or `undefined`: it is another account's. */
export function idBelow(id: AssetId, code: string, type: string, account: string): string | undefined {
  const [, found, , owner, path] = /^(?:acs):([^:]+):([^:]*):([^:]*):(.+)$/.exec(id) ?? [];
  return found === code && owner === account && path?.startsWith(`${type}/`) ? path.slice(type.length + 1) : undefined;
}
