import { isJsonObject } from '../../../model/json.ts';
import { type Answer, defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { accountSettingId } from '../resource-ids.ts';

/** The trails of the account. Of those that record all events of all regions it is asked whether they are running. */
export default defineCollector({
  asset: 'alibaba.actiontrail.account',
  per: 'account',
  calls: {
    trails: { operation: 'actiontrail-20200706:DescribeTrails', must: ['TrailList[].Name'], absence: 'fact' },
    status: { operation: 'actiontrail-20200706:GetTrailStatus', must: ['IsLogging'] },
  },
  facts: {
    $trails: 'trails#TrailList[]',
    '$covering[]': ['status#', 'trails'],
  },
  async *list(_, scope) {
    yield { id: accountSettingId(scope, 'alibaba.actiontrail.account'), name: 'ActionTrail', key: {} };
  },
  async read(api) {
    // Every region answers for trails of all regions, if it is asked for those that have their home elsewhere.
    const trails = await api.all('trails', { IncludeShadowTrails: true, IncludeOrganizationTrail: true });
    const covering = 'value' in trails ? trails.value.filter(isJsonObject).filter(recordsEverything) : [];
    const running = await Promise.all(
      covering.map(async ({ Name, IsOrganizationTrail: isOfOrganization }): Promise<readonly [string, Answer]> => {
        const name = textOf(Name);
        const params = { Name: name, ...(isOfOrganization === true && { IsOrganizationTrail: true }) };
        return [`$covering[${name}]`, await api.call('status', params, name)];
      }),
    );
    const none: Answer<readonly []> = 'value' in trails || 'none' in trails ? { value: [] } : trails;
    return { $trails: trails, ...Object.fromEntries(running), ...(running.length === 0 && { '$covering[]': none }) };
  },
});

/** https://www.alibabacloud.com/help/en/actiontrail/developer-reference/api-actiontrail-2020-07-06-describetrails */
function recordsEverything({ TrailRegion: region, EventRW: events }: { readonly [name: string]: unknown }): boolean {
  return region === 'All' && events === 'All';
}
