import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { accountSettingId } from '../resource-ids.ts';

/** How the account itself is protected: keys and second factor of its root user, and what it asks of users who sign in. */
export default defineCollector({
  asset: 'alibaba.ram.account',
  per: 'account',
  calls: {
    practice: {
      operation: 'ims-20190815:GetAccountSecurityPracticeReport',
      must: ['AccountSecurityPracticeInfo.AccountSecurityPracticeUserInfo.RootWithAccessKey'],
    },
    mfa: { operation: 'ims-20190815:GetAccountMFAInfo', must: ['IsMFAEnable'] },
    preference: { operation: 'ims-20190815:GetSecurityPreference', must: ['SecurityPreference.LoginProfilePreference'] },
  },
  facts: {
    $practice: 'practice#AccountSecurityPracticeInfo.AccountSecurityPracticeUserInfo',
    $mfa: 'mfa#',
    $preference: 'preference#SecurityPreference',
  },
  async *list(_, scope) {
    yield { id: accountSettingId(scope, 'alibaba.ram.account'), name: scope.account, key: {} };
  },
  async read(api) {
    const [practice, mfa, preference] = await Promise.all([api.call('practice'), api.call('mfa'), api.call('preference')]);
    return {
      $practice: answerAt(practice, 'AccountSecurityPracticeInfo.AccountSecurityPracticeUserInfo'),
      $mfa: mfa,
      $preference: answerAt(preference, 'SecurityPreference'),
    };
  },
});
