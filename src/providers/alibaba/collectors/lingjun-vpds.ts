import { defineCollector } from '../../collector.ts';
import { accountsOutside, directoryOf, listAccounts } from '../directory.ts';
import { mapRows, nameOr, rowsOf, textOf } from '../listed.ts';
import { vpdId } from '../resource-ids.ts';

/** Network segments (VPDs) of LINGJUN, and the tenants that they are granted to. */
export default defineCollector({
  asset: 'alibaba.lingjun.vpd',
  per: 'region',
  calls: {
    list: { operation: 'eflo-20220530:ListVpds', must: ['Content.Data[].VpdId'] },
    grants: { operation: 'eflo-20220530:ListVpdGrantRules', must: ['Content.Data[].InstanceId', 'Content.Data[].GrantTenantId'] },
    directory: listAccounts,
  },
  facts: {
    '': 'list#Content.Data[]',
    $grants: 'grants#Content.Data[]',
    $directory: ['directory#Accounts.Account[].AccountId', 'grants'],
  },
  computed: {
    $grantedOutside: {
      from: ['$grants', '$directory'],
      of: ({ $grants, $directory }, scope) => accountsOutside($grants, 'GrantTenantId', $directory, scope),
      shape: { '': 'list' },
    },
  },
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Content.Data')) {
        const id = textOf(item['VpdId']);
        yield { id: vpdId(scope, id), name: nameOr(item['VpdName'], id), key: { VpdId: id }, item };
      }
    }
  },
  async read(api, { key }) {
    // One listing for all segments of the region; the call is remembered.
    const all = await api.all('grants', {});
    const $grants = mapRows(all, (rows) => rows.filter(({ InstanceId }) => InstanceId === key['VpdId']));
    return { $grants, $directory: await directoryOf(api, 'value' in $grants && $grants.value.length > 0) };
  },
});
