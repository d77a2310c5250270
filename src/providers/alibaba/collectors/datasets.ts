import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { datasetId, workspaceId } from '../pai-ids.ts';
import { bucketOfUri } from '../resource-ids.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** Datasets of PAI workspaces: where training data lies, and with whom it is shared. */
export default defineCollector({
  asset: 'alibaba.aiworkspace.dataset',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'aiworkspace-20210204:ListDatasets', must: ['Datasets[]', 'Datasets[].DatasetId'] },
  },
  facts: { '': 'list#Datasets[]' },
  computed: {
    $foreignShares: {
      from: ['SharingConfig'],
      of: ({ SharingConfig: sharing }, { account }) => sharesBeyond(account, sharing),
      shape: { '': 'list', '[].TenantId': 'string', '[].WorkspaceId': 'string', '[].IsSecureMode': 'boolean' },
    },
  },
  edges: [
    { kind: 'reads', from: 'Uri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'reads', from: 'LatestVersion.Uri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'PAI datasets', owner: 'UserId' };
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'Datasets', mayBePrivate })) {
      const id = textOf(item['DatasetId']);
      yield { id: datasetId(scope, id), name: textOf(item['Name']) || id, key: { DatasetId: id }, item };
    }
  },
});

/** Shares with other tenants; a tenant is the id of a root account, which comes as text here and as a number elsewhere. */
function sharesBeyond(account: string, sharing: Json | undefined): readonly JsonObject[] {
  const shares = isJsonObject(sharing) ? sharing['SharedTo'] : undefined;
  return objectsIn(shares).filter(({ TenantId: tenant }) => textOf(tenant) !== account);
}
