import { byCodeUnit } from '../../model/order.ts';
import type { Operation, PolicyDocument } from '../provider.ts';
import type { ArmOperation } from './arm-operation.ts';

const placeholder = '/subscriptions/00000000-0000-0000-0000-000000000000';

/** What finding the subscriptions needs, whatever is scanned. */
const signingIn = { action: 'Microsoft.Resources/subscriptions/read', evidence: 'built-in-role' };

/** A custom role of exactly the actions that these operations need: no wildcard, and nothing that returns keys. */
export function policy(operations: readonly Operation[]): PolicyDocument {
  const actions = actionsOf(operations);
  return {
    document: {
      Name: 'aispm scanner',
      IsCustom: true,
      Description: 'Reads what aispm checks. Holds no action that returns keys or changes anything.',
      Actions: actions.map(({ action }) => action),
      NotActions: [],
      DataActions: [],
      NotDataActions: [],
      AssignableScopes: [placeholder],
    },
    actions,
    notes: [
      `Replace ${placeholder} in AssignableScopes by the scopes where the role may be assigned: subscriptions, or one management group (/providers/Microsoft.Management/managementGroups/NAME).`,
      'Create it with: az role definition create --role-definition @role.json',
      'Assign it with: az role assignment create --role "aispm scanner" --assignee PRINCIPAL --scope SCOPE',
      'The built-in role Reader covers these actions too, and with them three reads that return secrets of Machine Learning workspaces.',
    ],
  };
}

function actionsOf(operations: readonly Operation[]): PolicyDocument['actions'] {
  const byAction = new Map<string, { evidence: string; operations: Set<Operation['id']> }>([
    [signingIn.action, { evidence: signingIn.evidence, operations: new Set() }],
  ]);
  for (const operation of operations as readonly ArmOperation[]) {
    const { armAction, armActionEvidence, use } = operation;
    if (armAction === undefined || use === 'forbidden') continue;
    const row = byAction.get(armAction) ?? { evidence: armActionEvidence ?? 'assumed-from-type', operations: new Set() };
    row.operations.add(operation.id);
    byAction.set(armAction, row);
  }
  return [...byAction]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([action, row]) => ({ action, evidence: row.evidence, operations: [...row.operations].sort(byCodeUnit) }));
}
