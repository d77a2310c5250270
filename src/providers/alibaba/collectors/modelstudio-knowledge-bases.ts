import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { knowledgeBaseId, workspaceId } from '../resource-ids.ts';
import { workspacesOf } from '../workspaces-of.ts';

/** Knowledge bases of Model Studio: documents that agents look things up in, with where their vectors are kept. */
export default defineCollector({
  asset: 'alibaba.modelstudio.knowledge-base',
  per: 'region',
  calls: {
    workspaces: { operation: 'modelstudio-20260210:ListWorkspaces', must: ['workspaces[].workspaceId'] },
    indices: { operation: 'bailian-20231229:ListIndices', must: ['Data.Indices[].Id'] },
  },
  facts: {
    '': 'indices#Data.Indices[]',
    $workspaceId: 'workspaces#workspaces[].workspaceId',
  },
  edges: [
    { kind: 'uses', from: '$workspaceId', to: 'alibaba.modelstudio.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    for await (const workspace of workspacesOf(api)) {
      for await (const page of api.pages('indices', { WorkspaceId: workspace }, workspace)) {
        for (const item of rowsOf(page, 'Data.Indices')) {
          const id = textOf(item['Id']);
          const key = { workspaceId: workspace, Id: id };
          yield { id: knowledgeBaseId(scope, workspace, id), name: nameOr(item['Name'], id), key, item };
        }
      }
    }
  },
  async read(_, { key }) {
    return { $workspaceId: { value: key['workspaceId'] ?? null } };
  },
});
