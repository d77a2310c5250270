import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeAuthority } from '../../../src/demo/certificates.ts';
import azure from '../../../src/providers/azure/provider.ts';
import {
  type AzureOnLoopback,
  clientId,
  connectOptions,
  connectTo,
  oneSubscription,
  servicePrincipal,
  startAzure,
  subscription,
  tenant,
} from './on-loopback.ts';

let cloud: AzureOnLoopback;
afterEach(() => cloud.close());

const caller = `service principal ${clientId} in tenant ${tenant}`;

test('a service principal signs in, and every visible subscription is a target', async () => {
  cloud = await startAzure({});
  const { targets, identities, problems } = await connectTo(cloud);
  expect(targets.map(({ account, partition, regions }) => ({ account, partition, regions }))).toEqual([
    { account: subscription, partition: 'AzureCloud', regions: [] },
  ]);
  expect(identities).toEqual([{ account: subscription, caller }]);
  expect(problems).toEqual([]);
});

test('without credentials Azure is not configured, and nothing is called', async () => {
  cloud = await startAzure({});
  const connection = await azure.connect(connectOptions(cloud, { env: { PATH: '' } }));
  expect(connection).toEqual({ status: 'not-configured', detail: expect.stringContaining('az login') });
  expect(cloud.calls).toEqual([]);
});

test('a secret without its tenant is named as what is missing', async () => {
  cloud = await startAzure({});
  const connection = await azure.connect(connectOptions(cloud, { env: { AZURE_CLIENT_SECRET: 'x', PATH: '' } }));
  expect(connection).toEqual({
    status: 'not-configured',
    detail: "a service principal's secret or certificate is set, but AZURE_TENANT_ID and AZURE_CLIENT_ID is not",
  });
});

test('an untrusted authority is a sentence about certificates', async () => {
  cloud = await startAzure({});
  const other = await makeAuthority(new Date());
  for (const ca of [undefined, other.caPem]) {
    const connection = await azure.connect(connectOptions(cloud, { ca }));
    const { host } = new URL(cloud.origin);
    const detail = expect.stringMatching(new RegExp(`^the certificate of ${host} is not trusted \\(.*--ca-file`));
    expect(connection).toEqual({
      status: 'refused',
      detail,
      problems: [{ account: tenant, reason: 'unavailable', detail }],
    });
  }
});

test.each([
  ['a wrong secret', { AZURE_CLIENT_SECRET: 'wrong' }, /the client secret is wrong.*AADSTS7000215/],
  ['an unknown application', { AZURE_CLIENT_ID: 'unknown' }, /the application is not known.*AADSTS700016/],
  ['a malformed tenant', { AZURE_TENANT_ID: 'not a tenant!' }, /AZURE_TENANT_ID is neither an id nor a domain name/],
  [
    'a certificate that is not there',
    { AZURE_CLIENT_SECRET: '', AZURE_CLIENT_CERTIFICATE_PATH: '/nowhere.pem' },
    /cannot be read \(ENOENT\)/,
  ],
  ['a federated token that is not there', { AZURE_CLIENT_SECRET: '', AZURE_FEDERATED_TOKEN_FILE: '/nowhere' }, /cannot be read \(ENOENT\)/],
  ['an unknown tenant', { AZURE_TENANT_ID: 'elsewhere' }, /the tenant does not exist.*AADSTS90002/],
])('%s is refused, with what to look at', async (_, env, detail) => {
  cloud = await startAzure({});
  const connection = await azure.connect(connectOptions(cloud, { env: { ...servicePrincipal, ...env } }));
  expect(connection).toMatchObject({ status: 'refused', detail: expect.stringMatching(detail) });
  expect(JSON.stringify(connection)).not.toContain('dummy-of-the-loopback-tenant');
});

test('an expired secret is refused as expired', async () => {
  const { AZURE_CLIENT_SECRET: clientSecret } = servicePrincipal;
  cloud = await startAzure({ clients: [{ tenant, clientId, clientSecret, expired: true }] });
  const connection = await azure.connect(connectOptions(cloud));
  expect(connection).toMatchObject({ status: 'refused', problems: [{ reason: 'denied' }] });
  expect(connection).toHaveProperty('detail', 'the client secret has expired: make a new one (AADSTS7000222)');
});

test('a named subscription that is not visible is a problem of that target, and the others are read', async () => {
  cloud = await startAzure({});
  const hidden = '00000000-0000-0000-0000-00000000000b';
  const { targets, problems } = await connectTo(cloud, { selection: { subscriptions: ['lab'], accounts: [hidden] } });
  expect(targets.map(({ account }) => account)).toEqual([subscription]);
  expect(problems).toEqual([{ account: hidden, reason: 'denied', detail: expect.stringContaining(`not visible to the ${caller}`) }]);
});

test('a subscription name that nobody has is a usage error that lists the visible ones', async () => {
  cloud = await startAzure({});
  const connecting = azure.connect(connectOptions(cloud, { selection: { subscriptions: ['labb'] } }));
  await expect(connecting).rejects.toMatchObject({
    name: 'UsageError',
    message: 'no subscription "labb" is visible',
    hint: `visible are ${subscription} (lab)`,
  });
});

test('a hostile subscription name cannot steer the terminal', async () => {
  const displayName = 'a\u001b[31mb\u202ec\nd';
  const value = [{ subscriptionId: subscription, displayName, state: 'Enabled' }];
  cloud = await startAzure({ answers: [{ operation: oneSubscription.operation, answer: { value } }] });
  const connecting = azure.connect(connectOptions(cloud, { selection: { subscriptions: ['other'] } }));
  await expect(connecting).rejects.toHaveProperty('hint', `visible are ${subscription} (a?[31mb?c?d)`);
});

