import { answerAt } from '../../answer.ts';
import { isJsonObject } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { memberId } from '../resource-ids.ts';

/** The member accounts of the resource directory. Only the account that manages it may list them, and only that one is asked. */
export default defineCollector({
  asset: 'alibaba.resourcedirectory.account',
  per: 'account',
  calls: {
    directory: {
      operation: 'resourcedirectorymaster-20220419:GetResourceDirectory',
      must: ['ResourceDirectory.MasterAccountId'],
      absence: 'fact',
    },
    list: { operation: 'resourcedirectorymaster-20220419:ListAccounts', must: ['Accounts.Account[].AccountId'] },
  },
  facts: { '': 'list#' },
  async *list(api, scope) {
    const directory = answerAt(await api.call('directory'), 'ResourceDirectory');
    const isManager = 'value' in directory && isJsonObject(directory.value) && textOf(directory.value['MasterAccountId']) === scope.account;
    if (!isManager) return;
    for await (const page of api.pages('list')) {
      for (const account of rowsOf(page, 'Accounts.Account')) {
        const id = textOf(account['AccountId']);
        yield { id: memberId(scope, id), name: textOf(account['DisplayName']) || id, key: {}, item: account };
      }
    }
  },
});
