import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { codeSourceId, workspaceId } from '../pai-ids.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** Code repositories that jobs of a PAI workspace fetch from. The list carries the stored token, so no detail call is needed (or allowed). */
export default defineCollector({
  asset: 'alibaba.aiworkspace.code-source',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'aiworkspace-20210204:ListCodeSources', must: ['CodeSources[]', 'CodeSources[].CodeSourceId'] },
  },
  facts: { '': 'list#CodeSources[]' },
  edges: [
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'PAI code sources', owner: 'UserId' };
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'CodeSources', mayBePrivate })) {
      const id = textOf(item['CodeSourceId']);
      yield { id: codeSourceId(scope, id), name: textOf(item['DisplayName']) || id, key: { CodeSourceId: id }, item };
    }
  },
});
