import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { accountSettingId } from '../resource-ids.ts';

/** Cloud Config at each site: whether it records, and which rules it applies. */
export default defineCollector({
  asset: 'alibaba.config.account',
  per: 'site',
  calls: {
    recorder: {
      operation: 'config-20200907:GetConfigurationRecorder',
      must: ['ConfigurationRecorder.ConfigurationRecorderStatus'],
      absence: 'fact',
    },
    rules: { operation: 'config-20200907:ListConfigRules', absence: 'fact' },
  },
  facts: { $recorder: 'recorder#ConfigurationRecorder', $rules: 'rules#ConfigRules.ConfigRuleList[]' },
  async *list(_, scope) {
    yield { id: accountSettingId(scope, 'alibaba.config.account'), name: 'Cloud Config', key: {} };
  },
  async read(api) {
    const [recorder, rules] = await Promise.all([api.call('recorder'), api.all('rules')]);
    return { $recorder: answerAt(recorder, 'ConfigurationRecorder'), $rules: rules };
  },
});
