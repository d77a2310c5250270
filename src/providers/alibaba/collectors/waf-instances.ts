import { answerAt } from '../../answer.ts';
import { type Answer, defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { settingsId } from '../resource-ids.ts';
import { siteRegion } from '../site-region.ts';

/**
 * WAF 3.0 of an account, at each site. An account without one has it as well, with `$activated: false`: where AI is reachable
 * from the internet its absence is the risk.
 */
export default defineCollector({
  asset: 'alibaba.waf.instance',
  per: 'site',
  calls: {
    instance: { operation: 'waf-openapi-20211001:DescribeInstance', absence: 'fact' },
    trials: { operation: 'waf-openapi-20211001:DescribePocFunctions', absence: 'fact' },
  },
  facts: { '': 'instance#', $trials: ['trials#Functions[]', 'instance'] },
  computed: {
    $activated: { from: ['InstanceId'], of: ({ InstanceId }) => textOf(InstanceId) !== '', shape: { '': 'boolean' } },
    $regionId: siteRegion,
  },
  async *list(_, scope) {
    yield { id: settingsId(scope, 'alibaba.waf.instance'), name: 'WAF 3.0', key: {} };
  },
  async read(api) {
    const instance = await api.call('instance');
    const id = answerAt(instance, 'InstanceId');
    // Nothing is on trial where there is no instance; where nobody knows whether there is one, nobody knows this.
    if (!('value' in id)) return { '': instance, $trials: id };
    const trials: Answer = textOf(id.value) === '' ? { none: true } : await api.call('trials', { InstanceId: id.value });
    return { '': instance, $trials: answerAt(trials, 'Functions') };
  },
});
