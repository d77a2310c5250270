import { byCodeUnit } from '../../model/order.ts';
import type { Operation, PolicyDocument } from '../provider.ts';
import type { AlibabaOperation } from './operations.ts';

/** What signing in and listing regions needs, beside what collectors declare. */
const always = [
  {
    action: 'ecs:DescribeRegions',
    evidence: 'official-sample-skill',
    operation: 'ecs-20140526:DescribeRegions' as AlibabaOperation['id'],
  },
];

/**
 * The RAM policy that allows exactly these operations: named actions, no wildcards. Resource `*`, because most of these
 * actions can be granted on nothing narrower.
 */
export function policyOf(operations: readonly Operation[]): PolicyDocument {
  const byAction = new Map(always.map(({ action, evidence, operation }) => [action, { action, evidence, operations: [operation] }]));
  // Operations reach a provider only from its own catalogue.
  for (const operation of operations as readonly AlibabaOperation[]) {
    const { ramAction: action, ramActionEvidence: evidence, id } = operation;
    // Every identity may ask who it is.
    if (action === undefined || action === null || action === 'sts:GetCallerIdentity') continue;
    const known = byAction.get(action);
    byAction.set(action, {
      action,
      evidence: known?.evidence ?? evidence ?? 'not-found',
      operations: [...new Set([...(known?.operations ?? []), id])].sort(byCodeUnit),
    });
  }
  const actions = [...byAction.values()].sort((a, b) => byCodeUnit(a.action, b.action));
  return {
    document: {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: actions.map(({ action }) => action), Resource: '*' }],
    },
    actions,
    notes: [
      'Actions marked "assumed-from-product-code" follow the vendor\'s naming rule and were not found in an official policy.',
      'PAI asks twice: besides this policy, the identity must be a member (a viewer will do) of every PAI workspace that it is to see.',
      'For --org the management account also needs resourcemanager:ListAccounts and sts:AssumeRole on the role, and each member account the role with this policy; the session is narrowed to reading whatever the role allows.',
      'ecs:DescribeRegions is asked only where neither --region nor the profile names a region.',
    ],
  };
}
