import { isJsonList, isJsonObject } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { accountSettingId } from '../resource-ids.ts';

/** The resource directory that the account belongs to, and, of the account that manages it, which accounts its landing zone enrolled. */
export default defineCollector({
  asset: 'alibaba.governance.organization',
  per: 'account',
  calls: {
    directory: {
      operation: 'resourcedirectorymaster-20220419:GetResourceDirectory',
      must: ['ResourceDirectory.MasterAccountId'],
      absence: 'fact',
    },
    enrolled: { operation: 'governance-20210120:ListEnrolledAccounts', absence: 'fact' },
  },
  facts: {
    $directory: 'directory#ResourceDirectory',
    $enrolled: ['enrolled#EnrolledAccounts[]', 'directory'],
  },
  computed: {
    $isManager: {
      from: ['$directory'],
      of: ({ $directory: directory }, { account }) => isJsonObject(directory) && textOf(directory['MasterAccountId']) === account,
      shape: { '': 'boolean' },
    },
    // The landing zone answers in its home region alone, so that nothing enrolled proves nothing.
    $usesLandingZone: {
      from: ['$enrolled'],
      of: ({ $enrolled: accounts }) =>
        isJsonList(accounts) && accounts.some((one) => isJsonObject(one) && one['Status'] === 'Finished') ? true : undefined,
      shape: { '': 'boolean' },
    },
  },
  async *list(_, scope) {
    yield { id: accountSettingId(scope, 'alibaba.governance.organization'), name: scope.account, key: { account: scope.account } };
  },
  async read(api, { key }) {
    const directory = answerAt(await api.call('directory'), 'ResourceDirectory');
    if (!('value' in directory)) return { $directory: directory, $enrolled: directory };
    const isManager = isJsonObject(directory.value) && textOf(directory.value['MasterAccountId']) === key['account'];
    return { $directory: directory, $enrolled: isManager ? await api.all('enrolled') : { none: true } };
  },
});
