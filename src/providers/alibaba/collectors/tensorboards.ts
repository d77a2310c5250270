import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { jobId, tensorboardId, workspaceId } from '../pai-ids.ts';
import { bucketOfUri } from '../resource-ids.ts';
import { everSince } from '../since.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** TensorBoards of PAI-DLC: web pages over the records of training jobs. */
export default defineCollector({
  asset: 'alibaba.dlc.tensorboard',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: {
      operation: 'pai-dlc-20201203:ListTensorboards',
      must: ['Tensorboards[]', 'Tensorboards[].TensorboardId', 'Tensorboards[].Status'],
    },
  },
  facts: { '': 'list#Tensorboards[]' },
  edges: [
    { kind: 'reads', from: 'TensorboardDataSources[].Uri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'reads', from: 'JobId', to: 'alibaba.dlc.job', id: (job, scope) => jobId(scope, job) },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'TensorBoards', owner: 'UserId' };
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'Tensorboards', params: { StartTime: everSince }, mayBePrivate })) {
      const id = textOf(item['TensorboardId']);
      yield { id: tensorboardId(scope, id), name: textOf(item['DisplayName']) || id, key: { TensorboardId: id }, item };
    }
  },
});
