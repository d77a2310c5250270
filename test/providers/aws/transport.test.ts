import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority } from '../../../src/demo/certificates.ts';
import type { RecordedAnswer, RecordedCall } from '../../../src/demo/answers.ts';
import type { Fault, Loopback } from '../../../src/demo/loopback.ts';
import { createAgents } from '../../../src/http/agents.ts';
import { operationId } from '../../../src/model/ids.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { loadOperations } from '../../../src/providers/aws/operations.ts';
import aws from '../../../src/providers/aws/provider.ts';
import { openTransport } from '../../../src/providers/aws/transport.ts';
import type { Refusal, Target, Transport } from '../../../src/providers/provider.ts';
import { readAws, recordedAnswers, startTestAws, testAccount, testEnvironment } from '../../support/read-aws.ts';

const time = '2026-01-01T00:00:00Z';
const notebook = {
  NotebookInstanceName: 'lab',
  NotebookInstanceArn: 'arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/lab',
  CreationTime: time,
};
const answers: readonly RecordedAnswer[] = [
  { operation: 'sagemaker:ListNotebookInstances', answer: { NotebookInstances: [notebook] } },
  {
    operation: 'bedrock-agent:GetAgent',
    when: { agentId: 'A 1/b' },
    answer: { agent: { agentId: 'A 1/b', createdAt: time, idleSessionTTLInSeconds: 60 } },
  },
  {
    operation: 'iam:GetRole',
    answer: {
      Role: {
        Path: '/',
        RoleName: 'r',
        RoleId: 'i',
        Arn: 'a',
        CreateDate: time,
        AssumeRolePolicyDocument: { '$url-encoded-json': { Statement: [] } },
        Tags: [{ Key: 'k', Value: '<R&D> "1"' }],
      },
    },
  },
  { operation: 'iam:ListRolePolicies', answer: { PolicyNames: [], IsTruncated: false } },
];

let cloud: Loopback;
let faults: (call: RecordedCall) => Fault | undefined = () => undefined;
const lines: string[] = [];
let transport: Transport;
let target: Target;
beforeAll(async () => {
  cloud = await startTestAws({ answers, faults: (call) => faults(call) });
  const connection = await aws.connect({
    env: testEnvironment,
    selection: { profiles: [], accounts: [], subscriptions: [], regions: ['us-east-1'], org: false, named: true },
    endpoint: () => new URL(cloud.origin),
    agents: createAgents({ env: {} }),
    timeoutMs: 2000,
    signal: new AbortController().signal,
    now: () => new Date(),
    debug: (line) => void lines.push(line),
  });
  if (connection.status !== 'ready') throw new Error('the double refused to sign in');
  [target] = connection.targets as [Target];
  ({ transport } = connection);
});
afterAll(() => cloud.close());

async function call(id: string, params: JsonObject = {}, region = 'us-east-1'): Promise<JsonObject | Refusal> {
  const operation = (await loadOperations()).get(operationId(id))!;
  const signal = AbortSignal.timeout(2000);
  return transport
    .send({ operation, params, target, region, signal })
    .catch((error: unknown) => transport.refusal(error, operation, region));
}

test('dates of every protocol become ISO text, and nothing of the client stays in an answer', async () => {
  const iso = '2026-01-01T00:00:00.000Z';
  expect(await call('sagemaker:ListNotebookInstances')).toEqual({ NotebookInstances: [{ ...notebook, CreationTime: iso }] });
  expect(await call('bedrock-agent:GetAgent', { agentId: 'A 1/b' })).toEqual({
    agent: { agentId: 'A 1/b', createdAt: iso, idleSessionTTLInSeconds: 60 },
  });
  expect(await call('iam:GetRole', { RoleName: 'r' }, 'global')).toMatchObject({
    Role: { CreateDate: iso, AssumeRolePolicyDocument: '{"Statement":[]}', Tags: [{ Key: 'k', Value: '<R&D> "1"' }] },
  });
});

test('IAM is signed for the home region of the partition, SageMaker for its own', async () => {
  await call('iam:ListRolePolicies', { RoleName: 'r' }, 'global');
  await call('sagemaker:ListNotebookInstances', {}, 'eu-west-1');
  expect(cloud.calls.slice(-2)).toMatchObject([{ region: 'us-east-1' }, { region: 'eu-west-1' }]);
});

test('signing in happens in a region that no account can have turned off', async () => {
  const operation = (await loadOperations()).get(operationId('sts:GetCallerIdentity'))!;
  const regionFor = async (regions: readonly string[]): Promise<string | undefined> => {
    await transport.send({ operation, params: {}, target: { ...target, regions }, region: 'global', signal: AbortSignal.timeout(2000) });
    return cloud.calls.at(-1)?.region;
  };
  expect(await regionFor(['af-south-1', 'us-east-1'])).toBe('us-east-1');
  expect(await regionFor(['af-south-1', 'eu-west-1'])).toBe('eu-west-1');
  expect(await regionFor(['af-south-1'])).toBe('us-east-1');
});

