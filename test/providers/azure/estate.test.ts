import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import azure from '../../../src/providers/azure/provider.ts';
import { replay } from '../../support/collector-cases.ts';
import { checksOf, judge } from '../../support/judge-inventory.ts';

const answers = JSON.parse(
  readFileSync(new URL('../../../fixtures/demo/azure/answers.json', import.meta.url), 'utf8'),
) as readonly RecordedAnswer[];

const production = 'azure/11111111-0000-4000-8000-000000000001/global';
const sandbox = 'azure/11111111-0000-4000-8000-000000000002/global';

test('the estate of the demo tells its story: what is open, what could not be seen, what is not there', async () => {
  const { inventory, unanswered } = await replay({ provider: azure, collectors: azure.collectors }, answers);
  expect(unanswered).toEqual([]);
  const { report } = await judge(inventory, await checksOf(azure.collectors));

  const failing = report.findings.map(({ assetName, rule, severity }) => `${severity} ${assetName} ${rule.replace('azure.', '')}`);
  expect(failing.sort()).toEqual(
    [
      'high agents-foundry cognitiveservices.account-disable-local-auth',
      'high agents-hub machinelearning.workspace-managed-network-isolation-mode-disabled',
      'high agents-hub machinelearning.workspace-public-network-access',
      'high helpdesk-openai cognitiveservices.account-disable-local-auth',
      'high helpdesk-openai cognitiveservices.account-public-network-access',
      'high notebooks machinelearning.workspace-managed-network-isolation-mode-disabled',
      'high notebooks machinelearning.workspace-public-network-access',
      'high research-lab machinelearning.workspace-public-network-access',
      'medium agents-foundry cognitiveservices.account-private-endpoint-connections',
      'medium agents-hub machinelearning.workspace-private-endpoint-connection',
      'medium helpdesk-chat cognitiveservices.deployment-rai-policy-name',
      'medium helpdesk-openai cognitiveservices.account-private-endpoint-connections',
      'medium helpdesk-voice cognitiveservices.deployment-rai-policy-name',
      'medium notebooks machinelearning.workspace-private-endpoint-connection',
      'medium notebooks machinelearning.workspace-system-datastores-auth-mode',
      'medium research-lab machinelearning.workspace-managed-network-isolation-mode-internet-outbound',
      'medium research-lab machinelearning.workspace-private-endpoint-connection',
      'medium research-lab machinelearning.workspace-system-datastores-auth-mode',
    ].sort(),
  );

  expect(inventory.gaps.map(({ scope, call, reason, subject, permission }) => ({ scope, call, reason, subject, permission }))).toEqual([
    {
      scope: production,
      call: 'Microsoft.CognitiveServices/accounts/deployments:list',
      reason: 'denied',
      subject: 'rg-agents/agents-foundry',
      permission: 'Microsoft.CognitiveServices/accounts/deployments/read',
    },
  ]);
  expect(inventory.limits.map(({ scope, subject, reason }) => ({ scope, subject, reason }))).toEqual([
    { scope: sandbox, subject: 'Microsoft.CognitiveServices', reason: 'not-activated' },
  ]);

  // The refused list hides the deployments of that account alone, and the ledger says so.
  const row = report.ledger.find(
    ({ check, scope }) => check === 'azure.cognitiveservices.deployment-rai-policy-name' && scope === production,
  );
  expect(row).toMatchObject({ pass: 2, fail: 2, unknown: 0, gaps: [inventory.gaps[0]?.id] });
  expect(inventory.asked.filter(({ listingCut }) => listingCut).map(({ type, scope }) => [type, scope])).toEqual([
    ['azure.cognitiveservices.deployment', production],
  ]);
  // A delegation SAS is neither a key nor an identity: nobody has said which it counts as.
  expect(report.verdicts.filter(({ verdict }) => verdict.status === 'unknown').map(({ verdict }) => verdict)).toEqual([
    { status: 'unknown', because: [{ silent: 'properties.systemDatastoresAuthMode' }] },
  ]);
  expect(report.gate).toMatchObject({ exitCode: 3, complete: false });
});
