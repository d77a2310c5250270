import { isJsonObject } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { settingsId } from '../resource-ids.ts';

/** Agent Security Center of an account, at each site: whether it answers, and how many risks it reports. */
export default defineCollector({
  asset: 'alibaba.aisc.account',
  per: 'site',
  calls: { events: { operation: 'aisc-20260101:ListAIAgentEvent', must: ['PageInfo.TotalCount'], absence: 'fact' } },
  facts: { '': 'events#' },
  computed: {
    $activated: { from: ['PageInfo'], of: ({ PageInfo }) => isJsonObject(PageInfo), shape: { '': 'boolean' } },
  },
  async *list(_, scope) {
    yield { id: settingsId(scope, 'alibaba.aisc.account'), name: 'Agent Security Center', key: {} };
  },
  async read(api) {
    const answer = await api.call('events', { Lang: 'en' });
    // The events are those of their agents; here only their number counts.
    return { '': 'value' in answer ? { ...answer, value: { ...answer.value, Data: null } } : answer };
  },
});
