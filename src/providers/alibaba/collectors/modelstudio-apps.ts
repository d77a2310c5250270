import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { guardrailsId, knowledgeBaseId, modelId, resourceId, workspaceId } from '../resource-ids.ts';
import { workspacesOf } from '../workspaces-of.ts';

/** Published agents of Model Studio: the model that answers, what it may look up, which tools it may use, and what guards it. */
export default defineCollector({
  asset: 'alibaba.modelstudio.agent-app',
  per: 'region',
  calls: {
    workspaces: { operation: 'modelstudio-20260210:ListWorkspaces', must: ['workspaces[].workspaceId'] },
    agents: { operation: 'bailian-20231229:ListPublishedAgent', must: ['data.list[].code'] },
  },
  facts: {
    '': 'agents#data.list[]',
    $workspaceId: 'workspaces#workspaces[].workspaceId',
  },
  edges: [
    { kind: 'uses', from: '$workspaceId', to: 'alibaba.modelstudio.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
    {
      kind: 'uses',
      from: 'modelId',
      to: 'alibaba.modelstudio.model',
      id: (model, scope, { $workspaceId }) => modelId(scope, textOf($workspaceId), model),
    },
    {
      kind: 'reads',
      from: 'applicationConfig.ragConfig.knowledgeBaseCodeList[]',
      to: 'alibaba.modelstudio.knowledge-base',
      id: (base, scope, { $workspaceId }) => knowledgeBaseId(scope, textOf($workspaceId), base),
    },
    // A strategy is carried out by AI Guardrails of the region.
    {
      kind: 'uses',
      from: 'applicationConfig.security.processingStrategy',
      to: 'alibaba.guardrails.account',
      id: (_, scope) => guardrailsId(scope),
    },
  ],
  async *list(api, scope) {
    for await (const workspace of workspacesOf(api)) {
      for await (const page of api.pages('agents', { workspaceId: workspace }, workspace)) {
        for (const item of rowsOf(page, 'data.list')) {
          const code = textOf(item['code']);
          const key = { workspaceId: workspace, code };
          yield { id: resourceId('sfm', scope, `workspace/${workspace}/application/${code}`), name: nameOr(item['name'], code), key, item };
        }
      }
    }
  },
  async read(_, { key }) {
    return { $workspaceId: { value: key['workspaceId'] ?? null } };
  },
});
