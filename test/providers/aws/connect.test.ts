import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault, Loopback } from '../../../src/demo/loopback.ts';
import { createAgents } from '../../../src/http/agents.ts';
import { UsageError } from '../../../src/model/usage-error.ts';
import aws from '../../../src/providers/aws/provider.ts';
import type { Connection, ConnectOptions, Selection } from '../../../src/providers/provider.ts';
import { startTestAws, testAccount, testEnvironment } from '../../support/read-aws.ts';

const lab = { account: '444455556666', accessKeyId: 'lab-key', secretAccessKey: 'lab-secret' };
const old = { account: '777788889999', accessKeyId: 'old-key', secretAccessKey: 'old-secret', expired: true } as const;

const assumed = {
  operation: 'sts:AssumeRole',
  answer: {
    Credentials: {
      AccessKeyId: lab.accessKeyId,
      SecretAccessKey: lab.secretAccessKey,
      SessionToken: 'token',
      Expiration: '2099-01-01T00:00:00Z',
    },
  },
};

let cloud: Loopback;
let folder: string;
let fault: Fault | undefined;
beforeAll(async () => {
  cloud = await startTestAws({ accounts: [testAccount, lab, old], answers: [assumed], faults: () => fault });
  folder = await mkdtemp(join(tmpdir(), 'aispm-aws-'));
});
afterAll(() => cloud.close());

