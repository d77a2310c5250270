import { defineCollector } from '../../collector.ts';
import { listedItems } from '../listed-items.ts';

/** Bedrock guardrails, as their working draft stands. */
export default defineCollector({
  asset: 'aws.bedrock.guardrail',
  per: 'region',
  calls: {
    list: {
      operation: 'bedrock:ListGuardrails',
      must: ['guardrails[].arn', 'guardrails[].id', 'guardrails[].name'],
    },
    get: {
      operation: 'bedrock:GetGuardrail',
      must: ['guardrailId', 'guardrailArn', 'status', 'name'],
    },
  },
  facts: { '': 'get#' },
  async *list(api) {
    for await (const page of api.pages('list')) yield* listedItems(page, 'guardrails', { id: 'arn', name: 'name', key: ['id'] });
  },
  async read(api, { name, key }) {
    return { '': await api.call('get', { guardrailIdentifier: key['id'] ?? '' }, name) };
  },
});
