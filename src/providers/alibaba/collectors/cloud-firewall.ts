import { defineCollector } from '../../collector.ts';
import { settingsId } from '../resource-ids.ts';

/**
 * Cloud Firewall of an account, at each of its two sites: how its intrusion prevention is set. An account that never bought it
 * has no protection at all, which is a fact.
 */
export default defineCollector({
  asset: 'alibaba.cloudfw.account',
  per: 'site',
  calls: {
    prevention: { operation: 'cloudfw-20171207:DescribeDefaultIPSConfig', must: ['RunMode'], absence: 'fact' },
  },
  facts: { '': 'prevention#' },
  computed: {
    $activated: { from: ['RunMode'], of: ({ RunMode }) => RunMode !== undefined, shape: { '': 'boolean' } },
  },
  // oxlint-disable-next-line typescript/require-await -- listings are asynchronous by their type
  async *list(_, scope) {
    yield { id: settingsId(scope, 'alibaba.cloudfw.account'), name: 'Cloud Firewall', key: {} };
  },
  async read(api, { name }) {
    const prevention = await api.call('prevention', {}, name);
    // Where the product has no endpoint there is nothing to switch on.
    return { '': 'limit' in prevention ? { gone: true } : prevention };
  },
});
