import { isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';
import { type Answer, defineCollector } from '../../collector.ts';
import { namesOf, resourceGroup } from '../arm-id.ts';
import { itemOf, resourcesOf } from '../list-items.ts';

/** Model deployments of the accounts, each with the content filter policy that it names. */
export default defineCollector({
  asset: 'azure.cognitiveservices.deployment',
  per: 'account',
  calls: {
    accounts: { operation: 'Microsoft.CognitiveServices/accounts:list', must: ['value[].id', 'value[].properties'] },
    list: {
      operation: 'Microsoft.CognitiveServices/accounts/deployments:list',
      must: ['value[].id', 'value[].properties'],
    },
    policies: { operation: 'Microsoft.CognitiveServices/accounts/raiPolicies:list', must: ['value[].name'] },
  },
  facts: { '': 'list#', $raiPolicy: 'policies#' },
  computed: { $resourceGroup: resourceGroup },
  async *list(api) {
    for await (const accounts of api.pages('accounts')) {
      for (const account of resourcesOf(accounts)) {
        const { resourceGroupName, name: accountName } = namesOf(account['id']);
        const key = { resourceGroupName, accountName };
        for await (const page of api.pages('list', key, `${resourceGroupName}/${accountName}`)) {
          for (const deployment of resourcesOf(page)) {
            const item = itemOf(deployment, key);
            if (item !== undefined) yield item;
          }
        }
      }
    }
  },
  async read(api, { name, key, item }) {
    const policyName = policyNameOf(item);
    if (policyName === undefined) return { $raiPolicy: { none: true } };
    const listed = await api.all('policies', key, name);
    return { $raiPolicy: 'value' in listed ? find(listed.value, policyName) : listed };
  },
});

function policyNameOf(deployment: JsonObject | undefined): string | undefined {
  const { properties } = deployment ?? {};
  const name = isJsonObject(properties) ? properties['raiPolicyName'] : undefined;
  return typeof name === 'string' && name !== '' ? name.toLowerCase() : undefined;
}

/** Azure compares names without case. A built-in policy need not be listed: then there is none to show. */
function find(policies: readonly Json[], wanted: string): Answer<Json> {
  const policy = policies.filter(isJsonObject).find(({ name }) => typeof name === 'string' && name.toLowerCase() === wanted);
  return policy === undefined ? { none: true } : { value: policy };
}
