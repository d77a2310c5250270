import { readFile } from 'node:fs/promises';
import type { Inventory } from '../../src/model/inventory.ts';
import type { RecordedAnswer } from '../../src/demo/answers.ts';
import { type AwsDoubleOptions, startAwsDouble } from '../../src/demo/aws/double.ts';
import type { Loopback } from '../../src/demo/loopback.ts';
import { exampleSecrets } from '../../src/scan/example-secrets.ts';
import { read } from '../../src/scan/reading.ts';
import type { World } from '../../src/scan/world.ts';

/** Keys that every AWS double of the tests accepts; they open nothing. */
export const testAccount = { account: '111122223333', accessKeyId: 'test-key', secretAccessKey: 'test-secret' } as const;

export const testEnvironment = {
  AWS_ACCESS_KEY_ID: testAccount.accessKeyId,
  AWS_SECRET_ACCESS_KEY: testAccount.secretAccessKey,
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

export async function recordedAnswers(folder: string): Promise<readonly RecordedAnswer[]> {
  const text = await readFile(new URL(`../../fixtures/${folder}/answers.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as readonly RecordedAnswer[];
}

export async function startTestAws(options: Partial<AwsDoubleOptions>): Promise<Loopback> {
  return startAwsDouble({ accounts: [testAccount], answers: [], fill: await exampleSecrets(), ...options });
}

export interface ReadOptions {
  readonly origin: string;
  readonly regions?: readonly string[];
  readonly env?: World['env'];
  readonly ca?: string;
  readonly debug?: (line: string) => void;
}

/** Reads everything that the AWS provider can read, as `discover` does. */
export async function readAws({
  origin,
  regions = ['us-east-1'],
  env = testEnvironment,
  ca,
  debug = () => {},
}: ReadOptions): Promise<Inventory> {
  const world: World = {
    env: { ...env, SOURCE_DATE_EPOCH: '1800000000' },
    now: () => new Date(),
    random: () => 0,
    signal: new AbortController().signal,
    progress: () => {},
    debug,
  };
  const target = { provider: 'aws', profiles: [], accounts: [], subscriptions: [], regions, named: true } as const;
  const request = { endpoints: [`aws=${origin}`], timeoutMs: 5000, offline: false, allow: [], toolVersion: '0.0.0' };
  return read({ ...request, targets: [target], ...(ca !== undefined && { ca }) }, world);
}
