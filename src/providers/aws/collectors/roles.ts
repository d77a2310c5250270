import { isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, defineCollector, type ReadResult } from '../../collector.ts';
import { aiReasons } from '../ai-reasons.ts';

/**
 * IAM roles that AI assets act with, with every policy that says what they may do. Read one by one, so that a refusal
 * hides one policy of one role and nothing of the account beside these roles is read.
 */
export default defineCollector({
  asset: 'aws.iam.role',
  per: 'referenced',
  calls: {
    get: { operation: 'iam:GetRole', must: ['Role.Arn', 'Role.RoleName', 'Role.AssumeRolePolicyDocument'] },
    attached: { operation: 'iam:ListAttachedRolePolicies', must: ['AttachedPolicies[].PolicyArn'] },
    inlineNames: 'iam:ListRolePolicies',
    inline: { operation: 'iam:GetRolePolicy', must: ['PolicyName', 'PolicyDocument'] },
    policy: { operation: 'iam:GetPolicy', must: ['Policy.DefaultVersionId'] },
    version: { operation: 'iam:GetPolicyVersion', must: ['PolicyVersion.Document'] },
  },
  facts: {
    '': 'get#Role',
    $attachedPolicies: 'attached#AttachedPolicies[]',
    '$inlinePolicies[]': ['inline#', 'inlineNames'],
    '$managedPolicies[]': ['version#PolicyVersion', 'policy', 'attached'],
    $permissionsBoundary: ['version#PolicyVersion', 'policy', 'get'],
  },
  computed: {
    $ai: {
      from: ['AssumeRolePolicyDocument'],
      of: ({ AssumeRolePolicyDocument }) => aiReasons(AssumeRolePolicyDocument),
      shape: { '': 'list' },
    },
  },
  locate(id, { account }) {
    const [, owner, path] = /^arn:[^:]+:iam::(\d{12}):role\/(.+)$/.exec(id) ?? [];
    const name = path?.split('/').at(-1);
    return owner === account && name !== undefined ? { id, name, key: { RoleName: name } } : undefined;
  },
  async read(api, { name, key }) {
    const [role, attached, inlineNames] = await Promise.all([
      api.call('get', key, name),
      api.all('attached', key, name),
      api.all('inlineNames', key, name),
    ]);
    const documentOf = async (arn: string): Promise<Answer<Json>> => {
      const policy = answerAt(await api.call('policy', { PolicyArn: arn }, arn), 'Policy');
      if (!('value' in policy)) return policy;
      const { DefaultVersionId } = policy.value as JsonObject;
      return answerAt(await api.call('version', { PolicyArn: arn, VersionId: DefaultVersionId ?? '' }, arn), 'PolicyVersion');
    };
    const inlineOf = (policy: string) => api.call('inline', { ...key, PolicyName: policy }, `${name}/${policy}`);
    const boundary = 'value' in role ? boundaryOf(role.value) : role;
    return {
      '': answerAt(role, 'Role'),
      $attachedPolicies: attached,
      ...(await each('$inlinePolicies', inlineNames, (entry) => inlineOf(textOf(entry)))),
      ...(await each('$managedPolicies', attached, (entry) => documentOf(arnOf(entry)))),
      $permissionsBoundary: typeof boundary === 'string' ? await documentOf(boundary) : (boundary ?? { none: true }),
    };
  },
});

const textOf = (json: Json | undefined) => (typeof json === 'string' ? json : '');
const arnOf = (attached: Json) => textOf(isJsonObject(attached) ? attached['PolicyArn'] : undefined);

function boundaryOf({ Role }: JsonObject): string | undefined {
  const boundary = isJsonObject(Role) ? Role['PermissionsBoundary'] : undefined;
  const arn = isJsonObject(boundary) ? boundary['PermissionsBoundaryArn'] : undefined;
  return typeof arn === 'string' ? arn : undefined;
}

/** One answer per entry of a list, so that a refusal hides one entry; without the list there is nothing to ask for. */
async function each(prefix: string, list: Answer<readonly Json[]>, read: (entry: Json) => Promise<Answer<Json>>): Promise<ReadResult> {
  if (!('value' in list)) return { [`${prefix}[]`]: list };
  const entries = await Promise.all(list.value.map(read));
  if (entries.length === 0) return { [`${prefix}[]`]: { value: [] } };
  return Object.fromEntries(entries.map((answer, at) => [`${prefix}[${at}]`, answer]));
}