test('--debug tells method, host, template and status, and no value', async () => {
  lines.length = 0;
  await call('bedrock-agent:GetAgent', { agentId: 'A 1/b' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^GET 127\.0\.0\.1 \/agents\/\{agentId\}\/ bedrock-agent:GetAgent 200 \d+ ms$/);
});

const gap = { kind: 'gap' } as const;
test.each<[Fault, string, Partial<Extract<Refusal, { kind: 'gap' }>>]>([
  [
    'refused',
    'sagemaker:ListNotebookInstances',
    { ...gap, reason: 'denied', permission: 'sagemaker:ListNotebookInstances', retryable: false },
  ],
  ['refused', 'bedrock-agent:GetAgent', { ...gap, reason: 'denied', permission: 'bedrock:GetAgent', retryable: false }],
  ['refused', 'iam:GetRole', { ...gap, reason: 'denied', permission: 'iam:GetRole', retryable: false }],
  ['throttled', 'sagemaker:ListNotebookInstances', { ...gap, reason: 'throttled', retryable: true }],
  ['throttled', 'iam:GetRole', { ...gap, reason: 'throttled', retryable: true }],
  ['html502', 'sagemaker:ListNotebookInstances', { ...gap, reason: 'unavailable', retryable: true }],
  ['html502', 'iam:GetRole', { ...gap, reason: 'unavailable', retryable: true }],
  ['reset', 'bedrock-agent:GetAgent', { ...gap, reason: 'unavailable', retryable: true }],
  ['truncated', 'bedrock-agent:GetAgent', { ...gap, reason: 'malformed', retryable: false }],
  ['truncated', 'iam:GetRole', { ...gap, reason: 'malformed', retryable: false }],
  ['empty', 'sagemaker:ListNotebookInstances', { ...gap, reason: 'malformed', retryable: false }],
  ['empty', 'iam:GetRole', { ...gap, reason: 'malformed', retryable: false }],
])('%s: %s is what it is, and no answer', async (fault, id, refusal) => {
  faults = ({ operation }) => (operation === id ? fault : undefined);
  try {
    expect(await call(id, { agentId: 'A 1/b', RoleName: 'r' })).toMatchObject(refusal);
  } finally {
    faults = () => undefined;
  }
});

test('a list of XML that holds text instead of members does not look empty', async () => {
  faults = () => 'wrong-shape';
  try {
    expect(await call('iam:ListRolePolicies', { RoleName: 'r' }, 'global')).toEqual({ PolicyNames: 'garbled', IsTruncated: false });
  } finally {
    faults = () => undefined;
  }
});

test('a service whose host does not exist is not in the region, but only while names are resolved at all', async () => {
  const operation = (await loadOperations()).get(operationId('bedrock-agent:ListAgents'))!;
  const missing = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  const refusalWith = async (resolve: () => Promise<unknown>): Promise<Refusal> => {
    const requestHandler = { handle: async () => Promise.reject(missing), metadata: { handlerProtocol: 'http/1.1' } } as never;
    const lonely = openTransport({ env: {}, endpoint: () => undefined, now: () => new Date(), debug: () => {}, requestHandler, resolve });
    const signal = AbortSignal.timeout(2000);
    return lonely
      .send({ operation, params: {}, target, region: 'us-east-1', signal })
      .then(() => Promise.reject(new Error('answered')))
      .catch((error: unknown) => lonely.refusal(error, operation, 'us-east-1'));
  };
  expect(await refusalWith(async () => ['203.0.113.1'])).toEqual({
    kind: 'limit',
    reason: 'not-in-region',
    subject: 'bedrock-agent in us-east-1',
  });
  expect(await refusalWith(() => Promise.reject(missing))).toMatchObject({ kind: 'gap', reason: 'unavailable', retryable: true });
});

test('paging goes on to the end, and a cut listing that names no next page asks for the same page again', async () => {
  const operations = await loadOperations();
  const agents = operations.get(operationId('bedrock-agent:ListAgents'))!;
  const policies = operations.get(operationId('iam:ListRolePolicies'))!;
  expect(transport.next(agents, { a: 1 }, { nextToken: 't' }, 0)).toEqual({ a: 1, nextToken: 't' });
  expect(transport.next(agents, {}, { agentSummaries: [] }, 0)).toBeUndefined();
  expect(transport.next(policies, { RoleName: 'r' }, { IsTruncated: true, Marker: 'm' }, 0)).toEqual({ RoleName: 'r', Marker: 'm' });
  expect(transport.next(policies, { RoleName: 'r' }, { IsTruncated: false, Marker: 'm' }, 0)).toBeUndefined();
  expect(transport.next(policies, { RoleName: 'r' }, { IsTruncated: true }, 0)).toEqual({ RoleName: 'r' });
  expect(transport.listPath(policies)).toBe('PolicyNames[]');
});

test('an AWS behind its own certificate authority is read with --ca-file, and is a gap without it', async () => {
  const authority = await makeAuthority(new Date());
  const secure = await startTestAws({ answers: await recordedAnswers('demo/aws'), tls: await authority.issue(['127.0.0.1']) });
  try {
    const trusted = await readAws({ origin: secure.origin, ca: authority.caPem });
    expect(trusted.assets.length).toBeGreaterThan(5);
    expect(trusted.gaps).toEqual([]);
    const untrusted = await readAws({ origin: secure.origin });
    expect(untrusted.assets).toEqual([]);
    expect(untrusted.gaps).toMatchObject([
      { call: 'sign-in', detail: expect.stringContaining('pass the authority that signed it with --ca-file') },
    ]);
  } finally {
    await secure.close();
  }
});

test('a connection in an offline run flies as the bug that it is', async () => {
  const offline = createAgents({ env: {}, offline: true });
  const connect = aws.connect({
    env: testEnvironment,
    selection: { profiles: [], accounts: [], subscriptions: [], regions: ['us-east-1'], org: false, named: true },
    endpoint: () => new URL(cloud.origin),
    agents: offline,
    timeoutMs: 2000,
    signal: new AbortController().signal,
    now: () => new Date(),
    debug: () => {},
  });
  await expect(connect).rejects.toThrow('was tried in an offline run');
});

test('the account of the keys stands in every call', () => {
  expect(new Set(cloud.calls.map(({ account }) => account))).toEqual(new Set([testAccount.account]));
});
