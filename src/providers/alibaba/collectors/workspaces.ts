import { isJsonList, type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { memberId, workspaceId } from '../pai-ids.ts';

/** PAI workspaces with their members. Those that the caller is no member of refuse the members. */
export default defineCollector({
  asset: 'alibaba.aiworkspace.workspace',
  per: 'region',
  calls: {
    list: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    members: { operation: 'aiworkspace-20210204:ListMembers', must: ['Members[]', 'Members[].MemberId'] },
  },
  facts: {
    '': 'list#Workspaces[]',
    $members: 'members#Members[]',
  },
  computed: {
    $administrators: {
      from: ['$members'],
      of: ({ $members }) => administratorsIn($members),
      shape: { '': 'list' },
    },
    $administratorCount: {
      from: ['$members'],
      of: ({ $members }) => administratorsIn($members).length,
      shape: { '': 'number' },
    },
    $rootAccounts: {
      from: ['$members'],
      // The kind of an account is a number in a text; should it come as a number, it means the same.
      of: ({ $members }) =>
        objectsIn($members)
          .filter(({ AccountType: kind }) => textOf(kind) === '1')
          .map(nameOf),
      shape: { '': 'list' },
    },
  },
  edges: [
    {
      kind: 'holds',
      from: '$members[].MemberId',
      to: 'alibaba.aiworkspace.member',
      id: (member, scope, { WorkspaceId: workspace }) => memberId(scope, textOf(workspace), member),
    },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Workspaces')) {
        const id = textOf(item['WorkspaceId']);
        yield { id: workspaceId(scope, id), name: textOf(item['WorkspaceName']) || id, key: { WorkspaceId: id }, item };
      }
    }
  },
  async read(api, { key, name }) {
    return { $members: await api.all('members', key, `workspace ${name}`) };
  },
});

/** https://www.alibabacloud.com/help/en/pai/user-guide/roles-and-permissions */
const administrator = 'PAI.WorkspaceAdmin';

function administratorsIn(members: Json | undefined): readonly string[] {
  return objectsIn(members)
    .filter(({ Roles: roles }) => isJsonList(roles) && roles.includes(administrator))
    .map(nameOf);
}

function nameOf({ MemberName: name, MemberId: id }: JsonObject): string {
  return textOf(name) || textOf(id);
}
