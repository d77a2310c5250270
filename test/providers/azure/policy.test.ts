import { expect, test } from 'vitest';
import azure from '../../../src/providers/azure/provider.ts';

test('the role holds exactly the actions of the calls, each with the mark of its source', async () => {
  const all = await azure.operations();
  const declared = azure.collectors.flatMap(({ calls }) => Object.values(calls).map(({ operation }) => operation));
  const operations = [...new Set(declared)].flatMap((id) => all.get(id) ?? []);
  const { document, actions, notes } = azure.policy(operations);
  expect(document).toMatchObject({
    IsCustom: true,
    Actions: [
      'Microsoft.CognitiveServices/accounts/deployments/read',
      'Microsoft.CognitiveServices/accounts/raiPolicies/read',
      'Microsoft.CognitiveServices/accounts/read',
      'Microsoft.MachineLearningServices/workspaces/environments/read',
      'Microsoft.MachineLearningServices/workspaces/environments/versions/read',
      'Microsoft.MachineLearningServices/workspaces/read',
      'Microsoft.Resources/subscriptions/read',
    ],
    NotActions: [],
    AssignableScopes: ['/subscriptions/00000000-0000-0000-0000-000000000000'],
  });
  expect(actions[0]).toEqual({
    action: 'Microsoft.CognitiveServices/accounts/deployments/read',
    evidence: 'permissions-page',
    operations: ['Microsoft.CognitiveServices/accounts/deployments:list'],
  });
  expect(notes.join('\n')).toContain('AssignableScopes');
});

test('no action that returns keys gets into a role, even where its call is handed in', async () => {
  const operations = [...(await azure.operations()).values()].filter(({ use }) => use === 'forbidden');
  expect(operations.length).toBeGreaterThan(10);
  expect(azure.policy(operations).document['Actions']).toEqual(['Microsoft.Resources/subscriptions/read']);
});

test('no collector declares a call that is forbidden or that mints a credential', async () => {
  const all = await azure.operations();
  for (const { calls } of azure.collectors)
    for (const { operation } of Object.values(calls)) {
      expect(all.get(operation), operation).toMatchObject({ use: 'allowed', method: 'GET', mintsCredentials: false });
    }
});
