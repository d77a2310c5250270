import { type AssetId, assetId } from '../../model/ids.ts';
import type { ScopeContext } from '../collector.ts';
import { isBucketName } from './oss/place-request.ts';

/** `acs:<RAM code>:<region>:<account>:<type>/<id>`: the vendor's own resource names, as policies write them. */
export function resourceId(code: string, { region, account }: Pick<ScopeContext, 'region' | 'account'>, path: string): AssetId {
  return assetId(`acs:${code}:${region}:${account}:${path}`);
}

export const instanceId = (scope: ScopeContext, id: string): AssetId => resourceId('ecs', scope, `instance/${id}`);
export const securityGroupId = (scope: ScopeContext, id: string): AssetId => resourceId('ecs', scope, `securitygroup/${id}`);
export const imageId = (scope: ScopeContext, id: string): AssetId => resourceId('ecs', scope, `image/${id}`);
export const diskId = (scope: ScopeContext, id: string): AssetId => resourceId('ecs', scope, `disk/${id}`);
export const snapshotId = (scope: ScopeContext, id: string): AssetId => resourceId('ecs', scope, `snapshot/${id}`);
export const vpcId = (scope: ScopeContext, id: string): AssetId => resourceId('vpc', scope, `vpc/${id}`);
/** By the address itself: one that a machine was made with has no other name. */
export const publicAddressId = (scope: ScopeContext, address: string): AssetId => resourceId('vpc', scope, `publicip/${address}`);
export const serviceId = (scope: ScopeContext, name: string): AssetId => resourceId('eas', scope, `service/${name}`);
export const clusterId = (scope: ScopeContext, id: string): AssetId => resourceId('eflo', scope, `cluster/${id}`);
export const nodeId = (scope: ScopeContext, id: string): AssetId => resourceId('eflo', scope, `node/${id}`);
export const vpdId = (scope: ScopeContext, id: string): AssetId => resourceId('eflo', scope, `vpd/${id}`);
export const subnetId = (scope: ScopeContext, id: string): AssetId => resourceId('eflo', scope, `subnet/${id}`);
export const networkInterfaceId = (scope: ScopeContext, id: string): AssetId => resourceId('eflo', scope, `networkinterface/${id}`);
export const registryId = (scope: ScopeContext, instance: string): AssetId => resourceId('cr', scope, `instance/${instance}`);
export const namespaceId = (scope: ScopeContext, instance: string, name: string): AssetId =>
  resourceId('cr', scope, `namespace/${instance}/${name}`);
export const repositoryId = (scope: ScopeContext, instance: string, namespace: string, name: string): AssetId =>
  resourceId('cr', scope, `repository/${instance}/${namespace}/${name}`);
export const loadBalancerId = (code: 'slb' | 'alb' | 'nlb', scope: ScopeContext, id: string): AssetId =>
  resourceId(code, scope, `loadbalancer/${id}`);
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
/** A name under which something can be reached from the internet: a domain, or the id of a load balancer, gateway or server. It names no region. */
export const publicEndpointId = (name: string, { account }: Pick<ScopeContext, 'account'>): AssetId =>
  resourceId('network', { region: '', account }, `endpoint/${name.toLowerCase()}`);

export const userId = ({ account }: ScopeContext, name: string): AssetId => resourceId('ram', { region: '', account }, `user/${name}`);
export const policyId = ({ account }: ScopeContext, name: string): AssetId => resourceId('ram', { region: '', account }, `policy/${name}`);
export const serviceCredentialId = ({ account }: ScopeContext, id: string): AssetId =>
  resourceId('ram', { region: '', account }, `servicecredential/${id}`);
export const memberId = ({ account }: ScopeContext, id: string): AssetId =>
  resourceId('resourcemanager', { region: '', account }, `account/${id}`);
/** Settings of an account, or of one of its sites, which have no id of their own. */
export const accountSettingId = ({ account, region }: ScopeContext, type: string): AssetId =>
  assetId(`aispm:alibaba:${account}:${region}:${type}`);

/** Names of buckets are unique in the whole cloud: their ids name no region. */
export const bucketId = ({ account }: Pick<ScopeContext, 'account'>, name: string): AssetId =>
  resourceId('oss', { region: '', account }, name);

/**
 * The bucket of an address as PAI and its kin write them: `oss://bucket.oss-cn-hangzhou-internal.aliyuncs.com/path`,
 * `oss://bucket/path`, `https://bucket.oss-cn-hangzhou.aliyuncs.com/path`. `undefined`: it is none of OSS.
 */
export function bucketOfUri(uri: string, scope: Pick<ScopeContext, 'account'>): AssetId | undefined {
  const [, scheme, host = ''] = /^(oss|https?):\/\/([^/:?#]+)/i.exec(uri) ?? [];
  const [name = '', ...rest] = host.toLowerCase().split('.');
  const isOss = scheme?.toLowerCase() === 'oss' || /^oss-[a-z0-9-]+\.aliyuncs\.com$/.test(rest.join('.'));
  return isOss && isBucketName(name) ? bucketId(scope, name) : undefined;
}

/** A key of KMS by its id, or by its resource name, which the vendor writes in the same places. */
export function kmsKeyId(scope: Pick<ScopeContext, 'region' | 'account'>, key: string): AssetId | undefined {
  const [, region, account, id] = /^acs:kms:([^:]+):(\d+):key\/([\w-]+)$/.exec(key) ?? [];
  if (region !== undefined && account !== undefined) return resourceId('kms', { region, account }, `key/${id}`);
  return /^[\w-]+$/.test(key) ? resourceId('kms', scope, `key/${key}`) : undefined;
}

/** Id below a type (`securitygroup/`) of a resource of this account, or `undefined`: it is another account's. */
export function idBelow(id: AssetId, code: string, type: string, account: string): string | undefined {
  const [, found, , owner, path] = /^(?:acs):([^:]+):([^:]*):([^:]*):(.+)$/.exec(id) ?? [];
  return found === code && owner === account && path?.startsWith(`${type}/`) ? path.slice(type.length + 1) : undefined;
}
