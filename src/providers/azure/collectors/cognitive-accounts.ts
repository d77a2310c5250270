import { defineCollector } from '../../collector.ts';
import { armAssetId, resourceGroup } from '../arm-id.ts';
import { itemOf, resourcesOf } from '../list-items.ts';

/** Accounts of Azure OpenAI, AI Services (Foundry) and the single-purpose services; `kind` tells them apart. */
export default defineCollector({
  asset: 'azure.cognitiveservices.account',
  per: 'account',
  calls: {
    list: { operation: 'Microsoft.CognitiveServices/accounts:list', must: ['value[].id', 'value[].properties'] },
  },
  facts: { '': 'list#' },
  computed: { $resourceGroup: resourceGroup },
  edges: [
    {
      kind: 'uses',
      from: 'properties.amlWorkspace.resourceId',
      to: 'azure.machinelearning.workspace',
      id: armAssetId,
    },
  ],
  async *list(api) {
    for await (const page of api.pages('list')) {
      for (const account of resourcesOf(page)) {
        const item = itemOf(account);
        if (item !== undefined) yield item;
      }
    }
  },
});
