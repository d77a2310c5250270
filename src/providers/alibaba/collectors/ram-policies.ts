import type { Facts } from '../../../model/asset.ts';
import { isJsonObject } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { allowsAllOfAi } from '../policy-document.ts';
import { policyId } from '../resource-ids.ts';

/** Policies that the account wrote itself. Those of the vendor are judged where a role carries them. */
export default defineCollector({
  asset: 'alibaba.ram.policy',
  per: 'account',
  calls: {
    list: { operation: 'ram-20150501:ListPolicies', must: ['Policies.Policy[].PolicyName', 'Policies.Policy[].PolicyType'] },
    policy: {
      operation: 'ram-20150501:GetPolicy',
      must: ['DefaultPolicyVersion.PolicyDocument'],
      keep: { 'DefaultPolicyVersion.PolicyDocument': ['Statement'] },
    },
    entities: { operation: 'ram-20150501:ListEntitiesForPolicy', must: ['Roles.Role[]', 'Users.User[]', 'Groups.Group[]'] },
  },
  facts: { '': 'list#', $default: 'policy#DefaultPolicyVersion', $entities: 'entities#' },
  computed: {
    $allowsAllOfAi: {
      from: ['$default'],
      of: ({ $default: version }) => allowsAllOfAi(keptDocument(version)),
      shape: { '': 'boolean' },
    },
  },
  async *list(api, scope) {
    for await (const page of api.pages('list', { PolicyType: 'Custom' })) {
      for (const policy of rowsOf(page, 'Policies.Policy')) {
        const name = textOf(policy['PolicyName']);
        const key = { PolicyName: name, PolicyType: textOf(policy['PolicyType']) };
        yield { id: policyId(scope, name), name, key, item: policy };
      }
    }
  },
  async read(api, { key, name }) {
    const [policy, entities] = await Promise.all([api.call('policy', key, name), api.call('entities', key, name)]);
    return { $default: answerAt(policy, 'DefaultPolicyVersion'), $entities: entities };
  },
});

/** The parsed document, as inspection left it. */
function keptDocument(version: Facts[string] | undefined) {
  const document = isJsonObject(version) ? version['PolicyDocument'] : undefined;
  return isJsonObject(document) ? document['kept'] : undefined;
}
