import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { memberId } from '../pai-ids.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** Who may work in a PAI workspace, and with which roles: a permission layer of its own beside RAM. */
export default defineCollector({
  asset: 'alibaba.aiworkspace.member',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'aiworkspace-20210204:ListMembers', must: ['Members[]', 'Members[].MemberId'] },
  },
  facts: {
    '': 'list#Members[]',
    $workspaceId: 'workspaces#Workspaces[].WorkspaceId',
  },
  async *list(api, scope) {
    for await (const { row: item, workspace } of rowsOfWorkspaces(api, { rows: 'Members' })) {
      const id = textOf(item['MemberId']);
      const name = textOf(item['MemberName']) || id;
      yield { id: memberId(scope, workspace, id), name, key: { WorkspaceId: workspace }, item };
    }
  },
  async read(_, { key }) {
    return { $workspaceId: { value: key['WorkspaceId'] ?? null } };
  },
});
