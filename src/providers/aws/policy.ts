import { byCodeUnit } from '../../model/order.ts';
import type { Operation, PolicyDocument } from '../provider.ts';
import { asAwsOperation } from './operations.ts';
import { groupedBy } from '../../model/grouped-by.ts';

/**
 * The IAM policy that allows exactly these operations: named actions, no wildcards. The reads of this program are account-wide
 * listings and what they lead to, so that the resource is `*`.
 */
export function policyOf(operations: readonly Operation[]): PolicyDocument {
  const permitted = operations
    .map(asAwsOperation)
    .flatMap(({ permission, ...rest }) => (permission === undefined ? [] : [{ ...rest, permission }]));
  const byAction = groupedBy(permitted, ({ permission }) => permission);
  const actions = [...byAction.keys()].sort(byCodeUnit).map((action) => {
    const needing = byAction.get(action) ?? [];
    return {
      action,
      evidence: needing[0]?.permissionEvidence ?? 'unknown',
      operations: needing.map(({ id }) => id).sort(byCodeUnit),
    };
  });
  return {
    document: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'AispmRead', Effect: 'Allow', Action: actions.map(({ action }) => action), Resource: '*' }],
    },
    actions,
    notes: [
      'Signing in calls sts:GetCallerIdentity, which needs no permission and cannot be denied.',
      'Where a service control policy, a permissions boundary or a session policy is in force, it must allow these actions too.',
    ],
  };
}
