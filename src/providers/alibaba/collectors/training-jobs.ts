import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { datasetId, jobId, trainingJobId, workspaceId } from '../pai-ids.ts';
import { bucketOfUri, securityGroupId } from '../resource-ids.ts';
import { everSince } from '../since.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** Training jobs of PAI Studio (model gallery, fine-tuning), those that are over included: their environment still stands there. */
export default defineCollector({
  asset: 'alibaba.paistudio.training-job',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'paistudio-20220112:ListTrainingJobs', must: ['TrainingJobs[]', 'TrainingJobs[].TrainingJobId'] },
  },
  facts: { '': 'list#TrainingJobs[]' },
  edges: [
    { kind: 'reads', from: 'InputChannels[].InputUri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'writes', from: 'OutputChannels[].OutputUri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'assumes', from: 'RoleArn', to: 'alibaba.ram.role' },
    { kind: 'assumes', from: 'CredentialConfig.CredentialConfigItems[].Roles[].RoleArn', to: 'alibaba.ram.role' },
    {
      kind: 'uses',
      from: 'UserVpc.SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
    { kind: 'uses', from: 'DlcJobId', to: 'alibaba.dlc.job', id: (job, scope) => jobId(scope, job) },
    {
      kind: 'reads',
      from: 'InputChannels[].DatasetId',
      to: 'alibaba.aiworkspace.dataset',
      id: (dataset, scope) => datasetId(scope, dataset),
    },
    {
      kind: 'writes',
      from: 'OutputChannels[].DatasetId',
      to: 'alibaba.aiworkspace.dataset',
      id: (dataset, scope) => datasetId(scope, dataset),
    },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'TrainingJobs', params: { StartTime: everSince } })) {
      const id = textOf(item['TrainingJobId']);
      yield { id: trainingJobId(scope, id), name: textOf(item['TrainingJobName']) || id, key: { TrainingJobId: id }, item };
    }
  },
});
