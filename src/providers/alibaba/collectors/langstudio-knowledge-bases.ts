import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { connectionId, datasetId, knowledgeBaseId, workspaceId } from '../pai-ids.ts';
import { bucketOfUri } from '../resource-ids.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** Knowledge bases of PAI LangStudio: documents, the model that embeds them, and the vector database that holds them. */
export default defineCollector({
  asset: 'alibaba.langstudio.knowledge-base',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'pailangstudio-20240710:ListKnowledgeBases', must: ['KnowledgeBases[]', 'KnowledgeBases[].KnowledgeBaseId'] },
  },
  facts: { '': 'list#KnowledgeBases[]' },
  edges: [
    { kind: 'reads', from: 'DataSources[].Uri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    {
      kind: 'uses',
      from: 'EmbeddingConfig.ConnectionId',
      to: 'alibaba.aiworkspace.connection',
      id: (connection, scope) => connectionId(scope, connection),
    },
    {
      kind: 'uses',
      from: 'VectorDBConfig.ConnectionId',
      to: 'alibaba.aiworkspace.connection',
      id: (connection, scope) => connectionId(scope, connection),
    },
    { kind: 'reads', from: 'DatasetId', to: 'alibaba.aiworkspace.dataset', id: (dataset, scope) => datasetId(scope, dataset) },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'LangStudio knowledge bases', owner: 'Creator' };
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'KnowledgeBases', mayBePrivate })) {
      const id = textOf(item['KnowledgeBaseId']);
      yield { id: knowledgeBaseId(scope, id), name: textOf(item['Name']) || id, key: { KnowledgeBaseId: id }, item };
    }
  },
});
