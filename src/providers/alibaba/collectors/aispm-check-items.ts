import type { AssetId } from '../../../model/ids.ts';
import type { Json } from '../../../model/json.ts';
import { type Answer, defineCollector, type EdgeSpec, type ScopeContext } from '../../collector.ts';
import { failedIn, openInstances, topicOf, twinNamed, twinsOf } from '../aispm-results.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { instanceId, resourceId, serviceId } from '../resource-ids.ts';
import { siteRegion } from '../site-region.ts';

/**
 * Check items of the vendor's own AI posture management, with what they came to: name, level, standard and vendor as Security Center
 * has them. Which there are is known from the account alone; nobody publishes a list.
 * https://www.alibabacloud.com/help/en/security-center/developer-reference/api-sas-2018-12-03-listcheckresult
 */
export default defineCollector({
  asset: 'alibaba.sas.aispm-check-item',
  per: 'site',
  calls: {
    policies: { operation: 'sas-20181203:ListCheckPolicies', must: ['Policies[].PolicyId'], absence: 'fact' },
    results: { operation: 'sas-20181203:ListCheckResult', must: ['Checks[].CheckId'], absence: 'fact' },
    instances: { operation: 'sas-20181203:ListCheckInstanceResult', must: ['BasicData[]'] },
    detail: 'sas-20181203:GetCheckDetail',
  },
  facts: {
    '': 'results#Checks[]',
    $policies: 'policies#Policies[]',
    $instances: 'instances#BasicData[]',
    $detail: 'detail#',
  },
  computed: {
    $failed: { from: ['Status'], of: ({ Status }) => failedIn(Status), shape: { '': 'boolean' } },
    $openInstances: {
      from: ['$instances'],
      of: ({ $instances }) => openInstances($instances),
      shape: { '': 'list', '[].InstanceId': 'string', '[].InstanceName': 'string', '[].RegionId': 'string', '[].Status': 'string' },
    },
    $topic: { from: ['CheckShowName', 'InstanceType', 'InstanceSubType'], of: topicOf, shape: { '': 'string' } },
    $twins: { from: ['$topic', '$openInstances'], of: twinsOf, shape: { '': 'list' } },
    $regionId: siteRegion,
  },
  edges: [
    twinOf('eas.service-public-endpoint', 'alibaba.eas.service', serviceId),
    twinOf('ecs.instance-public-address', 'alibaba.ecs.instance', instanceId),
  ],
  async *list(api, scope) {
    const standards = new Map<string, Json>();
    for await (const page of api.pages('policies', { PolicyType: 'STANDARD', Type: 'AISPM', Lang: 'en' })) {
      // A vendor that does not know the filter answers with every standard there is.
      for (const policy of rowsOf(page, 'Policies'))
        if (textOf(policy['Type'] ?? 'AISPM') === 'AISPM') standards.set(textOf(policy['PolicyId']), policy);
    }
    // Asked without a standard, the vendor answers with the results of all of them.
    if (standards.size === 0) return;
    const policies = [...standards.values()];
    for await (const page of api.pages('results', { StandardIds: [...standards.keys()], Lang: 'en' })) {
      for (const item of rowsOf(page, 'Checks')) {
        const id = textOf(item['CheckId']);
        const key = { CheckId: id, Status: item['Status'] ?? null, policies };
        yield { id: resourceId('yundun-sas', scope, `check/${id}`), name: nameOr(item['CheckShowName'], id), key, item };
      }
    }
  },
  async read(api, { key, name }) {
    const $policies = { value: key['policies'] ?? [] };
    // Only what failed has assets to name and a solution to tell.
    if (failedIn(key['Status']) !== true) return { $policies, $instances: nothing, $detail: nothing };
    const check = { CheckId: textOf(key['CheckId']), Lang: 'en' };
    const [instances, detail] = await Promise.all([api.all('instances', check, name), api.call('detail', check, name)]);
    return { $policies, $instances: instances, $detail: detail };
  },
});

const nothing: Answer = { none: true };

/** An edge to what a check of ours judges as well. */
function twinOf(topic: string, to: string, id: (scope: ScopeContext, name: string) => AssetId): EdgeSpec {
  return {
    kind: 'guards',
    from: '$twins[]',
    to,
    id: (twin, scope) => {
      const found = twinNamed(twin, topic);
      return found === undefined ? undefined : id({ ...scope, region: found.region }, found.name);
    },
  };
}
