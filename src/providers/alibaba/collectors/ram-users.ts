import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { userId } from '../resource-ids.ts';

/** RAM users with their access keys. Keys of users are what training jobs, notebooks and pipelines outside of the cloud sign in with. */
export default defineCollector({
  asset: 'alibaba.ram.user',
  per: 'account',
  calls: {
    list: { operation: 'ims-20190815:ListUsers', must: ['Users.User[].UserPrincipalName'] },
    keys: { operation: 'ims-20190815:ListAccessKeys', must: ['AccessKeys.AccessKey[]', 'AccessKeys.AccessKey[].AccessKeyId'] },
  },
  facts: { '': 'list#', $accessKeys: 'keys#AccessKeys.AccessKey[]' },
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const user of rowsOf(page, 'Users.User')) {
        const principal = textOf(user['UserPrincipalName']);
        const [name = principal] = principal.split('@');
        yield { id: userId(scope, name), name, key: { UserPrincipalName: principal }, item: user };
      }
    }
  },
  async read(api, { key, name }) {
    return { $accessKeys: await api.all('keys', key, name) };
  },
});
