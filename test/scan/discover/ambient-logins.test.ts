import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import { type RegistryDoubleOptions, startRegistryDouble } from '../../../src/demo/registry/double.ts';
import type { ProviderName } from '../../../src/model/ids.ts';
import { inspect, keyOf, keysOf, repositoryWith } from '../../support/image-lab.ts';
import { newComputer } from '../../support/run-cli.ts';
import { awsAccount, type CloudOptions, startClouds } from '../../support/start-clouds.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Made up; Alibaba Cloud's hold colons. */
const password = `${randomBytes(12).toString('hex')}:${randomBytes(12).toString('hex')}`;
const image = { layers: [[['app/.env', `KEY=${keyOf('anthropic.api-key')}\n`]]] } as const;

const answers: { readonly [P in ProviderName]: readonly RecordedAnswer[] } = {
  aws: [
    {
      operation: 'ecr:GetAuthorizationToken',
      region: 'us-east-1',
      answer: {
        authorizationData: [
          {
            authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
            expiresAt: '2099-01-01T00:00:00Z',
            proxyEndpoint: `https://${awsAccount}.dkr.ecr.us-east-1.amazonaws.com`,
          },
        ],
      },
    },
  ],
  azure: [],
  alibaba: [
    {
      operation: 'cr-20181201:ListInstance',
      region: 'cn-hangzhou',
      answer: { IsSuccess: true, TotalCount: 1, PageNo: 1, PageSize: 30, Instances: [{ InstanceName: 'lab', InstanceId: 'cri-lab' }] },
    },
    {
      operation: 'cr-20181201:GetAuthorizationToken',
      when: { InstanceId: 'cri-lab' },
      answer: { IsSuccess: true, TempUsername: 'cr_temp_user', AuthorizationToken: password, ExpireTime: 4_070_908_800_000 },
    },
  ],
};

/** A registry of a cloud, at its own name; `inspect` with the credentials of all three clouds. */
async function registryOf(
  host: string,
  auth: NonNullable<RegistryDoubleOptions['auth']>,
  options: CloudOptions = { registryToken: password },
) {
  const double = await startRegistryDouble({ repositories: { 'team/app': await repositoryWith(image) }, auth });
  const clouds = await startClouds(await newComputer(), {
    answers: (provider, demo) => [...answers[provider], ...demo],
    ...options,
  });
  closing.push(
    () => double.close(),
    () => clouds.close(),
  );
  const { AISPM_ENDPOINT = '', AISPM_CA_FILE = '', ...env } = clouds.env;
  const endpoints = [...AISPM_ENDPOINT.split(','), `registry.${host}=${double.origin}`];
  const ca = await readFile(AISPM_CA_FILE, 'utf8');
  return {
    clouds,
    double,
    pull: async (more: { readonly [name: string]: string } = {}) =>
      (await inspect([`${host}/team/app`], { endpoints, ca, env: { ...env, ...more } })).inventory,
  };
}

const basic = (username: string) => ({ kind: 'basic', logins: [{ username, password }] }) as const;
const ecr = `${awsAccount}.dkr.ecr.us-east-1.amazonaws.com`;

describe('a registry of a cloud is signed in to with the credentials of the machine', () => {
  test.each([
    ['Amazon ECR', ecr, basic('AWS')],
    ['Amazon ECR of another account', '763104351884.dkr.ecr.us-east-1.amazonaws.com', basic('AWS')],
    [
      'Azure Container Registry',
      'lab.azurecr.io',
      { kind: 'bearer', logins: [{ username: 'nobody', password: 'none', identityToken: password }] } as const,
    ],
    ['Alibaba Cloud Container Registry', 'lab-registry.cn-hangzhou.cr.aliyuncs.com', basic('cr_temp_user')],
    ['the same by its name in a VPC', 'lab-registry-vpc.cn-hangzhou.cr.aliyuncs.com', basic('cr_temp_user')],
  ])('%s', async (_, host, auth) => {
    const { pull } = await registryOf(host, auth);
    const inventory = await pull();
    expect(inventory.gaps).toEqual([]);
    expect(keysOf(inventory)).toHaveLength(1);
    expect(JSON.stringify(inventory)).not.toContain(password);
  });

  test('and with the login of Docker where there is one', async () => {
    const { pull, clouds } = await registryOf(ecr, { kind: 'basic', logins: [{ username: 'me', password: 'mine' }] });
    const auths = { [ecr]: { username: 'me', password: 'mine' } };
    expect((await pull({ DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) })).gaps).toEqual([]);
    expect(clouds.calls()).toEqual([]);
  });
});

describe('a registry of a cloud that needs none of its credentials asks the cloud nothing', () => {
  test('Amazon ECR Public, by an anonymous token', async () => {
    const { pull, clouds, double } = await registryOf('public.ecr.aws', { kind: 'bearer', logins: [], anonymous: ['team/app'] });
    const inventory = await pull();
    expect([inventory.gaps, keysOf(inventory).length]).toEqual([[], 1]);
    expect(double.tokenRequests.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(clouds.calls()).toEqual([]);
  });

  test.each(['registry.cn-hangzhou.aliyuncs.com', 'crpi-0a1b2c3d.cn-hangzhou.personal.cr.aliyuncs.com'])(
    'the Personal Edition of Alibaba Cloud, by the login of docker: %s',
    async (host) => {
      const { pull, clouds } = await registryOf(host, { kind: 'bearer', logins: [{ username: 'me@1234', password: 'mine' }] });
      const auths = { [host]: { username: 'me@1234', password: 'mine' } };
      expect((await pull({ DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) })).gaps).toEqual([]);
      expect((await pull()).gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining(`docker login ${host}`) }]);
      expect(clouds.calls()).toEqual([]);
    },
  );
});

describe('a login that a cloud refuses is a gap that names what is missing', () => {
  test.each([
    [ecr, 'ecr:GetAuthorizationToken', /ecr:GetAuthorizationToken was refused.*grant ecr:GetAuthorizationToken/],
    [
      'lab-registry.cn-hangzhou.cr.aliyuncs.com',
      'cr-20181201:GetAuthorizationToken',
      /GetAuthorizationToken was refused.*grant cr:GetAuthorizationToken/,
    ],
  ])('%s', async (host, refused, says) => {
    const { pull } = await registryOf(host, basic('nobody'), {
      faults: ({ operation }) => (operation === refused ? 'refused' : undefined),
    });
    const { gaps } = await pull();
    expect(gaps).toMatchObject([{ call: 'image manifest', reason: 'denied', detail: expect.stringMatching(says) }]);
  });

  test('of Azure, where the role is missing', async () => {
    const { pull } = await registryOf('lab.azurecr.io', { kind: 'bearer', logins: [] }, {});
    const { gaps } = await pull();
    expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining('the caller needs the role AcrPull') }]);
  });

  test('and without any credentials, which ones', async () => {
    const { pull, clouds } = await registryOf(ecr, basic('AWS'));
    const { gaps } = await pull({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' });
    expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining('no AWS credentials') }]);
    expect(clouds.calls()).toEqual([]);
  });
});
