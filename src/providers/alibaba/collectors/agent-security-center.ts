import { isJsonList } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { mapRows } from '../listed.ts';
import { settingsId } from '../resource-ids.ts';

/** Agent Security Center of an account, at each site: whether it answers, and how many risks it reports. */
export default defineCollector({
  asset: 'alibaba.aisc.account',
  per: 'site',
  calls: { events: { operation: 'aisc-20260101:ListAIAgentEvent', must: ['Data[].Id'], absence: 'fact' } },
  facts: { $events: 'events#Data[]' },
  computed: {
    $activated: { from: ['$events'], of: ({ $events }) => isJsonList($events), shape: { '': 'boolean' } },
  },
  async *list(_, scope) {
    yield { id: settingsId(scope, 'alibaba.aisc.account'), name: 'Agent Security Center', key: {} };
  },
  async read(api) {
    // What they say is with their agents; here only counts that there are some.
    return { $events: mapRows(await api.all('events', { Lang: 'en' }), (events) => events.map(({ Id = null }) => ({ Id }))) };
  },
});
