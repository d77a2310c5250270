import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Loopback } from '../../src/demo/loopback.ts';
import { createAgents } from '../../src/http/agents.ts';
import alibaba from '../../src/providers/alibaba/provider.ts';
import aws from '../../src/providers/aws/provider.ts';
import azure from '../../src/providers/azure/provider.ts';
import type { Connection, Provider, RegistryLogin } from '../../src/providers/provider.ts';
import { startTestAws, testAccount, testEnvironment } from '../support/read-aws.ts';
import { open } from './alibaba/connect.ts';
import { connectTo, startAzure } from './azure/on-loopback.ts';

type Ready = Extract<Connection, { readonly status: 'ready' }>;

let cloud: Loopback | undefined;
afterEach(() => cloud?.close());

const password = () => randomBytes(12).toString('hex');

function logIn(provider: Provider, host: string, connection: Ready): Promise<RegistryLogin> | undefined {
  return provider.registryLogin?.(host, { connection, timeoutMs: 3000, now: () => new Date(), signal: new AbortController().signal });
}

describe('Amazon ECR', () => {
  const host = (account: string, region = 'us-east-1') => `${account}.dkr.ecr.${region}.amazonaws.com`;

  async function connect(secret: string, fault?: 'refused'): Promise<Ready> {
    const authorizationToken = Buffer.from(`AWS:${secret}`).toString('base64');
    const proxyEndpoint = `https://${host(testAccount.account)}`;
    cloud = await startTestAws({
      answers: [
        {
          operation: 'ecr:GetAuthorizationToken',
          region: 'us-east-1',
          answer: { authorizationData: [{ authorizationToken, expiresAt: '2099-01-01T00:00:00Z', proxyEndpoint }] },
        },
      ],
      faults: ({ operation }) => (operation === 'ecr:GetAuthorizationToken' ? fault : undefined),
    });
    const origin = cloud.origin;
    const connection = await aws.connect({
      env: testEnvironment,
      selection: { profiles: [], accounts: [], subscriptions: [], regions: ['us-east-1'], org: false, named: true },
      endpoint: () => new URL(origin),
      agents: createAgents({ env: {} }),
      timeoutMs: 3000,
      signal: new AbortController().signal,
      now: () => new Date(),
      debug: () => {},
    });
    if (connection.status !== 'ready') throw new Error('not ready');
    return connection;
  }

  test("logs in to the account's own registry, and to those of the vendor's images", async () => {
    const secret = password();
    const connection = await connect(secret);
    for (const account of [testAccount.account, '763104351884']) {
      expect(await logIn(aws, host(account), connection)).toEqual({
        status: 'ready',
        credential: { kind: 'password', username: 'AWS', password: secret },
        endsAt: new Date('2099-01-01T00:00:00Z'),
      });
    }
  });

  test.each([
    'docker.io',
    'ghcr.io',
    `${host(testAccount.account)}.evil.example`,
    `evil.example`,
    host('1111'),
    host(testAccount.account, 'nowhere-1'),
    `${testAccount.account}.dkr.ecr.us-east-1.evil.example`,
    `${testAccount.account}.dkr.ecr.us-east-1.amazonaws.com.cn`,
  ])('asks AWS nothing for %s', async (name) => {
    const connection = await connect(password());
    const before = cloud?.calls.length;
    expect(await logIn(aws, name, connection)).toEqual({ status: 'not-mine' });
    expect(cloud?.calls.length).toBe(before);
  });

  test('a refusal is one', async () => {
    const login = await logIn(aws, host(testAccount.account), await connect(password(), 'refused'));
    expect(login).toMatchObject({ status: 'refused', reason: 'denied', detail: expect.stringContaining('ecr:GetAuthorizationToken') });
  });
});

describe('Azure Container Registry', () => {
  test("exchanges the caller's token for a refresh token", async () => {
    const registryToken = password();
    const double = await startAzure({ registryToken });
    cloud = double;
    const connection = await connectTo(double);
    const login = await logIn(azure, 'lab.azurecr.io', connection);
    expect(login).toMatchObject({ status: 'ready', credential: { kind: 'identity-token', token: registryToken } });
  });

  test.each(['docker.io', 'lab.azurecr.io.evil.example', 'evil.example', 'lab.azurecr.cn', 'azurecr.io', 'a.b.azurecr.io'])(
    'sends no token to %s',
    async (host) => {
      const double = await startAzure({ registryToken: password() });
      cloud = double;
      expect(await logIn(azure, host, await connectTo(double))).toEqual({ status: 'not-mine' });
    },
  );

  test('a refusal names what the caller lacks', async () => {
    const double = await startAzure({});
    cloud = double;
    expect(await logIn(azure, 'lab.azurecr.io', await connectTo(double))).toMatchObject({
      status: 'refused',
      reason: 'denied',
      detail: 'lab.azurecr.io did not accept the token of Entra ID (401): the caller needs the role AcrPull',
    });
  });
});

describe('Alibaba Cloud Container Registry', () => {
  const instances = (page: number, names: readonly string[]) => ({
    operation: 'cr-20181201:ListInstance',
    region: 'cn-hangzhou',
    when: { PageNo: page === 1 ? null : page },
    answer: {
      IsSuccess: true,
      TotalCount: 2,
      PageNo: page,
      PageSize: 1,
      Instances: names.map((name) => ({ InstanceName: name, InstanceId: `cri-${name}` })),
    },
  });

  async function connect(secret: string) {
    const opened = await open({
      answers: [
        instances(1, ['other']),
        instances(2, ['lab']),
        {
          operation: 'cr-20181201:GetAuthorizationToken',
          when: { InstanceId: 'cri-lab' },
          answer: { IsSuccess: true, TempUsername: 'cr_temp_user', AuthorizationToken: secret, ExpireTime: 4_070_908_800_000 },
        },
      ],
    });
    cloud = opened.double;
    return opened.connection;
  }

  test('finds the instance of that name on whatever page, and logs in to it', async () => {
    // These tokens hold colons.
    const secret = `${password()}:${password()}`;
    const connection = await connect(secret);
    for (const host of ['lab-registry.cn-hangzhou.cr.aliyuncs.com', 'lab-registry-vpc.cn-hangzhou.cr.aliyuncs.com']) {
      expect(await logIn(alibaba, host, connection)).toEqual({
        status: 'ready',
        credential: { kind: 'password', username: 'cr_temp_user', password: secret },
        endsAt: new Date(4_070_908_800_000),
      });
    }
  });

  test.each([
    'dsw-registry.cn-hangzhou.cr.aliyuncs.com',
    'registry.cn-hangzhou.aliyuncs.com',
    'lab-registry.cn-hangzhou.cr.aliyuncs.com.evil.example',
    'docker.io',
  ])('mints nothing for %s', async (host) => {
    expect(await logIn(alibaba, host, await connect(password()))).toEqual({ status: 'not-mine' });
    expect(cloud?.calls.some(({ operation }) => operation.endsWith('GetAuthorizationToken'))).toBe(false);
  });

  test('a refused list is a refusal, not "not mine"', async () => {
    const opened = await open({
      answers: [],
      faults: ({ operation }) => (operation === 'cr-20181201:ListInstance' ? 'refused' : undefined),
    });
    cloud = opened.double;
    const login = await logIn(alibaba, 'lab-registry.cn-hangzhou.cr.aliyuncs.com', opened.connection);
    expect(login).toMatchObject({ status: 'refused', reason: 'denied' });
  });
});
