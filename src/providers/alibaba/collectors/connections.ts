import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { connectionId, workspaceId } from '../pai-ids.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/**
 * Connections of PAI workspaces to models and databases, with the secrets that they hold. `EncryptOption=Secret` asks for
 * these as ciphertext; what comes is masked all the same.
 */
export default defineCollector({
  asset: 'alibaba.aiworkspace.connection',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'aiworkspace-20210204:ListConnections', must: ['Connections[]', 'Connections[].ConnectionId'] },
  },
  facts: { '': 'list#Connections[]' },
  edges: [
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'PAI connections', owner: 'Creator' };
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'Connections', params: { EncryptOption: 'Secret' }, mayBePrivate })) {
      const id = textOf(item['ConnectionId']);
      yield { id: connectionId(scope, id), name: textOf(item['ConnectionName']) || id, key: { ConnectionId: id }, item };
    }
  },
});
