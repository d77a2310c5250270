import { repositoryNamed } from '../../../model/image-reference.ts';
import { defineCollector } from '../../collector.ts';
import { namesOf, resourceGroup } from '../arm-id.ts';
import { itemOf, resourcesOf } from '../list-items.ts';

/** Versions of the environments of Machine Learning workspaces: the images that jobs and deployments run in. */
export default defineCollector({
  asset: 'azure.machinelearning.environment-version',
  per: 'account',
  calls: {
    workspaces: { operation: 'Microsoft.MachineLearningServices/workspaces:list', must: ['value[].id', 'value[].properties'] },
    environments: { operation: 'Microsoft.MachineLearningServices/workspaces/environments:list', must: ['value[].id', 'value[].name'] },
    list: {
      operation: 'Microsoft.MachineLearningServices/workspaces/environments/versions:list',
      must: ['value[].id', 'value[].properties'],
    },
  },
  facts: { '': 'list#' },
  computed: { $resourceGroup: resourceGroup },
  // Without a build of its own a version is this image; with one it is what the image becomes, which stands nowhere.
  edges: [{ kind: 'runs', from: 'properties.image', to: 'oci.repository', id: repositoryNamed }],
  async *list(api) {
    for await (const workspaces of api.pages('workspaces')) {
      for (const workspace of resourcesOf(workspaces)) {
        const { resourceGroupName, name: workspaceName } = namesOf(workspace['id']);
        const place = { resourceGroupName, workspaceName };
        for await (const environments of api.pages('environments', place, `${resourceGroupName}/${workspaceName}`)) {
          for (const { name: environment } of resourcesOf(environments)) {
            if (typeof environment !== 'string') continue;
            const key = { ...place, name: environment };
            for await (const page of api.pages('list', key, `${resourceGroupName}/${workspaceName}/${environment}`)) {
              for (const version of resourcesOf(page)) {
                const item = itemOf(version, key);
                if (item !== undefined) yield { ...item, name: `${environment}:${item.name}` };
              }
            }
          }
        }
      }
    }
  },
});
