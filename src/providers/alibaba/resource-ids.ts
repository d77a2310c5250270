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
/** A role by its name as policies write it (`acs:ram::1234567890123456:role/name`), of whichever account. */
export function roleIdOfArn(arn: string): AssetId | undefined {
  const [, account = '', name] = /^acs:ram::(\d*):role\/(.+)$/.exec(arn) ?? [];
  return name === undefined ? undefined : resourceId('ram', { region: '', account }, `role/${name}`);
}
/** Settings of a product that has no name of its own, in a region or at a site. */
export const settingsId = ({ region, account }: ScopeContext, type: string): AssetId =>
  assetId(`aispm:alibaba:${account}:${region}:${type}`);
export const guardrailsId = (scope: ScopeContext): AssetId => settingsId(scope, 'alibaba.guardrails.account');
export const workspaceId = (scope: ScopeContext, id: string): AssetId => resourceId('modelstudio', scope, `workspace/${id}`);
/** A model as a workspace of Model Studio may use it. */
export const modelId = (scope: ScopeContext, workspace: string, model: string): AssetId =>
  resourceId('modelstudio', scope, `workspace/${workspace}/model/${model}`);
export const knowledgeBaseId = (scope: ScopeContext, workspace: string, id: string): AssetId =>
  resourceId('sfm', scope, `workspace/${workspace}/index/${id}`);
export const agentRuntimeId = (scope: ScopeContext, id: string): AssetId => resourceId('agentrun', scope, `runtime/${id}`);
export const gatewayId = (scope: ScopeContext, id: string): AssetId => resourceId('apig', scope, `gateway/${id}`);

/** Id below a type (`securitygroup/`) of a resource of this account, or `undefined`: it is another account's. */
export function idBelow(id: AssetId, code: string, type: string, account: string): string | undefined {
  const [, found, , owner, path] = /^(?:acs):([^:]+):([^:]*):([^:]*):(.+)$/.exec(id) ?? [];
  return found === code && owner === account && path?.startsWith(`${type}/`) ? path.slice(type.length + 1) : undefined;
}
