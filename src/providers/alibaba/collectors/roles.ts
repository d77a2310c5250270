import type { Facts } from '../../../model/asset.ts';
import { isJsonList, isJsonObject, type Json } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { allowsEverything } from '../policy-document.ts';
import { idBelow } from '../resource-ids.ts';

/** RAM roles that AI assets act with, and every policy that says what they may do. */
export default defineCollector({
  asset: 'alibaba.ram.role',
  per: 'referenced',
  calls: {
    attached: {
      operation: 'ram-20150501:ListPoliciesForRole',
      must: ['Policies.Policy[]', 'Policies.Policy[].PolicyName', 'Policies.Policy[].PolicyType'],
    },
    policy: {
      operation: 'ram-20150501:GetPolicy',
      must: ['DefaultPolicyVersion.PolicyDocument'],
      keep: { 'DefaultPolicyVersion.PolicyDocument': ['Statement'] },
    },
  },
  facts: {
    $attached: 'attached#Policies.Policy[]',
    '$policies[]': ['policy#', 'attached'],
  },
  computed: {
    $allowsEverything: {
      from: ['$attached', '$policies'],
      of: (facts) => judged(facts),
      // One administrator policy settles it, whatever the others say.
      despite: (facts) => (isAdministrator(facts) ? true : undefined),
      shape: { '': 'boolean' },
    },
  },
  locate(id, { account }) {
    const name = idBelow(id, 'ram', 'role', account);
    return name === undefined ? undefined : { id, name, key: { RoleName: name } };
  },
  async read(api, { key, name }) {
    const attached = answerAt(await api.call('attached', key, name), 'Policies.Policy');
    const policies = 'value' in attached && isJsonList(attached.value) ? attached.value.filter(isJsonObject) : [];
    const read = await Promise.all(
      policies.map(async ({ PolicyName: policy, PolicyType: type }) => {
        const subject = `${textOf(type)}/${textOf(policy)}`;
        return [
          `$policies[${subject}]`,
          await api.call('policy', { PolicyName: textOf(policy), PolicyType: textOf(type) }, subject),
        ] as const;
      }),
    );
    return {
      $attached: attached,
      ...Object.fromEntries(read),
      ...(read.length === 0 && { '$policies[]': 'value' in attached ? { value: [] } : attached }),
    };
  },
});

function judged(facts: Facts): boolean | undefined {
  if (isAdministrator(facts)) return true;
  const verdicts = documents(facts).map(allowsEverything);
  return verdicts.includes(undefined) ? undefined : false;
}

function isAdministrator(facts: Facts): boolean {
  return hasAdministratorPolicy(facts['$attached']) || documents(facts).some((document) => allowsEverything(document) === true);
}

/** The vendor's own policy of this name allows everything, read or not. */
function hasAdministratorPolicy(attached: Json | undefined): boolean {
  const policies = isJsonList(attached) ? attached.filter(isJsonObject) : [];
  return policies.some(({ PolicyName: name, PolicyType: type }) => name === 'AdministratorAccess' && type === 'System');
}

/** Parsed documents, as inspection left them. */
function documents({ $policies }: Facts): readonly (Json | undefined)[] {
  const policies = isJsonList($policies) ? $policies.filter(isJsonObject) : [];
  return policies.map(({ DefaultPolicyVersion: version }) => {
    const document = isJsonObject(version) ? version['PolicyDocument'] : undefined;
    return isJsonObject(document) ? document['kept'] : undefined;
  });
}