const nothingChosen: Selection = { profiles: [], accounts: [], subscriptions: [], regions: [], org: false, named: true };
const noFiles = { ...testEnvironment, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

interface Attempt {
  readonly env?: ConnectOptions['env'];
  readonly selection?: Partial<Selection>;
  readonly endpoint?: ConnectOptions['endpoint'];
}

function connect({ env = testEnvironment, selection = {}, endpoint }: Attempt): Promise<Connection> {
  return aws.connect({
    env,
    selection: { ...nothingChosen, ...selection },
    endpoint: endpoint ?? (() => new URL(cloud.origin)),
    agents: createAgents({ env: {} }),
    timeoutMs: 2000,
    signal: new AbortController().signal,
    now: () => new Date(),
    debug: () => {},
  });
}

/** What a person learns of a connection. */
function told(connection: Connection): unknown {
  if (connection.status !== 'ready') return connection;
  const { targets, problems, identities } = connection;
  return { targets: targets.map(({ account, partition, regions }) => ({ account, partition, regions })), problems, identities };
}

async function profileFiles(config: string, credentials = ''): Promise<ConnectOptions['env']> {
  const own = await mkdtemp(join(folder, 'profiles-'));
  await writeFile(join(own, 'config'), config);
  await writeFile(join(own, 'credentials'), credentials);
  return { ...noFiles, AWS_CONFIG_FILE: join(own, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(own, 'credentials') };
}

const keysOf = (profile: string, { accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string }) =>
  `[${profile}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;

describe('who signs in', () => {
  test('keys of the environment sign in to the account that they belong to', async () => {
    expect(told(await connect({ selection: { regions: ['eu-west-1'] } }))).toEqual({
      targets: [{ account: testAccount.account, partition: 'aws', regions: ['eu-west-1'] }],
      problems: [],
      identities: [{ account: testAccount.account, caller: `arn:aws:iam::${testAccount.account}:user/auditor` }],
    });
  });

  test('each named profile is an account, read in all regions of its partition and not in its default region alone', async () => {
    const env = await profileFiles(
      '[default]\nregion = us-west-2\n[profile lab]\nregion = cn-north-1\n',
      keysOf('default', testAccount) + keysOf('lab', lab),
    );
    const connection = await connect({ env, selection: { profiles: ['default', 'lab'] } });
    expect(told(connection)).toMatchObject({
      targets: [
        { account: testAccount.account, partition: 'aws', regions: expect.arrayContaining(['us-west-2', 'eu-central-1']) },
        { account: lab.account, partition: 'aws-cn', regions: ['cn-north-1', 'cn-northwest-1'] },
      ],
      problems: [],
    });
  });

  test('a profile that assumes a role does so at the same endpoint, and scans the account of the role', async () => {
    const env = await profileFiles(
      `[profile base]\nregion = us-east-1\n[profile audit]\nregion = us-east-1\nrole_arn = arn:aws:iam::${lab.account}:role/audit\nsource_profile = base\n`,
      keysOf('base', testAccount),
    );
    expect(told(await connect({ env, selection: { profiles: ['audit'] } }))).toMatchObject({
      targets: [{ account: lab.account }],
      problems: [],
    });
    expect(cloud.calls.filter(({ operation }) => operation === 'sts:AssumeRole')).toMatchObject([
      { account: testAccount.account, params: { RoleArn: `arn:aws:iam::${lab.account}:role/audit` } },
    ]);
  });

  test('two profiles of one account are one target', async () => {
    const env = await profileFiles('', keysOf('a', testAccount) + keysOf('b', testAccount));
    const connection = await connect({ env, selection: { profiles: ['a', 'b'], regions: ['us-west-2', 'eu-central-1'] } });
    expect(told(connection)).toMatchObject({ targets: [{ account: testAccount.account, regions: ['us-west-2', 'eu-central-1'] }] });
  });

  test('a profile whose credentials are refused is a problem beside the others', async () => {
    const env = await profileFiles('', keysOf('good', testAccount) + keysOf('old', old));
    const connection = await connect({ env, selection: { profiles: ['good', 'old'], regions: ['us-east-1'] } });
    expect(told(connection)).toMatchObject({
      targets: [{ account: testAccount.account }],
      problems: [{ account: 'old', reason: 'denied', detail: expect.stringContaining('profile "old": the credentials have expired') }],
    });
  });

  test('an account that no credentials lead to is a problem, and the others are left out', async () => {
    const connection = await connect({ selection: { accounts: ['000000000000'], regions: ['us-east-1'] } });
    expect(told(connection)).toMatchObject({
      targets: [],
      problems: [{ account: '000000000000', detail: expect.stringContaining('name the profile') }],
    });
  });
});

describe('who is turned away', () => {
  test('without keys, profiles or roles the provider is not configured', async () => {
    expect(told(await connect({ env: noFiles }))).toEqual({
      status: 'not-configured',
      detail: 'no AWS credentials: no keys in the environment, no profile, no role of this machine',
    });
  });

  test('settings without credentials do not make a profile', async () => {
    const env = await profileFiles('[default]\nregion = eu-west-1\n');
    expect(await connect({ env })).toMatchObject({ status: 'not-configured' });
  });

  test.each([
    [
      'unknown',
      { AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing' },
      'AWS does not accept the credentials (InvalidClientTokenId)',
    ],
    [
      'wrong',
      { AWS_ACCESS_KEY_ID: testAccount.accessKeyId, AWS_SECRET_ACCESS_KEY: 'wrong' },
      'does not accept the credentials (SignatureDoesNotMatch)',
    ],
    ['expired', { AWS_ACCESS_KEY_ID: old.accessKeyId, AWS_SECRET_ACCESS_KEY: old.secretAccessKey }, 'the credentials have expired'],
  ])('%s keys are refused with what to do', async (_, keys, sentence) => {
    const connection = await connect({ env: { ...noFiles, ...keys }, selection: { regions: ['us-east-1'] } });
    expect(connection).toMatchObject({ status: 'refused', detail: expect.stringContaining(sentence), problems: [{ reason: 'denied' }] });
    expect(JSON.stringify(connection)).not.toContain(keys.AWS_SECRET_ACCESS_KEY === 'wrong' ? '"wrong"' : keys.AWS_SECRET_ACCESS_KEY);
  });

  test('a profile whose source gives nothing is refused, not skipped', async () => {
    const env = await profileFiles('[profile broken]\ncredential_process = /nonexistent/program\n');
    const connection = await connect({ env, selection: { profiles: ['broken'], regions: ['us-east-1'] } });
    expect(connection).toMatchObject({ status: 'refused', problems: [{ account: 'broken', reason: 'denied' }] });
  });

  test('an AWS that nobody can reach is refused as unavailable', async () => {
    const connection = await connect({ endpoint: () => new URL('http://127.0.0.1:9'), selection: { regions: ['us-east-1'] } });
    expect(connection).toMatchObject({
      status: 'refused',
      problems: [{ reason: 'unavailable', detail: expect.stringContaining('the connection failed (ECONNREFUSED)') }],
    });
  });

  test("a proxy's error page at sign-in is unavailable after three attempts", async () => {
    fault = 'html502';
    try {
      const before = cloud.calls.length;
      const connection = await connect({ selection: { regions: ['us-east-1'] } });
      expect(connection).toMatchObject({ status: 'refused', problems: [{ reason: 'unavailable' }] });
      expect(cloud.calls.length - before).toBe(3);
    } finally {
      fault = undefined;
    }
  });
});

describe('what the user can mend', () => {
  const refusedWith = async (attempt: Attempt): Promise<string> => {
    const error: unknown = await connect(attempt).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  };

  test('a misspelt region names the one that was meant', async () => {
    expect(await refusedWith({ selection: { regions: ['eu-wset-1'] } })).toBe('no such AWS region "eu-wset-1"; did you mean "eu-west-1"?');
  });

  test('a misspelt profile names the one that was meant', async () => {
    const env = await profileFiles('', keysOf('production', testAccount));
    expect(await refusedWith({ env, selection: { profiles: ['prodution'] } })).toBe(
      'no such AWS profile "prodution"; did you mean "production"?',
    );
  });

  test('a malformed profile file is named with its line, and not with what stands in it', async () => {
    const env = await profileFiles('[default]\nregion = us-east-1\n', '[default]\naws_access_key_id: some-key\n');
    const message = await refusedWith({ env });
    expect(message).toMatch(/^the AWS profile file ".*credentials" is malformed in line 2: neither/);
    expect(message).not.toContain('some-key');
  });

  test('regions of two partitions cannot be one scan', async () => {
    expect(await refusedWith({ selection: { regions: ['us-east-1', 'cn-north-1'] } })).toBe(
      'regions of aws and aws-cn cannot be scanned with the same credentials',
    );
  });

  test('an organization cannot be fanned out over', async () => {
    expect(await refusedWith({ selection: { org: true } })).toBe('--org is not available for AWS');
  });
});

describe('which regions', () => {
  const regionsOf = async (attempt: Attempt): Promise<readonly string[]> => {
    const connection = await connect(attempt);
    return connection.status === 'ready' ? (connection.targets[0]?.regions ?? []) : [];
  };

  test('the region of the environment says the partition, and does not narrow the scan', async () => {
    expect(await regionsOf({ env: { ...testEnvironment, AWS_DEFAULT_REGION: 'eu-north-1' } })).toEqual(await regionsOf({}));
    expect(await regionsOf({ env: { ...testEnvironment, AWS_REGION: 'us-gov-west-1' } })).toEqual(['us-gov-east-1', 'us-gov-west-1']);
  });

  test('all regions of the public partition, where nobody names one', async () => {
    const regions = await regionsOf({});
    expect(regions).toContain('us-east-1');
    expect(regions.length).toBeGreaterThan(30);
    expect(regions.some((region) => region.startsWith('cn-') || region.includes('gov'))).toBe(false);
  });
});

test("AWS's own endpoint variables are honoured, the one of a service before the general one", async () => {
  const env = { ...testEnvironment, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ENDPOINT_URL_STS: cloud.origin };
  expect(await connect({ env, endpoint: () => undefined, selection: { regions: ['us-east-1'] } })).toMatchObject({ status: 'ready' });
  const ignored = { ...env, AWS_ENDPOINT_URL_STS: undefined };
  expect(await connect({ env: ignored, endpoint: () => undefined, selection: { regions: ['us-east-1'] } })).toMatchObject({
    status: 'refused',
  });
});
