import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startAlibabaDouble } from './alibaba/double.ts';
import type { RecordedAnswer } from './answers.ts';
import { startAwsDouble } from './aws/double.ts';
import { startAzureDouble } from './azure/double.ts';
import { makeAuthority } from './certificates.ts';
import type { GenerateSecret } from './fill.ts';
import type { Loopback } from './loopback.ts';
import { startRegistryDouble } from './registry/double.ts';
import { demoImages } from './registry/images.ts';

/** Three clouds and a registry of images on loopback, and what a scan needs to reach them and nothing else. */
export interface Estate {
  /** Dummy credentials, and nothing of the real environment. */
  readonly env: { readonly [name: string]: string };
  /** As `--endpoint` takes them. */
  readonly endpoints: readonly string[];
  /** PEM text of the authority that was made for this run. */
  readonly ca: string;
  readonly regions: { readonly aws: readonly string[]; readonly alibaba: readonly string[] };
  /** Requests that no fixture answered: each is a hole in the estate. */
  readonly unanswered: () => readonly string[];
  close(): Promise<void>;
}

export interface EstateOptions {
  /** Folder with `<provider>/answers.json`. */
  readonly fixtures: string;
  readonly fill: GenerateSecret;
  readonly now: Date;
}

const awsAccount = '111122223333';
const alibabaAccount = '1234567890123456';

/** Starts the loopback estate: the clouds' own wire protocols, signatures and tokens checked, answers from the fixtures. */
export async function startEstate({ fixtures, fill, now }: EstateOptions): Promise<Estate> {
  const authority = await makeAuthority(now);
  const tls = await authority.issue(['127.0.0.1', 'localhost']);
  const keys = { aws: word(), alibaba: word(), azure: word() };
  const client = { tenant: randomUUID(), clientId: randomUUID(), clientSecret: keys.azure };
  const answers = (provider: string) => readAnswers(path.join(fixtures, provider, 'answers.json'));
  const clouds: readonly Loopback[] = await Promise.all([
    startAwsDouble({
      fill,
      answers: await answers('aws'),
      accounts: [{ account: awsAccount, accessKeyId: 'demo', secretAccessKey: keys.aws }],
    }),
    startAlibabaDouble({
      fill,
      answers: await answers('alibaba'),
      accounts: [{ account: alibabaAccount, accessKeyId: 'demo', accessKeySecret: keys.alibaba }],
    }),
    startAzureDouble({ fill, answers: await answers('azure'), clients: [client], tls }),
  ]);
  const registry = await startRegistryDouble({ repositories: await demoImages(fill) });
  const [aws, alibaba, azure] = clouds.map(({ origin }) => origin);
  return {
    env: {
      AWS_ACCESS_KEY_ID: 'demo',
      AWS_SECRET_ACCESS_KEY: keys.aws,
      AWS_EC2_METADATA_DISABLED: 'true',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'demo',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: keys.alibaba,
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
      AZURE_TENANT_ID: client.tenant,
      AZURE_CLIENT_ID: client.clientId,
      AZURE_CLIENT_SECRET: client.clientSecret,
    },
    endpoints: [`aws=${aws}`, `alibaba=${alibaba}/{region}/{service}`, `azure=${azure}`, `registry=${registry.origin}`],
    ca: authority.caPem,
    regions: { aws: ['us-east-1', 'eu-west-1'], alibaba: ['cn-hangzhou', 'cn-wulanchabu', 'ap-southeast-1'] },
    unanswered: () =>
      clouds.flatMap((cloud) =>
        cloud.unanswered.map(({ operation, region, params }) => `${operation} ${region ?? ''} ${JSON.stringify(params)}`),
      ),
    close: async () => {
      await Promise.all([...clouds, registry].map((server) => server.close()));
    },
  };
}

/** Not a key, only something that nobody else has. */
function word(): string {
  return randomBytes(18).toString('base64url');
}

async function readAnswers(file: string): Promise<readonly RecordedAnswer[]> {
  return JSON.parse(await readFile(file, 'utf8')) as readonly RecordedAnswer[]; // our own file; the suite holds it against the vendors' models
}
