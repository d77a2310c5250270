import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startAlibabaDouble } from '../../src/demo/alibaba/double.ts';
import type { RecordedAnswer, RecordedCall } from '../../src/demo/answers.ts';
import { startAwsDouble } from '../../src/demo/aws/double.ts';
import { startAzureDouble } from '../../src/demo/azure/double.ts';
import { makeAuthority } from '../../src/demo/certificates.ts';
import type { DoubleOptions, Fault, Loopback } from '../../src/demo/loopback.ts';
import type { ProviderName } from '../../src/model/ids.ts';
import { exampleSecrets } from '../../src/scan/example-secrets.ts';
import { type Computer, repository } from './run-cli.ts';

export interface CloudOptions {
  /** What the clouds hold; the demo's estate if left out. */
  readonly answers?: (provider: ProviderName, demo: readonly RecordedAnswer[]) => readonly RecordedAnswer[];
  readonly faults?: (call: RecordedCall) => Fault | undefined;
  readonly latencyMs?: number;
  /** The keys of these clouds have ended. */
  readonly expired?: readonly ProviderName[];
  readonly fill?: DoubleOptions['fill'];
  /** What Azure Container Registry gives for a token of Entra ID. */
  readonly registryToken?: string;
}

/** Three clouds on loopback, and what a command needs to reach them and nothing else. */
export interface Clouds {
  readonly env: { readonly [name: string]: string };
  /** Words of a command that reads everything: `aws azure alibaba --region aws=us-east-1 …`. */
  readonly all: readonly string[];
  readonly aws: readonly string[];
  readonly azure: readonly string[];
  readonly alibaba: readonly string[];
  readonly calls: () => readonly RecordedCall[];
  readonly unanswered: () => readonly RecordedCall[];
  /** Signing secrets that the program was given. */
  readonly keys: readonly string[];
  close(): Promise<void>;
}

export const awsAccount = '111122223333';
export const alibabaAccount = '1234567890123456';

/** Starts the clouds on loopback; the test's authority is written into the home of `computer`. */
export async function startClouds(computer: Computer, options: CloudOptions = {}): Promise<Clouds> {
  const authority = await makeAuthority(new Date());
  const tls = await authority.issue(['127.0.0.1', 'localhost']);
  const caFile = await computer.write(path.join(computer.home, 'ca.pem'), authority.caPem);
  const key = () => randomBytes(18).toString('base64url');
  const keys = { aws: key(), alibaba: key(), azure: key() };
  const client = { tenant: randomUUID(), clientId: randomUUID(), clientSecret: keys.azure };
  const fill = options.fill ?? (await exampleSecrets());
  const double = async (provider: ProviderName): Promise<DoubleOptions> => {
    const demo = JSON.parse(await readFile(path.join(repository, 'fixtures/demo', provider, 'answers.json'), 'utf8')) as RecordedAnswer[];
    return {
      fill,
      answers: options.answers?.(provider, demo) ?? demo,
      ...(options.faults !== undefined && { faults: options.faults }),
      ...(options.latencyMs !== undefined && { latencyMs: options.latencyMs }),
    };
  };
  const ended = (provider: ProviderName) => (options.expired?.includes(provider) === true ? { expired: true as const } : {});
  const servers: readonly Loopback[] = await Promise.all([
    startAwsDouble({
      ...(await double('aws')),
      accounts: [{ account: awsAccount, accessKeyId: 'test', secretAccessKey: keys.aws, ...ended('aws') }],
    }),
    startAlibabaDouble({
      ...(await double('alibaba')),
      accounts: [{ account: alibabaAccount, accessKeyId: 'test', accessKeySecret: keys.alibaba, ...ended('alibaba') }],
    }),
    startAzureDouble({
      ...(await double('azure')),
      clients: [{ ...client, ...ended('azure') }],
      tls,
      ...(options.registryToken !== undefined && { registryToken: options.registryToken }),
    }),
  ]);
  const [aws, alibaba, azure] = servers.map(({ origin }) => origin);
  const regions = {
    aws: ['--region', 'aws=us-east-1', '--region', 'aws=eu-west-1'],
    alibaba: ['--region', 'alibaba=cn-hangzhou', '--region', 'alibaba=ap-southeast-1'],
  };
  return {
    env: {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: keys.aws,
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'test',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: keys.alibaba,
      AZURE_TENANT_ID: client.tenant,
      AZURE_CLIENT_ID: client.clientId,
      AZURE_CLIENT_SECRET: client.clientSecret,
      AISPM_ENDPOINT: `aws=${aws},alibaba=${alibaba}/{region}/{service},azure=${azure}`,
      AISPM_CA_FILE: caFile,
    },
    all: ['aws', 'azure', 'alibaba', ...regions.aws, ...regions.alibaba],
    aws: ['aws', ...regions.aws],
    azure: ['azure'],
    alibaba: ['alibaba', ...regions.alibaba],
    calls: () => servers.flatMap(({ calls }) => calls),
    unanswered: () => servers.flatMap(({ unanswered }) => unanswered),
    keys: Object.values(keys),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
