import { defineCollector } from '../../collector.ts';
import { listedItems } from '../listed-items.ts';

/** Scripts that SageMaker runs as root when a notebook instance is made or started. */
export default defineCollector({
  asset: 'aws.sagemaker.notebook-lifecycle-config',
  per: 'region',
  calls: {
    list: {
      operation: 'sagemaker:ListNotebookInstanceLifecycleConfigs',
      must: [
        'NotebookInstanceLifecycleConfigs[].NotebookInstanceLifecycleConfigArn',
        'NotebookInstanceLifecycleConfigs[].NotebookInstanceLifecycleConfigName',
      ],
    },
    describe: {
      operation: 'sagemaker:DescribeNotebookInstanceLifecycleConfig',
      must: ['NotebookInstanceLifecycleConfigArn'],
    },
  },
  facts: { '': 'describe#' },
  async *list(api) {
    for await (const page of api.pages('list'))
      yield* listedItems(page, 'NotebookInstanceLifecycleConfigs', {
        id: 'NotebookInstanceLifecycleConfigArn',
        name: 'NotebookInstanceLifecycleConfigName',
      });
  },
  async read(api, { name }) {
    return { '': await api.call('describe', { NotebookInstanceLifecycleConfigName: name }, name) };
  },
});
