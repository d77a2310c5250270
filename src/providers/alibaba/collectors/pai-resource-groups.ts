import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { resourceGroupId, workspaceId } from '../pai-ids.ts';
import { securityGroupId } from '../resource-ids.ts';

/** Dedicated machines of PAI, general and LINGJUN, with the network that they stand in and any address of the internet forwarded to it. */
export default defineCollector({
  asset: 'alibaba.paistudio.resource-group',
  per: 'region',
  calls: { list: { operation: 'paistudio-20220112:ListResourceGroups', must: ['ResourceGroups[]', 'ResourceGroups[].ResourceGroupID'] } },
  facts: { '': 'list#ResourceGroups[]' },
  edges: [
    {
      kind: 'uses',
      from: 'UserVpc.SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
    { kind: 'assumes', from: 'UserVpc.RoleArn', to: 'alibaba.ram.role' },
    { kind: 'uses', from: 'WorkspaceID', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list', { ShowAll: true })) {
      for (const item of rowsOf(page, 'ResourceGroups')) {
        const id = textOf(item['ResourceGroupID']);
        yield { id: resourceGroupId(scope, id), name: textOf(item['Name']) || id, key: { ResourceGroupID: id }, item };
      }
    }
  },
});
