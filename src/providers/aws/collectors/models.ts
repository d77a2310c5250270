import { repositoryNamed } from '../../../model/image-reference.ts';
import { defineCollector } from '../../collector.ts';
import { listedItems } from '../listed-items.ts';

/** SageMaker models: what endpoints and batch jobs serve. The images that they run, and what these may reach, stand in the description. */
export default defineCollector({
  asset: 'aws.sagemaker.model',
  per: 'region',
  calls: {
    list: { operation: 'sagemaker:ListModels', must: ['Models[].ModelArn', 'Models[].ModelName'] },
    describe: { operation: 'sagemaker:DescribeModel', must: ['ModelArn', 'ModelName'] },
  },
  facts: { '': 'describe#' },
  edges: [
    { kind: 'assumes', from: 'ExecutionRoleArn', to: 'aws.iam.role' },
    { kind: 'runs', from: 'PrimaryContainer.Image', to: 'oci.repository', id: repositoryNamed },
    { kind: 'runs', from: 'Containers[].Image', to: 'oci.repository', id: repositoryNamed },
  ],
  async *list(api) {
    for await (const page of api.pages('list')) yield* listedItems(page, 'Models', { id: 'ModelArn', name: 'ModelName' });
  },
  async read(api, { name }) {
    return { '': await api.call('describe', { ModelName: name }, name) };
  },
});
