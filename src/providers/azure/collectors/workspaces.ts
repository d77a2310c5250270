import { defineCollector } from '../../collector.ts';
import { armAssetId, resourceGroup } from '../arm-id.ts';
import { itemOf, resourcesOf } from '../list-items.ts';

/** Machine Learning workspaces. Hubs and projects of Azure AI Foundry are workspaces of another `kind`. */
export default defineCollector({
  asset: 'azure.machinelearning.workspace',
  per: 'account',
  calls: {
    list: {
      operation: 'Microsoft.MachineLearningServices/workspaces:list',
      must: ['value[].id', 'value[].properties'],
    },
  },
  facts: { '': 'list#' },
  computed: { $resourceGroup: resourceGroup },
  // A project lives in the network of its hub.
  edges: [{ kind: 'uses', from: 'properties.hubResourceId', to: 'azure.machinelearning.workspace', id: armAssetId }],
  async *list(api) {
    for await (const page of api.pages('list')) {
      for (const workspace of resourcesOf(page)) {
        const item = itemOf(workspace);
        if (item !== undefined) yield item;
      }
    }
  },
});
