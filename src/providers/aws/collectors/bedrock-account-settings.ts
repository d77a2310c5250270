import { assetId } from '../../../model/ids.ts';
import type { Json } from '../../../model/json.ts';
import { type Answer, defineCollector } from '../../collector.ts';

/**
 * What Bedrock is set to for a whole account in a region, and what there is in it that needs a guardrail.
 * It has no id of its own, and it is there wherever Bedrock is.
 */
export default defineCollector({
  asset: 'aws.bedrock.account-settings',
  per: 'region',
  calls: {
    logging: 'bedrock:GetModelInvocationLoggingConfiguration',
    flows: 'bedrock-agent:ListFlows',
    customModels: 'bedrock:ListCustomModels',
  },
  facts: {
    '': 'logging#',
    $flows: 'flows#flowSummaries[]',
    $customModels: 'customModels#modelSummaries[]',
  },
  async *list(_, { account, region }) {
    yield {
      id: assetId(`aispm:aws:${account}:${region}:aws.bedrock.account-settings`),
      name: 'Bedrock settings',
      key: {},
    };
  },
  async read(api) {
    const [logging, flows, customModels] = await Promise.all([api.call('logging'), api.all('flows'), api.all('customModels')]);
    const asked = [logging, flows, customModels].filter((answer) => !('notAsked' in answer));
    const isElsewhere = asked.length > 0 && asked.every((answer) => 'limit' in answer);
    return { '': isElsewhere ? { gone: true } : logging, $flows: noneWhereAbsent(flows), $customModels: noneWhereAbsent(customModels) };
  },
});

/** Where a part of the service is not in the region, the account has nothing of it there. */
function noneWhereAbsent(listed: Answer<readonly Json[]>): Answer<Json> {
  return 'limit' in listed ? { value: [] } : listed;
}
