import { assetId } from '../../../model/ids.ts';
import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { listedItems } from '../listed-items.ts';

/** Bedrock agents, as their working draft stands. */
export default defineCollector({
  asset: 'aws.bedrock-agent.agent',
  per: 'region',
  calls: {
    list: {
      operation: 'bedrock-agent:ListAgents',
      must: ['agentSummaries[].agentId', 'agentSummaries[].agentName'],
    },
    get: {
      operation: 'bedrock-agent:GetAgent',
      must: ['agent.agentId', 'agent.agentStatus', 'agent.agentResourceRoleArn'],
    },
  },
  facts: { '': 'get#agent' },
  edges: [
    { kind: 'assumes', from: 'agentResourceRoleArn', to: 'aws.iam.role' },
    {
      kind: 'uses',
      from: 'guardrailConfiguration.guardrailIdentifier',
      to: 'aws.bedrock.guardrail',
      // An identifier, or the ARN, which may be of another account.
      id: (identifier, { partition, region, account }) =>
        assetId(identifier.startsWith('arn:') ? identifier : `arn:${partition}:bedrock:${region}:${account}:guardrail/${identifier}`),
    },
  ],
  async *list(api, { partition, region, account }) {
    for await (const page of api.pages('list'))
      yield* listedItems(page, 'agentSummaries', {
        // Summaries carry no ARN.
        id: ({ agentId }) => `arn:${partition}:bedrock:${region}:${account}:agent/${typeof agentId === 'string' ? agentId : ''}`,
        name: 'agentName',
        key: ['agentId'],
      });
  },
  async read(api, { name, key }) {
    return { '': answerAt(await api.call('get', { agentId: key['agentId'] ?? '' }, name), 'agent') };
  },
});
