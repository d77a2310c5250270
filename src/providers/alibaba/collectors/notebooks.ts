import type { Facts } from '../../../model/asset.ts';
import { type AssetId, assetId } from '../../../model/ids.ts';
import { repositoryNamed } from '../../../model/image-reference.ts';
import { isJsonObject, type JsonObject, objectsIn } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { defineCollector, type ScopeContext } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { datasetId, notebookId, quotaId, workspaceId } from '../pai-ids.ts';
import { bucketOfUri, securityGroupId } from '../resource-ids.ts';
import { pathOfUri } from '../storage-uri.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/**
 * PAI-DSW notebooks. `Accessibility: PUBLIC` means every member of the workspace, never the internet: what reaches the
 * internet is a forwarded port (`UserVpc.ForwardInfos`).
 */
export default defineCollector({
  asset: 'alibaba.dsw.instance',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'pai-dsw-20220101:ListInstances', must: ['Instances[]', 'Instances[].InstanceId'] },
    instance: { operation: 'pai-dsw-20220101:GetInstance', must: ['InstanceId'] },
  },
  facts: {
    '': 'list#Instances[]',
    $docker: 'instance#DockerConfig',
    $accessRestrictionRules: 'instance#AccessRestrictionRules',
  },
  computed: {
    $mounts: {
      from: ['Datasets'],
      of: ({ Datasets: datasets }) => objectsIn(datasets).map(mountOf),
      shape: { '': 'list', '[].uri': 'string', '[].access': 'string', '[].isRoot': 'boolean' },
    },
  },
  edges: [
    { kind: 'reads', from: 'Datasets[].Uri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'reads', from: 'DynamicMount.MountPoints[].RootPath', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'runs', from: 'ImageUrl', to: 'oci.repository', id: repositoryNamed },
    { kind: 'assumes', from: 'CredentialConfig.Configs[].Roles[].RoleArn', to: 'alibaba.ram.role', id: injected },
    {
      kind: 'uses',
      from: 'UserVpc.SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
    { kind: 'uses', from: 'Datasets[].DatasetId', to: 'alibaba.aiworkspace.dataset', id: (dataset, scope) => datasetId(scope, dataset) },
    {
      kind: 'uses',
      from: 'ResourceId',
      to: 'alibaba.paistudio.quota',
      id: (quota, scope) => (isQuota(quota) ? quotaId(scope, quota) : undefined),
    },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'DSW notebooks', owner: 'UserId' };
    // Without ALL the vendor lists notebooks on pay-as-you-go resources only.
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'Instances', params: { ResourceId: 'ALL' }, mayBePrivate })) {
      const id = textOf(item['InstanceId']);
      yield { id: notebookId(scope, id), name: textOf(item['InstanceName']) || id, key: { InstanceId: id }, item };
    }
  },
  async read(api, { key, name }) {
    const instance = await api.call('instance', key, name);
    return { $docker: answerAt(instance, 'DockerConfig'), $accessRestrictionRules: answerAt(instance, 'AccessRestrictionRules') };
  },
});

/** Roles stand in the configuration of a notebook also where their injection is switched off. */
function injected(role: string, _: ScopeContext, { CredentialConfig: credentials }: Facts): AssetId | undefined {
  return isJsonObject(credentials) && credentials['Enable'] === false ? undefined : assetId(role);
}

const isQuota = (resource: string): boolean => resource.startsWith('quota');

/** A mounted dataset; `isRoot` if it is a whole bucket or file system, absent where the address does not say. */
function mountOf({ Uri: uri, MountAccess: access }: JsonObject): JsonObject {
  const path = pathOfUri(textOf(uri));
  return { uri: textOf(uri), ...(access !== undefined && { access }), ...(path !== undefined && { isRoot: path === '' }) };
}
