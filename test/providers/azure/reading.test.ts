import type http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { afterEach, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import type { Fault } from '../../../src/demo/loopback.ts';
import { makeAuthority } from '../../../src/demo/certificates.ts';
import { createAgents } from '../../../src/http/agents.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { originGuard } from '../../../src/providers/azure/origin-guard.ts';
import { type AzureOnLoopback, connectTo, oneSubscription, operationOf, send, startAzure, subscription } from './on-loopback.ts';

const accountsList = 'Microsoft.CognitiveServices/accounts:list';
const workspacesList = 'Microsoft.MachineLearningServices/workspaces:list';
const deploymentsList = 'Microsoft.CognitiveServices/accounts/deployments:list';
const both = [accountsList, workspacesList];
const ofAccount = { resourceGroupName: 'rg', accountName: 'openai' };

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(answers: readonly RecordedAnswer[], fault?: Fault): Promise<AzureOnLoopback> {
  const cloud = await startAzure({
    answers: [oneSubscription, ...answers],
    faults: ({ operation }) => (operation === oneSubscription.operation ? undefined : fault),
  });
  closing.push(() => cloud.close());
  return cloud;
}

test('what the vendor sends is what is read, members that its client does not know included', async () => {
  const workspace = {
    id: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/W`,
    name: 'W',
    kind: 'Hub',
    properties: {
      managedNetwork: { isolationMode: 'AllowInternetOutbound' },
      systemDatastoresAuthMode: 'Identity',
      notYetKnown: [1, { a: null }],
    },
  };
  const connection = await connectTo(await start([{ operation: workspacesList, answer: { value: [workspace] } }]));
  // Nothing is added either: the client's own objects say v1LegacyMode false where the wire says nothing.
  expect(await send(connection, workspacesList)).toEqual({ answer: { value: [workspace] } });
});

test.each(both)('%s is read in the API version of the catalogue, page by page', async (operation) => {
  const link = `{origin}/subscriptions/${subscription}/providers/${operation.replace(':list', '')}?api-version=${String((await operationOf(operation))['apiVersion'])}&$skiptoken=2`;
  const cloud = await start([
    { operation, account: subscription, when: { $skiptoken: null }, answer: { value: [{ id: '1' }], nextLink: link } },
    { operation, account: subscription, when: { $skiptoken: '2' }, answer: { value: [{ id: '2' }] } },
  ]);
  const connection = await connectTo(cloud);
  const first = await send(connection, operation);
  const next = connection.transport.next(await operationOf(operation), {}, first.answer ?? {}, 1);
  expect(next).toEqual({ nextLink: expect.stringMatching(`^${cloud.origin}/`) });
  const second = await send(connection, operation, next);
  expect(second).toEqual({ answer: { value: [{ id: '2' }] } });
  expect(connection.transport.next(await operationOf(operation), next ?? {}, second.answer ?? {}, 2)).toBeUndefined();
});

test('a name of a resource group goes into the address encoded', async () => {
  const params = { resourceGroupName: 'rg (ä) & co', accountName: 'openai' };
  const cloud = await start([{ operation: deploymentsList, when: params, answer: { value: [] } }]);
  expect(await send(await connectTo(cloud), deploymentsList, params)).toEqual({ answer: { value: [] } });
  expect(cloud.unanswered).toEqual([]);
});

test('an id that names no parent makes no request', async () => {
  const cloud = await start([]);
  const connection = await connectTo(cloud);
  for (const accountName of ['', '.', '..'])
    expect(await send(connection, deploymentsList, { resourceGroupName: 'rg', accountName })).toEqual({
      refusal: expect.objectContaining({ kind: 'gap', reason: 'malformed' }),
    });
  expect(cloud.calls.map(({ operation }) => operation)).toEqual([oneSubscription.operation]);
});

test.each(both)('%s never follows a next page to another host, where the token would go along', async (operation) => {
  const elsewhere = await listen((_, response) => response.end('{"value":[]}'));
  const cloud = await start([]);
  const connection = await connectTo(cloud);
  for (const nextLink of [`${elsewhere.origin}/next`, cloud.origin.replace('//', '//user@'), 'page-2', 'http://127.0.0.1/']) {
    const { refusal } = await send(connection, operation, { nextLink });
    expect(refusal).toMatchObject({ kind: 'gap', reason: 'malformed', retryable: false });
  }
  expect(elsewhere.requests).toEqual([]);
});

test.each(both)('%s does not follow a redirect, wherever it leads', async (operation) => {
  const elsewhere = await listen((_, response) => response.end('{"value":[]}'));
  const places = [`${elsewhere.origin}/stolen`, '/another-call'];
  for (const location of places) {
    const gate = await listen((request, response) => {
      if (request.url?.startsWith('/subscriptions?') === true) return response.end(JSON.stringify(oneSubscription.answer));
      response.writeHead(307, { location });
      return response.end();
    });
    const cloud = await start([]);
    const connection = await connectTo(cloud, {
      endpoint: (service) => new URL(service === 'arm' ? gate.origin : cloud.origin),
      agents: createAgents({ env: {}, ca: [cloud.caPem, gate.caPem, elsewhere.caPem].join('\n') }),
    });
    const detail = `${operation} was answered with a redirect (307) to another place, which is not followed`;
    expect(await send(connection, operation)).toEqual(gap('malformed', { detail }));
    expect(gate.requests).toHaveLength(2);
  }
  expect(elsewhere.requests).toEqual([]);
});

test('the last policy before the wire sends nothing to another origin', async () => {
  const guard = originGuard('https://localhost');
  const sent: string[] = [];
  const response = { status: 200, headers: createHttpHeaders(), request: createPipelineRequest({ url: '' }) };
  const sending = (url: string) =>
    guard.sendRequest(createPipelineRequest({ url }), (request) => {
      sent.push(request.url);
      return Promise.resolve(response);
    });
  await sending('https://localhost/a');
  for (const url of ['https://localhost.example/a', 'http://localhost/a', 'https://localhost:8443/'])
    await expect((async () => sending(url))()).rejects.toMatchObject({ problem: { kind: 'malformed' } });
  expect(sent).toEqual(['https://localhost/a']);
});

const gap = (reason: string, more: object = {}) => ({ refusal: expect.objectContaining({ kind: 'gap', reason, ...more }) });

test.each(both)('%s: what goes wrong on the wire is a gap, never an empty list', async (operation) => {
  const answers = [{ operation, answer: { value: [{ id: '1' }] } }];
  const cases: readonly [Fault, object][] = [
    ['refused', gap('denied', { retryable: false, permission: operation.replace(':list', '/read') })],
    ['throttled', gap('throttled', { retryable: true, retryAfterMs: 1000 })],
    ['html502', gap('unavailable', { retryable: true })],
    ['empty', gap('malformed')],
    ['truncated', gap('malformed')],
    ['wrong-shape', gap('malformed')],
    ['reset', gap('unavailable', { retryable: true })],
    ['timeout', gap('unavailable', { retryable: true })],
    ['drip', gap('unavailable', { retryable: true })],
  ];
  for (const [fault, expected] of cases) {
    const slow = fault === 'timeout' || fault === 'drip';
    const connection = await connectTo(await start(answers, fault), slow ? { timeoutMs: 400 } : {});
    expect(await send(connection, operation), JSON.stringify(fault)).toEqual(expected);
  }
});

test.each(both)('%s: an answer that is no list is malformed, where the vendor sees no items', async (operation) => {
  for (const answer of [{}, { value: null }, { value: 'ok' }, { value: ['a'] }, { value: [], nextLink: 7 }]) {
    const connection = await connectTo(await start([{ operation, answer: answer as unknown as JsonObject }]));
    expect(await send(connection, operation), JSON.stringify(answer)).toEqual(gap('malformed'));
  }
});

const registered = "No registered resource provider found for location 'qatarcentral' and API version '2025-12-01' for type 'accounts'.";
const errors: readonly (readonly [status: number, code: string, message: string, expected: object])[] = [
  [401, 'InvalidAuthenticationToken', '', gap('denied', { signIn: true })],
  [401, 'ExpiredAuthenticationToken', '', gap('denied', { signIn: true })],
  [403, 'AuthorizationFailed', 'not allowed', gap('denied', { permission: 'Microsoft.CognitiveServices/accounts/deployments/read' })],
  [
    403,
    'LinkedAuthorizationFailed',
    "to perform action 'Microsoft.Network/x/read' on",
    gap('denied', { permission: 'Microsoft.Network/x/read' }),
  ],
  [404, 'SubscriptionNotFound', '', gap('denied', { signIn: true })],
  [404, 'ResourceNotFound', '', { refusal: { kind: 'gone' } }],
  [404, 'ResourceGroupNotFound', '', { refusal: { kind: 'gone' } }],
  [404, 'SomethingElse', '', gap('unavailable', { retryable: false })],
  [
    409,
    'MissingSubscriptionRegistration',
    '',
    { refusal: { kind: 'limit', reason: 'not-activated', subject: 'Microsoft.CognitiveServices' } },
  ],
  [409, 'SubscriptionNotRegistered', '', { refusal: { kind: 'limit', reason: 'not-activated', subject: 'Microsoft.CognitiveServices' } }],
  [
    400,
    'NoRegisteredProviderFound',
    `${registered} The supported api-versions are '2025-12-01'. The supported locations are 'west us, westeurope'.`,
    { refusal: { kind: 'limit', reason: 'not-in-region', subject: 'Microsoft.CognitiveServices/accounts/deployments' } },
  ],
  [
    400,
    'NoRegisteredProviderFound',
    `${registered} The supported api-versions are '2020-01-01'. The supported locations are 'Qatar Central'.`,
    gap('unsupported'),
  ],
  [400, 'InvalidApiVersionParameter', '', gap('unsupported')],
  [429, 'TooManyRequests', '', gap('throttled', { retryable: true })],
  [503, 'ServerTimeout', '', gap('unavailable', { retryable: true })],
  [500, '<script>', 'x', gap('unavailable', { detail: `${deploymentsList} failed (status 500)` })],
];

test.each(errors)('%i %s is classified', async (status, code, message, expected) => {
  const cloud = await start([{ operation: deploymentsList, error: { status, code, message } }]);
  expect(await send(await connectTo(cloud), deploymentsList, ofAccount)).toEqual(expected);
});

test('an interrupted call says so at once', async () => {
  const connection = await connectTo(await start([], 'timeout'));
  for (const operation of both) {
    const controller = new AbortController();
    const started = Date.now();
    setTimeout(() => controller.abort(), 50);
    expect(await send(connection, operation, {}, controller.signal)).toEqual(gap('interrupted'));
    expect(await send(connection, operation, {}, controller.signal)).toEqual(gap('interrupted'));
    // The deadline of an attempt is 5 s here.
    expect(Date.now() - started).toBeLessThan(2500);
  }
});

test('a chosen region keeps what is there, in whatever form Azure writes its name', async () => {
  const value: readonly JsonObject[] = [
    { id: '1', location: 'westeurope' },
    { id: '2', location: 'West Europe' },
    { id: '3', location: 'eastus' },
    { id: '4' },
  ];
  const cloud = await start([{ operation: accountsList, answer: { value } }]);
  const connection = await connectTo(cloud, { selection: { regions: ['West Europe', 'eu-west-1'] } });
  expect(await send(connection, accountsList)).toEqual({ answer: { value: [0, 1, 3].map((at) => value[at]) } });
});

test('regions of other clouds select nothing in Azure, unless Azure was named', async () => {
  const cloud = await start([]);
  const regions = ['eu-west-1'];
  expect((await connectTo(cloud, { selection: { regions, named: false } })).targets).toEqual([]);
  await expect(connectTo(cloud, { selection: { regions, named: true } })).rejects.toThrow('"eu-west-1" is no location of Azure');
});

test('one token serves the whole run, and the debug lines hold no secret', async () => {
  const lines: string[] = [];
  const cloud = await start([
    { operation: accountsList, answer: { value: [] } },
    { operation: workspacesList, answer: { value: [] } },
  ]);
  const connection = await connectTo(cloud, { debug: (line) => lines.push(line) });
  for (const operation of [...both, ...both]) await send(connection, operation);
  expect(lines).toHaveLength(4);
  for (const line of lines)
    expect(line).toMatch(/^GET 127\.0\.0\.1:\d+ \/subscriptions\/\{subscriptionId\}\/providers\/[\w./]+ 200 \d+ ms$/);
});

interface Listener {
  readonly origin: string;
  readonly caPem: string;
  readonly requests: readonly string[];
}

async function listen(answer: (request: http.IncomingMessage, response: http.ServerResponse) => unknown): Promise<Listener> {
  const authority = await makeAuthority(new Date());
  const requests: string[] = [];
  const server = https.createServer(await authority.issue(['127.0.0.1']), (request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // a string only for pipes
  return { origin: `https://127.0.0.1:${port}`, caPem: authority.caPem, requests };
}
