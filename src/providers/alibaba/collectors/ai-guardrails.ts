import { isJsonList } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { guardrailsId } from '../resource-ids.ts';

/**
 * AI Guardrails of a region: which channels are protected, which services are set up, what was found and where the logs go. An account
 * that never activated it has no protection at all, which is a fact. What moderates a text at run time is billed per call and never called.
 */
export default defineCollector({
  asset: 'alibaba.guardrails.account',
  per: 'region',
  calls: {
    status: { operation: 'green-20220926:GetGuardStatus', must: ['ProtectionStatus[]'], absence: 'fact' },
    services: { operation: 'green-20220926:ListServiceConfigs', absence: 'fact' },
    events: { operation: 'green-20220926:GetAiAppOverview', absence: 'fact' },
    logs: { operation: 'green-20220926:GetGuardLogStats', absence: 'fact' },
  },
  facts: {
    '': 'status#',
    $services: 'services#Data[]',
    $events: 'events#',
    $logs: 'logs#Data[]',
  },
  computed: {
    $activated: {
      from: ['ProtectionStatus'],
      of: ({ ProtectionStatus }) => isJsonList(ProtectionStatus),
      shape: { '': 'boolean' },
    },
  },
  async *list(_, scope) {
    yield { id: guardrailsId(scope), name: 'AI Guardrails', key: {} };
  },
  async read(api) {
    const [status, services, events, logs] = await Promise.all([
      api.call('status'),
      api.all('services'),
      api.call('events'),
      api.all('logs'),
    ]);
    // Where the product has no endpoint there is nothing to switch on.
    const asked = [status, services, events, logs].filter((answer) => !('notAsked' in answer));
    if (asked.length > 0 && asked.every((answer) => 'limit' in answer))
      return { '': { gone: true }, $services: services, $events: events, $logs: logs };
    return { '': status, $services: services, $events: events, $logs: logs };
  },
});