test('an account that sees no subscription is told so', async () => {
  cloud = await startAzure({ answers: [{ operation: oneSubscription.operation, answer: { value: [] } }] });
  const { targets, problems } = await connectTo(cloud);
  expect(targets).toEqual([]);
  expect(problems).toEqual([{ account: tenant, reason: 'denied', detail: expect.stringContaining('no subscription is visible') }]);
});

test('subscriptions are listed over all pages, and deleted ones are left out', async () => {
  const of = (subscriptionId: string, state: string) => ({ subscriptionId, displayName: subscriptionId, state });
  const { operation } = oneSubscription;
  const link = '{origin}/subscriptions?api-version=2022-12-01&$skiptoken=2';
  cloud = await startAzure({
    answers: [
      { operation, when: { $skiptoken: null }, answer: { value: [of('A', 'Enabled'), of('b', 'Deleted')], nextLink: link } },
      { operation, when: { $skiptoken: '2' }, answer: { value: [of('c', 'Disabled')] } },
    ],
  });
  const { targets } = await connectTo(cloud);
  expect(targets.map(({ account }) => account)).toEqual(['a', 'c']);
});

test('a list of subscriptions that never ends is refused', async () => {
  cloud = await startAzure({ faults: () => 'endless-token' });
  const connection = await azure.connect(connectOptions(cloud));
  expect(connection).toMatchObject({ status: 'refused', problems: [{ reason: 'malformed' }] });
});

test('an authority that does not answer ends the sign-in at the deadline', async () => {
  cloud = await startAzure({ latencyMs: 60_000 });
  const connection = await azure.connect(connectOptions(cloud, { timeoutMs: 300 }));
  const { host } = new URL(cloud.origin);
  expect(connection).toMatchObject({ status: 'refused', detail: `${host} did not answer in time` });
});

test('an interrupted sign-in says so at once', async () => {
  cloud = await startAzure({ latencyMs: 60_000 });
  const connection = await azure.connect(connectOptions(cloud, { signal: AbortSignal.timeout(100) }));
  expect(connection).toMatchObject({ status: 'refused', problems: [{ reason: 'interrupted' }] });
});

test('an authority that nobody answers for is named with what to look at', async () => {
  cloud = await startAzure({});
  await cloud.close();
  const connection = await azure.connect(connectOptions(cloud));
  const { host } = new URL(cloud.origin);
  expect(connection).toMatchObject({
    status: 'refused',
    detail: `${host} could not be reached (ECONNREFUSED): look at the network, the proxy and --endpoint azure.login=…`,
  });
});

describe('with files and programs', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'aispm-azure-'))));
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test('a workload signs in with its federated token', async () => {
    const federatedToken = 'dummy-of-the-cluster';
    cloud = await startAzure({ clients: [{ tenant, clientId, clientSecret: 'unused', federatedToken }] });
    writeFileSync(join(folder, 'token'), federatedToken);
    const env = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: join(folder, 'token') };
    const { identities } = await connectTo(cloud, { env });
    expect(identities).toEqual([{ account: subscription, caller: `workload identity ${clientId} in tenant ${tenant}` }]);
  });

  test('an Azure CLI that nobody is signed in to is not configured', async () => {
    cloud = await startAzure({});
    fakeCli('echo "ERROR: Please run \'az login\' to setup account." >&2; exit 1');
    const connection = await azure.connect(connectOptions(cloud, { env: { PATH: folder } }));
    expect(connection).toEqual({
      status: 'not-configured',
      detail: 'the Azure CLI is installed and nobody is signed in: run az login',
    });
  });

  test('an Azure CLI whose sign-in has expired is refused', async () => {
    cloud = await startAzure({});
    fakeCli('echo "AADSTS700082: The refresh token has expired due to inactivity." >&2; exit 1');
    const connection = await azure.connect(connectOptions(cloud, { env: { PATH: folder } }));
    expect(connection).toMatchObject({
      status: 'refused',
      detail: 'the sign-in has expired: sign in again with az login (AADSTS700082)',
    });
  });

  test('the Azure CLI is asked once for the token of a whole run', async () => {
    cloud = await startAzure({});
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    const token = JSON.stringify({ accessToken: 'nobody-issued-this', expires_on: inAnHour, tokenType: 'Bearer' });
    fakeCli(`echo asked >> ${join(folder, 'log')}; echo '${token}'`);
    const connection = await azure.connect(connectOptions(cloud, { env: { PATH: folder } }));
    // The double did not issue it: that is said, and no other way to sign in is tried.
    expect(connection).toMatchObject({
      status: 'refused',
      detail: 'Azure does not accept the token (InvalidAuthenticationToken): sign in again',
    });
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('asked\n');
  });

  test('AZURE_TOKEN_CREDENTIALS chooses the way to sign in', async () => {
    cloud = await startAzure({});
    fakeCli('exit 1');
    const env = { ...servicePrincipal, PATH: folder, AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential' };
    expect(await azure.connect(connectOptions(cloud, { env }))).toMatchObject({ status: 'not-configured' });
    const unknown = azure.connect(connectOptions(cloud, { env: { ...env, AZURE_TOKEN_CREDENTIALS: 'Magic' } }));
    await expect(unknown).rejects.toThrow('names no way to sign in that is known here: "Magic"');
  });

  function fakeCli(script: string): void {
    writeFileSync(join(folder, 'az'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'az'), 0o755);
    // The vendor's credential runs the program with the environment of this process.
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
  }
});
