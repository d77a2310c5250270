import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DoubleAccount, startAlibabaDouble } from '../../../src/demo/alibaba/double.ts';
import type { Loopback } from '../../../src/demo/loopback.ts';
import { UsageError } from '../../../src/model/usage-error.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';
import type { ConnectOptions, Selection } from '../../../src/providers/provider.ts';
import { account, connectOptions, environmentOf, everything, randomAccount } from './connect.ts';

let home: string;
let keys: DoubleAccount;
let double: Loopback;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'aispm-alibaba-'));
  keys = randomAccount();
  double = await startAlibabaDouble({
    accounts: [keys],
    answers: [
      {
        operation: 'ecs-20140526:DescribeRegions',
        answer: { Regions: { Region: [{ RegionId: 'cn-beijing' }, { RegionId: 'eu-central-1' }] } },
      },
    ],
  });
});
afterEach(async () => {
  await double.close();
  await rm(home, { recursive: true });
});

async function writeHome(path: string, text: string): Promise<void> {
  await mkdir(join(home, path, '..'), { recursive: true });
  await writeFile(join(home, path), text);
}

const cliProfile = (name: string, more: object = {}) => ({
  name,
  mode: 'AK',
  access_key_id: keys.accessKeyId,
  access_key_secret: keys.accessKeySecret,
  ...more,
});

function connect(env: ConnectOptions['env'], selection: Partial<Selection> = {}) {
  return alibaba.connect(connectOptions(double, { env: { HOME: home, ...env }, selection: { ...everything, ...selection } }));
}

async function usageErrorOf(promise: Promise<unknown>): Promise<UsageError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UsageError)) throw new Error('no UsageError', { cause: error });
  return error;
}

const caller = `acs:ram::${account}:user/auditor`;

