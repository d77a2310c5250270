import { isJsonObject } from '../../../model/json.ts';
import { mergedRules, openRules, openRulesShape } from '../open-rules.ts';
import { defineCollector } from '../../collector.ts';
import { idBelow } from '../resource-ids.ts';

/** Security groups that AI machines and LINGJUN clusters use. Each is judged by its own rules. */
export default defineCollector({
  asset: 'alibaba.ecs.security-group',
  per: 'referenced',
  calls: {
    attribute: { operation: 'ecs-20140526:DescribeSecurityGroupAttribute', must: ['SecurityGroupId', 'Permissions.Permission[]'] },
  },
  facts: {
    '': 'attribute#',
    'Permissions.Permission': 'attribute#Permissions.Permission',
  },
  computed: {
    $openRules: {
      from: ['Permissions.Permission'],
      of: ({ Permissions: permissions }) => openRules(mergedRules(isJsonObject(permissions) ? [permissions['Permission'] ?? []] : [])),
      shape: openRulesShape,
    },
  },
  locate(id, { account }) {
    const group = idBelow(id, 'ecs', 'securitygroup', account);
    return group === undefined ? undefined : { id, name: group, key: { SecurityGroupId: group } };
  },
  async read(api, { key, name }) {
    // The rules come in pages; everything else stands on each of them.
    const [group, rules] = await Promise.all([api.call('attribute', key, name), api.all('attribute', key, name)]);
    return { '': group, 'Permissions.Permission': rules };
  },
});
