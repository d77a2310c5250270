import { assetId } from '../../../model/ids.ts';
import { defineCollector } from '../../collector.ts';
import { listedItems } from '../listed-items.ts';

/** SageMaker notebook instances. What they are open to stands in the description alone. */
export default defineCollector({
  asset: 'aws.sagemaker.notebook-instance',
  per: 'region',
  calls: {
    list: {
      operation: 'sagemaker:ListNotebookInstances',
      must: ['NotebookInstances[].NotebookInstanceArn', 'NotebookInstances[].NotebookInstanceName'],
    },
    describe: {
      operation: 'sagemaker:DescribeNotebookInstance',
      must: ['NotebookInstanceArn', 'NotebookInstanceStatus', 'RoleArn'],
    },
  },
  facts: { '': 'describe#' },
  edges: [
    { kind: 'assumes', from: 'RoleArn', to: 'aws.iam.role' },
    {
      kind: 'runs',
      from: 'NotebookInstanceLifecycleConfigName',
      to: 'aws.sagemaker.notebook-lifecycle-config',
      id: (name, { partition, region, account }) =>
        assetId(`arn:${partition}:sagemaker:${region}:${account}:notebook-instance-lifecycle-config/${name.toLowerCase()}`),
    },
  ],
  async *list(api) {
    for await (const page of api.pages('list'))
      yield* listedItems(page, 'NotebookInstances', { id: 'NotebookInstanceArn', name: 'NotebookInstanceName' });
  },
  async read(api, { name }) {
    return { '': await api.call('describe', { NotebookInstanceName: name }, name) };
  },
});