describe('signing in to Alibaba Cloud', () => {
  it('without credentials is not configured, and asks nobody', async () => {
    expect(await connect({})).toEqual({
      status: 'not-configured',
      detail: 'no Alibaba Cloud credentials: no keys in the environment and no profile of the aliyun CLI',
    });
    expect(double.calls).toEqual([]);
  });

  it('takes the keys of the environment, and discovers the regions', async () => {
    const connection = await connect(environmentOf(keys));
    expect(connection).toMatchObject({ status: 'ready', identities: [{ account, caller }], problems: [] });
    expect(connection.status === 'ready' && connection.targets.map((target) => [target.account, target.regions])).toEqual([
      [account, ['cn-beijing', 'eu-central-1']],
    ]);
  });

  it('takes a short-lived token along, and says when it has expired', async () => {
    const lent = randomAccount({ securityToken: 'lent' });
    const cloud = await startAlibabaDouble({ accounts: [lent, randomAccount({ ...keys, expired: true })], answers: [] });
    const options = (env: ConnectOptions['env']) => connectOptions(cloud, { env });
    expect(await alibaba.connect(options(environmentOf(lent)))).toMatchObject({ status: 'ready' });
    expect(await alibaba.connect(options(environmentOf(keys)))).toEqual({
      status: 'refused',
      detail: expect.stringContaining('the credentials have expired: sign in again (InvalidSecurityToken.Expired (HTTP 400))'),
      problems: [{ account: 'the environment', reason: 'denied', detail: expect.any(String) }],
    });
    await cloud.close();
  });

  it('says that a wrong secret was refused, and shows neither key', async () => {
    const connection = await connect(environmentOf({ ...keys, accessKeySecret: 'another' }));
    expect(connection).toMatchObject({ status: 'refused', detail: expect.stringContaining('SignatureDoesNotMatch') });
    expect(JSON.stringify(connection)).not.toContain(keys.accessKeyId);
  });

  it("takes the CLI's current profile, and reads beyond its default region", async () => {
    await writeHome('.aliyun/config.json', JSON.stringify({ current: 'cn', profiles: [cliProfile('cn', { region_id: 'cn-shanghai' })] }));
    const connection = await connect({});
    expect(connection.status === 'ready' && connection.targets[0]?.regions).toEqual(['cn-beijing', 'eu-central-1']);
  });

  it('takes the ini file of the SDKs where the CLI has none', async () => {
    await writeHome(
      '.alibabacloud/credentials',
      `[default]\ntype = access_key\naccess_key_id = ${keys.accessKeyId}\naccess_key_secret = ${keys.accessKeySecret}\n`,
    );
    expect(await connect({})).toMatchObject({ status: 'ready', identities: [{ account, caller }] });
  });

  it('takes the named profile before the environment', async () => {
    await writeHome('.aliyun/config.json', JSON.stringify({ current: '', profiles: [cliProfile('prod')] }));
    const wrong = environmentOf(randomAccount());
    expect(await connect({ ...wrong, HOME: home }, { profiles: ['prod'] })).toMatchObject({ status: 'ready' });
  });

  it('assumes the role of a profile, and the role behind that role', async () => {
    const [first, second] = ['first', 'second'].map((securityToken) => randomAccount({ securityToken }));
    if (first === undefined || second === undefined) throw new Error('no keys');
    const lent = ({ accessKeyId, accessKeySecret, securityToken = '' }: DoubleAccount) => ({
      Credentials: {
        AccessKeyId: accessKeyId,
        AccessKeySecret: accessKeySecret,
        SecurityToken: securityToken,
        Expiration: '2099-01-01T00:00:00Z',
      },
    });
    const cloud = await startAlibabaDouble({
      accounts: [keys, { ...first, account: '2222222222222222' }, { ...second, account: '3333333333333333' }],
      answers: [
        { operation: 'sts-20150401:AssumeRole', when: { RoleArn: 'acs:ram::2:role/a', RoleSessionName: 'audit' }, answer: lent(first) },
        { operation: 'sts-20150401:AssumeRole', account: '2222222222222222', when: { RoleArn: 'acs:ram::3:role/b' }, answer: lent(second) },
      ],
    });
    const profiles = [
      cliProfile('a', { mode: 'RamRoleArn', ram_role_arn: 'acs:ram::2:role/a', ram_session_name: 'audit' }),
      { name: 'b', mode: 'ChainableRamRoleArn', source_profile: 'a', ram_role_arn: 'acs:ram::3:role/b' },
      cliProfile('no', { mode: 'RamRoleArn', ram_role_arn: 'acs:ram::9:role/none' }),
    ];
    await writeHome('.aliyun/config.json', JSON.stringify({ current: 'a', profiles }));
    const sign = (profile: string) =>
      alibaba.connect(
        connectOptions(cloud, { env: { HOME: home }, selection: { ...everything, profiles: [profile], regions: ['cn-hangzhou'] } }),
      );
    expect(await sign('a')).toMatchObject({ status: 'ready', targets: [{ account: '2222222222222222' }] });
    expect(await sign('b')).toMatchObject({ status: 'ready', targets: [{ account: '3333333333333333' }] });
    expect(await sign('no')).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('the role of profile "no" could not be assumed: NoRecordedAnswer (HTTP 400)'),
    });
    await cloud.close();
  });

  it('suggests the profile that was meant', async () => {
    await writeHome('.aliyun/config.json', JSON.stringify({ current: '', profiles: [cliProfile('production')] }));
    const error = await usageErrorOf(connect({}, { profiles: ['prodction'] }));
    expect(error.message).toContain('no such Alibaba Cloud profile "prodction"');
    expect(error.hint).toBe('did you mean "production"?');
    expect(await connect({}, { profiles: ['of-another-cloud'], named: false })).toMatchObject({ status: 'not-configured' });
  });

  it.each([
    ['.aliyun/config.json', (secret: string) => `{"profiles":[{"name":"x","access_key_secret":"${secret}"`],
    ['.aliyun/config.json', (secret: string) => `{"profiles":"${secret}"}`],
    ['.alibabacloud/credentials', (secret: string) => `[default]\n${secret}\n`],
  ])('says that %s is malformed, and shows nothing of it', async (path, text) => {
    await writeHome(path, text(keys.accessKeySecret));
    const error = await usageErrorOf(connect({}));
    expect(error.message).toBe(`the Alibaba Cloud profile file "${join(home, path)}" is malformed`);
    expect(`${error.message} ${error.hint} ${error.stack} ${String(error.cause)}`).not.toContain(keys.accessKeySecret);
  });

  it.each(['External', 'OAuth'])('refuses a profile of mode %s, itself or behind another', async (mode) => {
    const profiles = [
      { name: 'tool', mode, process_command: 'touch /tmp/never' },
      { name: 'chain', mode: 'ChainableRamRoleArn', source_profile: 'tool', ram_role_arn: 'acs:ram::1:role/x' },
    ];
    await writeHome('.aliyun/config.json', JSON.stringify({ current: 'chain', profiles }));
    const error = await usageErrorOf(connect({}));
    expect(error.message).toContain(`the Alibaba Cloud profile "tool" is of mode ${mode}`);
  });

  it('asks no URL of the environment that is not on this machine', async () => {
    const error = await usageErrorOf(connect({ ALIBABA_CLOUD_CREDENTIALS_URI: 'http://203.0.113.1/keys' }));
    expect(error.message).toBe('ALIBABA_CLOUD_CREDENTIALS_URI does not name a loopback address, and is not asked');
  });

  it('suggests the region that was meant', async () => {
    const options = connectOptions(double, {
      env: environmentOf(keys),
      selection: { ...everything, regions: ['cn-hangzou'] },
      endpoint: () => undefined,
    });
    const error = await usageErrorOf(alibaba.connect(options));
    expect([error.message, error.hint]).toEqual(['no such Alibaba Cloud region "cn-hangzou"', 'did you mean "cn-hangzhou"?']);
  });

  it('names an account that no credentials lead to', async () => {
    const connection = await connect(environmentOf(keys), { accounts: [account, '9999999999999999'] });
    expect(connection).toMatchObject({
      status: 'ready',
      targets: [{ account }],
      problems: [{ account: '9999999999999999', reason: 'denied' }],
    });
  });

  it('asks all known regions where the list of regions is refused, and says so', async () => {
    const cloud = await startAlibabaDouble({
      accounts: [keys],
      answers: [],
      faults: ({ operation }) => (operation.startsWith('ecs') ? 'refused' : undefined),
    });
    const connection = await alibaba.connect(connectOptions(cloud, { env: environmentOf(keys), selection: everything }));
    expect(connection).toMatchObject({
      status: 'ready',
      targets: [{ regions: expect.arrayContaining(['cn-hangzhou', 'ap-southeast-1']) }],
      problems: [{ account, reason: 'denied', detail: expect.stringContaining('grant ecs:DescribeRegions') }],
    });
    await cloud.close();
  });
});
