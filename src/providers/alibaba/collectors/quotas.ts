import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { quotaId, workspaceId } from '../pai-ids.ts';
import { securityGroupId } from '../resource-ids.ts';

/** Resource quotas of PAI: the GPU capacity that an account owns, and the network that what runs on it is put into. */
export default defineCollector({
  asset: 'alibaba.paistudio.quota',
  per: 'region',
  calls: { list: { operation: 'paistudio-20220112:ListQuotas', must: ['Quotas[]', 'Quotas[].QuotaId'] } },
  facts: { '': 'list#Quotas[]' },
  edges: [
    { kind: 'uses', from: 'ParentQuotaId', to: 'alibaba.paistudio.quota', id: (quota, scope) => quotaId(scope, quota) },
    {
      kind: 'uses',
      from: 'QuotaConfig.UserVpc.SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
    {
      kind: 'uses',
      from: 'Workspaces[].WorkspaceId',
      to: 'alibaba.aiworkspace.workspace',
      id: (workspace, scope) => workspaceId(scope, workspace),
    },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Quotas')) {
        const id = textOf(item['QuotaId']);
        yield { id: quotaId(scope, id), name: textOf(item['QuotaName']) || id, key: { QuotaId: id }, item };
      }
    }
  },
});
