import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { resourceId, workspaceId } from '../resource-ids.ts';
import { workspacesOf } from '../workspaces-of.ts';

/** API keys of Model Studio: who may call which model from where. The list carries the keys themselves, of which nothing is left here. */
export default defineCollector({
  asset: 'alibaba.modelstudio.api-key',
  per: 'region',
  calls: {
    workspaces: { operation: 'modelstudio-20260210:ListWorkspaces', must: ['workspaces[].workspaceId'] },
    keys: { operation: 'modelstudio-20260210:ListApiKeys', must: ['apiKeys[].apiKeyId'] },
  },
  facts: {
    '': 'keys#apiKeys[]',
    $workspaceId: 'workspaces#workspaces[].workspaceId',
  },
  edges: [
    { kind: 'uses', from: '$workspaceId', to: 'alibaba.modelstudio.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    for await (const workspace of workspacesOf(api)) {
      for await (const page of api.pages('keys', { workspaceId: workspace }, workspace)) {
        for (const item of rowsOf(page, 'apiKeys')) {
          const id = textOf(item['apiKeyId']);
          const key = { apiKeyId: id, workspaceId: workspace };
          yield { id: resourceId('modelstudio', scope, `apikey/${id}`), name: nameOr(item['description'], id), key, item };
        }
      }
    }
  },
  async read(_, { key }) {
    return { $workspaceId: { value: key['workspaceId'] ?? null } };
  },
});
