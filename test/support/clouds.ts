import { randomBytes } from 'node:crypto';
import { startAlibabaDouble } from '../../src/demo/alibaba/double.ts';
import type { DoubleOptions, Loopback } from '../../src/demo/loopback.ts';
import { startAwsDouble } from '../../src/demo/aws/double.ts';
import { startAzureDouble } from '../../src/demo/azure/double.ts';
import { makeAuthority } from '../../src/demo/certificates.ts';
import type { ProviderName } from '../../src/model/ids.ts';
import type { JsonObject } from '../../src/model/json.ts';

/** A cloud on loopback, and what a client needs to reach it. */
export interface LoopbackCloud {
  readonly server: Loopback;
  readonly env: { readonly [name: string]: string };
  readonly endpoint: (service: string, region: string) => URL;
  readonly ca?: string;
}

/** The one account of the collector fixtures, per provider, and the region that they are in. */
export const fixtureAccounts: { readonly [P in ProviderName]: { readonly account: string; readonly region: string } } = {
  aws: { account: '111122223333', region: 'us-east-1' },
  azure: { account: '00000000-0000-0000-0000-00000000000a', region: 'global' },
  alibaba: { account: '1234567890123456', region: 'cn-hangzhou' },
};

export function startCloud(provider: ProviderName, options: DoubleOptions): Promise<LoopbackCloud> {
  return starters[provider](options);
}

/** What signing in asks of the double besides the recorded answers. */
const signInAnswers: { readonly [P in ProviderName]: readonly { readonly operation: string; readonly answer: JsonObject }[] } = {
  aws: [],
  azure: [
    {
      operation: 'Microsoft.Resources/subscriptions:list',
      answer: { value: [{ subscriptionId: fixtureAccounts.azure.account, displayName: 'lab', state: 'Enabled' }] },
    },
  ],
  alibaba: [],
};

export const callsOfSigningIn: ReadonlySet<string> = new Set([
  'sts:GetCallerIdentity',
  'sts-20150401:GetCallerIdentity',
  'Microsoft.Resources/subscriptions:list',
]);

const starters: { readonly [P in ProviderName]: (options: DoubleOptions) => Promise<LoopbackCloud> } = {
  async aws(options) {
    // Made at random: no key-like text stands in a file.
    const keys = { accessKeyId: `test${randomBytes(8).toString('hex')}`, secretAccessKey: randomBytes(20).toString('hex') };
    const server = await startAwsDouble({ ...options, accounts: [{ account: fixtureAccounts.aws.account, ...keys }] });
    const env = {
      HOME: '/nonexistent',
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    return { server, env, endpoint: () => new URL(server.origin) };
  },
  async alibaba(options) {
    const keys = { accessKeyId: `test${randomBytes(8).toString('hex')}`, accessKeySecret: randomBytes(20).toString('hex') };
    const server = await startAlibabaDouble({ ...options, accounts: [{ account: fixtureAccounts.alibaba.account, ...keys }] });
    const env = {
      HOME: '/nonexistent',
      ALIBABA_CLOUD_ACCESS_KEY_ID: keys.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: keys.accessKeySecret,
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
    };
    return { server, env, endpoint: (service, region) => new URL(`${server.origin}/${region}/${service}`) };
  },
  async azure(options) {
    const authority = await makeAuthority(new Date());
    const tls = await authority.issue(['127.0.0.1', 'localhost']);
    const client = { tenant: '11111111-1111-1111-1111-111111111111', clientId: '22222222-2222-2222-2222-222222222222' };
    const clientSecret = randomBytes(20).toString('hex');
    const answers = [...options.answers, ...signInAnswers.azure];
    const server = await startAzureDouble({ ...options, answers, clients: [{ ...client, clientSecret }], tls });
    const env = {
      HOME: '/nonexistent',
      AZURE_TENANT_ID: client.tenant,
      AZURE_CLIENT_ID: client.clientId,
      AZURE_CLIENT_SECRET: clientSecret,
    };
    return { server, env, endpoint: () => new URL(server.origin), ca: authority.caPem };
  },
};
