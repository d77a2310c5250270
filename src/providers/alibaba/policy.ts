import type { JsonObject } from '../../model/json.ts';
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
  const names = actions.map(({ action }) => action);
  const parts = partsOf(names);
  return {
    document: documentOf(names),
    ...(parts.length > 1 && { parts: parts.map(documentOf) }),
    actions,
    notes: [
      ...(parts.length > 1 ? [tooLong(parts.length)] : []),
      'Actions marked "assumed-from-product-code" follow the vendor\'s naming rule and were not found in an official policy.',
      'PAI asks twice: besides this policy, the identity must be a member (a viewer will do) of every PAI workspace that it is to see.',
      'For --org the management account also needs resourcemanager:ListAccounts and sts:AssumeRole on the role, and each member account the role with this policy; the session is narrowed to reading whatever the role allows.',
      'ecs:DescribeRegions is asked only where neither --region nor the profile names a region.',
    ],
  };
}

/** Characters of a custom policy. https://www.alibabacloud.com/help/en/ram/product-overview/limits */
export const maxPolicyLength = 6144;

const tooLong = (parts: number): string =>
  `RAM takes at most ${maxPolicyLength} characters in one policy: make ${parts} policies (--part 1 … --part ${parts}) and attach them all.`;

function documentOf(actions: readonly string[]): JsonObject {
  return { Version: '1', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}

/** As many actions in each part as fit, written as they are printed. */
function partsOf(actions: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const action of actions) {
    const last = parts.at(-1) ?? [];
    const fits = JSON.stringify(documentOf([...last, action]), undefined, 2).length <= maxPolicyLength;
    if (fits) last.push(action);
    else parts.push([action]);
  }
  return parts;
}
