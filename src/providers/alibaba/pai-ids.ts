import type { AssetId } from '../../model/ids.ts';
import type { ScopeContext } from '../collector.ts';
import { resourceId } from './resource-ids.ts';

/** Ids of what belongs to PAI. Each product of it has a RAM code of its own. */
export const gatewayId = (scope: ScopeContext, id: string): AssetId => resourceId('eas', scope, `gateway/${id}`);
/** A domain can be attached twice, for the internet and for a VPC. */
export const gatewayDomainId = (scope: ScopeContext, gateway: string, type: string, domain: string): AssetId =>
  resourceId('eas', scope, `gateway/${gateway}/domain/${type}/${domain}`);
export const serviceGroupId = (scope: ScopeContext, name: string): AssetId => resourceId('eas', scope, `group/${name}`);
export const serviceResourceId = (scope: ScopeContext, id: string): AssetId => resourceId('eas', scope, `resource/${id}`);
export const notebookId = (scope: ScopeContext, id: string): AssetId => resourceId('paidsw', scope, `instance/${id}`);
export const jobId = (scope: ScopeContext, id: string): AssetId => resourceId('paidlc', scope, `job/${id}`);
export const tensorboardId = (scope: ScopeContext, id: string): AssetId => resourceId('paidlc', scope, `tensorboard/${id}`);
export const workspaceId = (scope: ScopeContext, id: string): AssetId => resourceId('paiworkspace', scope, `workspace/${id}`);
export const memberId = (scope: ScopeContext, workspace: string, id: string): AssetId =>
  resourceId('paiworkspace', scope, `workspace/${workspace}/member/${id}`);
export const workspaceImageId = (scope: ScopeContext, id: string): AssetId => resourceId('paiimage', scope, `image/${id}`);
export const datasetId = (scope: ScopeContext, id: string): AssetId => resourceId('paidataset', scope, `dataset/${id}`);
export const modelId = (scope: ScopeContext, id: string): AssetId => resourceId('paimodel', scope, `model/${id}`);
export const codeSourceId = (scope: ScopeContext, id: string): AssetId => resourceId('paicodesource', scope, `codesource/${id}`);
export const connectionId = (scope: ScopeContext, id: string): AssetId => resourceId('paiconnection', scope, `connection/${id}`);
export const quotaId = (scope: ScopeContext, id: string): AssetId => resourceId('pai', scope, `quota/${id}`);
export const resourceGroupId = (scope: ScopeContext, id: string): AssetId => resourceId('pai', scope, `resourcegroup/${id}`);
export const trainingJobId = (scope: ScopeContext, id: string): AssetId => resourceId('pai', scope, `trainingjob/${id}`);
export const knowledgeBaseId = (scope: ScopeContext, id: string): AssetId => resourceId('pai', scope, `knowledgebase/${id}`);
