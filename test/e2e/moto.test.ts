import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BedrockAgentClient, CreateAgentCommand } from '@aws-sdk/client-bedrock-agent';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateNotebookInstanceCommand, CreateNotebookInstanceLifecycleConfigCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Inventory } from '../../src/model/inventory.ts';
import { parsePolicy } from '../../src/model/policy-document.ts';
import { readAws, testEnvironment } from '../support/read-aws.ts';

// A folder with bin/moto_server in it: python3 -m venv V && V/bin/pip install 'moto[server]'
const moto = process.env['AISPM_TEST_MOTO'];
const program = join(moto ?? '', 'bin/moto_server');
const isThere = moto !== undefined && existsSync(program);
const account = '123456789012';
const region = 'us-east-1';

/** moto is an AWS that somebody else wrote: what is read from it was not made to be read by us. */
describe.skipIf(!isThere)('moto (set AISPM_TEST_MOTO to a Python environment that has it)', () => {
  let server: ChildProcess;
  let origin: string;
  let inventory: Inventory;

  beforeAll(async () => {
    ({ server, origin } = await startMoto());
    await build(origin);
    inventory = await readAws({ origin, regions: [region] });
  }, 60_000);
  afterAll(() => void server?.kill());

  const facts = (id: string) => inventory.assets.find((asset) => asset.id === id)?.facts;

  test('the account is the one that its STS names', () => {
    expect(inventory.scopes.map(({ id }) => id)).toEqual([`aws/${account}/global`, `aws/${account}/${region}`]);
  });

  test('all notebooks are found, over as many pages as they take', () => {
    const notebooks = inventory.assets.filter(({ type }) => type === 'aws.sagemaker.notebook-instance');
    expect(notebooks.map(({ name }) => name).toSorted()).toEqual(notebookNames.toSorted());
    expect(facts(`arn:aws:sagemaker:${region}:${account}:notebook-instance/${notebookNames[0]}`)).toMatchObject({
      DirectInternetAccess: 'Disabled',
      RootAccess: 'Disabled',
      RoleArn: roleArn,
    });
  });

  test('the role behind them is read with its policies, and its documents can be understood', () => {
    const role = facts(roleArn)!;
    expect(role).toMatchObject({
      RoleName: 'notebooks',
      $attachedPolicies: [{ PolicyName: 'everything' }],
      $ai: ['trusts sagemaker.amazonaws.com'],
    });
    const managed = (role['$managedPolicies'] as readonly { readonly Document: string }[])[0]!;
    const inline = (role['$inlinePolicies'] as readonly { readonly PolicyDocument: string }[])[0]!;
    expect(parsePolicy(managed.Document)?.[0]?.actions).toEqual(['*']);
    expect(parsePolicy(inline.PolicyDocument)?.[0]?.actions).toEqual(['s3:GetObject']);
  });

  // What moto does not have or sends in another form than AWS: none of it may look like "nothing is there".
  test.each([
    ['bedrock:ListGuardrails', 'unavailable'],
    ['bedrock-agent:ListAgents', 'malformed'],
    ['sagemaker:ListNotebookInstanceLifecycleConfigs', 'unavailable'],
  ])('%s is a gap', (call, reason) => {
    expect(inventory.gaps.filter((gap) => gap.call === call)).toMatchObject([{ call, reason }]);
  });
});

const notebookNames = Array.from({ length: 130 }, (_, at) => `lab-${String(at).padStart(3, '0')}`);
const roleArn = `arn:aws:iam::${account}:role/notebooks`;
const document = (Action: string, more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', ...more }] });
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

async function startMoto(): Promise<{ readonly server: ChildProcess; readonly origin: string }> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 100; attempt++) {
    const isUp = await fetch(`${origin}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { server, origin };
    await sleep(200);
  }
  server.kill();
  throw new Error('moto did not start');
}

async function freePort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return port;
}

async function build(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: testEnvironment.AWS_ACCESS_KEY_ID, secretAccessKey: testEnvironment.AWS_SECRET_ACCESS_KEY };
  const common = { endpoint, region, credentials, maxAttempts: 1 };
  const iam = new IAMClient(common);
  await iam.send(new CreateRoleCommand({ RoleName: 'notebooks', AssumeRolePolicyDocument: trust }));
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'everything', PolicyDocument: document('*') }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'notebooks', PolicyArn: Policy?.Arn ?? '' }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'notebooks', PolicyName: 'data', PolicyDocument: document('s3:GetObject') }));

  const sagemaker = new SageMakerClient(common);
  const Content = Buffer.from('pip install --upgrade torch\n').toString('base64');
  await sagemaker.send(
    new CreateNotebookInstanceLifecycleConfigCommand({ NotebookInstanceLifecycleConfigName: 'setup', OnStart: [{ Content }] }),
  );
  for (const NotebookInstanceName of notebookNames)
    await sagemaker.send(
      new CreateNotebookInstanceCommand({
        NotebookInstanceName,
        InstanceType: 'ml.t3.medium',
        RoleArn: roleArn,
        DirectInternetAccess: 'Disabled',
        SubnetId: 'subnet-1',
        RootAccess: 'Disabled',
        LifecycleConfigName: 'setup',
      }),
    );

  // moto makes the agent and answers with times that this client refuses to read.
  const agent = new CreateAgentCommand({ agentName: 'desk', agentResourceRoleArn: roleArn, foundationModel: 'm' });
  await new BedrockAgentClient(common).send(agent).catch(() => undefined);
}
