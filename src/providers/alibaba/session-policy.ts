import { byCodeUnit } from '../../model/order.ts';
import type { AlibabaOperation } from './operations.ts';

/** The vendor's limit for the policy of one session. https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole */
export const maxSessionPolicyLength = 2048;

/**
 * What a session in a member account may do at most, whatever its role allows (the role that the vendor makes there is an
 * administrator): read, and nothing that mints or hands out credentials or contents of objects. The named actions of
 * `aispm permissions` would be longer than the vendor allows; the verbs are those of its own ReadOnlyAccess.
 */
export function sessionPolicy(operations: readonly AlibabaOperation[]): string {
  return JSON.stringify({
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: ['*:Describe*', '*:List*', '*:Get*', '*:Search*'], Resource: '*' },
      { Effect: 'Deny', Action: ['oss:GetObject*', ...forbiddenActions(operations)].sort(byCodeUnit), Resource: '*' },
    ],
  });
}

/** Forbidden calls have no action of their own in the catalogue: they are named with every prefix that their product's others use. */
function forbiddenActions(operations: readonly AlibabaOperation[]): readonly string[] {
  const prefixesOf = (service: string): ReadonlySet<string> =>
    new Set(operations.flatMap(({ service: other, ramAction }) => (other === service && ramAction ? [ramAction.split(':')[0] ?? ''] : [])));
  const named = operations
    .filter(({ use }) => use === 'forbidden')
    .flatMap(({ service, operation }) => [...prefixesOf(service)].map((prefix) => `${prefix}:${operation}`));
  return [...new Set(named)];
}
