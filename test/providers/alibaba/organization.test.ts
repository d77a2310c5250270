import { afterEach, describe, expect, it } from 'vitest';
import { type DoubleAccount, startAlibabaDouble } from '../../../src/demo/alibaba/double.ts';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import type { Loopback } from '../../../src/demo/loopback.ts';
import { createAgents } from '../../../src/http/agents.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import { UsageError } from '../../../src/model/usage-error.ts';
import { loadOperations } from '../../../src/providers/alibaba/operations.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';
import type { Selection } from '../../../src/providers/provider.ts';
import { maxSessionPolicyLength, sessionPolicy } from '../../../src/providers/alibaba/session-policy.ts';
import { answerTypes } from '../../../src/providers/shapes.generated.ts';
import { discover } from '../../../src/scan/discover/discover.ts';
import { makePlan } from '../../../src/scan/plan.ts';
import { secretTools } from '../../support/secret-tools.ts';
import { attempt, connectOptions, environmentOf, everything, randomAccount, ready } from './connect.ts';

const manager = '1000000000000001';
const members = ['2000000000000002', '3000000000000003', '4000000000000004'] as const;
const own = randomAccount({ account: manager });
const lent = new Map<string, DoubleAccount>(members.map((id) => [id, randomAccount({ account: id, securityToken: `token of ${id}` })]));

const directory = (rows: readonly object[], nextToken?: string): RecordedAnswer => ({
  operation: 'resourcedirectorymaster-20220419:ListAccounts',
  region: 'mainland',
  when: nextToken === undefined ? { NextToken: 'two' } : { NextToken: null },
  answer: { Accounts: { Account: rows as never }, ...(nextToken !== undefined && { NextToken: nextToken }) },
});
const listed: readonly RecordedAnswer[] = [
  directory(
    [{ AccountId: manager }, { AccountId: members[0], Status: 'CreateSuccess' }, { AccountId: members[1], Status: 'InviteSuccess' }],
    'two',
  ),
  directory([
    { AccountId: members[2], Status: 'PromoteVerifying' },
    { AccountId: '5000000000000005', Status: 'CreateVerifying' },
    { AccountId: '6000000000000006', Status: 'CreateSuccess', DeletionStatus: 'Deleting' },
  ]),
];
const assumed = (id: string, role = 'ResourceDirectoryAccountAccessRole'): RecordedAnswer => {
  const keys = lent.get(id);
  return {
    operation: 'sts-20150401:AssumeRole',
    account: manager,
    when: { RoleArn: `acs:ram::${id}:role/${role}` },
    answer: {
      Credentials: {
        AccessKeyId: keys?.accessKeyId ?? '',
        AccessKeySecret: keys?.accessKeySecret ?? '',
        SecurityToken: keys?.securityToken ?? '',
        Expiration: '2099-01-01T00:00:00Z',
      },
    },
  };
};
const refusedRole: RecordedAnswer = {
  operation: 'sts-20150401:AssumeRole',
  when: { RoleArn: `acs:ram::${members[1]}:role/ResourceDirectoryAccountAccessRole` },
  error: { status: 403, code: 'NoPermission', message: 'You are not authorized to do this action.' },
};
const regions: RecordedAnswer = {
  operation: 'ecs-20140526:DescribeRegions',
  answer: { Regions: { Region: [{ RegionId: 'cn-beijing' }] } },
};
const groupsOf = (id: string): RecordedAnswer => ({
  operation: 'ecs-20140526:DescribeInstances',
  account: id,
  answer: { Instances: { Instance: [{ InstanceId: `i-${id.slice(0, 1)}`, InstanceType: 'ecs.g7.large' }] } },
});

const open: Loopback[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function directoryOf(answers: readonly RecordedAnswer[], expired: readonly string[] = []) {
  const accounts = [own, ...[...lent.values()].map((one) => (expired.includes(one.account) ? { ...one, expired: true as const } : one))];
  const double = await startAlibabaDouble({ accounts, answers });
  open.push(double);
  return double;
}

const selection = { ...everything, org: true };

async function scan(double: Loopback, more: Partial<Selection> = {}): Promise<Inventory> {
  const collectors = alibaba.collectors.filter(({ asset }) => asset === 'alibaba.ecs.instance');
  return discover(
    makePlan(collectors, { 'alibaba.ecs.instance': new Set(['InstanceId']) }),
    [alibaba],
    {
      env: environmentOf(own),
      now: () => new Date(),
      random: () => 0,
      signal: new AbortController().signal,
      progress: () => {},
      debug: () => {},
    },
    {
      tool: { name: 'aispm', version: '0.0.0' },
      connect: () => ({
        selection: { ...selection, ...more },
        endpoint: (service, region) => new URL(`${double.origin}/${region}/${service}`),
        agents: createAgents({ env: {} }),
      }),
      ...(await secretTools()),
      types: ({ name }) => answerTypes(name),
      timeoutMs: 10_000,
    },
  );
}

describe('an organization', () => {
  it('is read account by account: a role that cannot be assumed is a named gap, members that are not there are limits', async () => {
    const double = await directoryOf([
      ...listed,
      assumed(members[0]),
      refusedRole,
      assumed(members[2]),
      regions,
      ...[manager, ...members].map(groupsOf),
    ]);
    const { assets, gaps, limits, scopes } = await scan(double);
    expect(assets.map(({ id }) => id)).toEqual([
      `acs:ecs:cn-beijing:${manager}:instance/i-1`,
      `acs:ecs:cn-beijing:${members[0]}:instance/i-2`,
      `acs:ecs:cn-beijing:${members[2]}:instance/i-4`,
    ]);
    expect(gaps.map(({ scope, call, reason, detail }) => ({ scope, call, reason, detail }))).toEqual([
      {
        scope: `alibaba/${members[1]}/global`,
        call: 'sign-in',
        reason: 'denied',
        detail: expect.stringContaining(
          `the role ResourceDirectoryAccountAccessRole of account ${members[1]} could not be assumed: NoPermission`,
        ),
      },
    ]);
    expect(limits.map(({ scope, subject, reason }) => `${scope} ${subject} ${reason}`).sort()).toEqual([
      `alibaba/${manager}/global the member account 5000000000000005 (CreateVerifying) not-activated`,
      `alibaba/${manager}/global the member account 6000000000000006 (being deleted) not-activated`,
    ]);
    expect(scopes.map(({ id }) => id)).toContain(`alibaba/${members[1]}/global`);
    const sent = double.calls.filter(({ operation }) => operation === 'sts-20150401:AssumeRole').map(({ params }) => params['Policy']);
    expect(new Set(sent)).toEqual(new Set([sessionPolicy([...(await loadOperations()).values()])]));
  });

  it('is narrowed by --account, and entered with the role that was named', async () => {
    const double = await directoryOf([...listed, assumed(members[0], 'auditor'), regions, ...[manager, ...members].map(groupsOf)]);
    const { assets, gaps } = await scan(double, { accounts: [members[0]], orgRole: 'auditor' });
    expect(assets.map(({ id }) => id)).toEqual([`acs:ecs:cn-beijing:${members[0]}:instance/i-2`]);
    expect(gaps).toEqual([]);
  });

  it('whose members cannot be listed leaves the account itself, and a gap', async () => {
    const error = { status: 403, code: 'NoPermission', message: '' };
    const double = await directoryOf([{ operation: 'resourcedirectorymaster-20220419:ListAccounts', error }, regions, groupsOf(manager)]);
    const { assets, gaps } = await scan(double);
    expect(assets.map(({ id }) => id)).toEqual([`acs:ecs:cn-beijing:${manager}:instance/i-1`]);
    expect(gaps.map(({ scope, call, reason }) => [scope, call, reason])).toEqual([[`alibaba/${manager}/global`, 'sign-in', 'denied']]);
  });

  it('is looked for at the other site, where the account was opened at that one', async () => {
    const unknownKey = { status: 404, code: 'InvalidAccessKeyId.NotFound', message: '' };
    const double = await directoryOf([
      { operation: 'resourcedirectorymaster-20220419:ListAccounts', region: 'mainland', error: unknownKey },
      ...listed.map((answer) => ({ ...answer, region: 'international' })),
      ...members.map((id) => assumed(id)),
      regions,
      ...[manager, ...members].map(groupsOf),
    ]);
    const { assets, gaps } = await scan(double);
    expect([assets.length, gaps]).toEqual([4, []]);
  });

  it('that does not exist is a mistake that is said at once', async () => {
    const error = { status: 404, code: 'ResourceDirectoryNotInUse', message: '' };
    const double = await directoryOf([{ operation: 'resourcedirectorymaster-20220419:ListAccounts', error }]);
    const connecting = alibaba.connect(connectOptions(double, { env: environmentOf(own), selection }));
    await expect(connecting).rejects.toThrow(
      new UsageError(`the Alibaba Cloud account "${manager}" has no resource directory`, {
        hint: 'leave out --org, or use credentials of the management account',
      }),
    );
  });
});

describe('the session in a member account', () => {
  it('fits the limit of the vendor, reads only, and takes nothing that is a credential', async () => {
    const operations = [...(await loadOperations()).values()];
    const policy = sessionPolicy(operations);
    expect(policy.length).toBeLessThanOrEqual(maxSessionPolicyLength);
    const { Statement } = JSON.parse(policy) as { Statement: readonly { Effect: string; Action: readonly string[] }[] };
    const fits = (action: string, pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action);
    const allows = (action: string) =>
      Statement.some(({ Effect, Action }) => Effect === 'Allow' && Action.some((pattern) => fits(action, pattern))) &&
      !Statement.some(({ Effect, Action }) => Effect === 'Deny' && Action.some((pattern) => fits(action, pattern)));
    const read = operations.filter(({ use, ramAction }) => (use === 'allowed' || use === 'opt-in') && ramAction);
    expect(read.filter(({ ramAction }) => !allows(String(ramAction))).map(({ id }) => id)).toEqual([]);
    for (const action of [
      'kms:GetSecretValue',
      'modelstudio:GetApiKey',
      'eas:DescribeServiceSignedUrl',
      'ecs:RunInstances',
      'sts:AssumeRole',
      'oss:GetObject',
    ]) {
      expect(allows(action), action).toBe(false);
    }
  });

  it('whose keys end in the middle of a run is opened anew, once', async () => {
    const before = randomAccount({ account: members[0], securityToken: 'first', expired: true });
    const after = lent.get(members[0])!;
    let asked = 0;
    const { borrowedKeys } = await import('../../../src/providers/alibaba/assume-role.ts');
    const keys = borrowedKeys({
      what: 'the role',
      params: {},
      source: async () => own,
      now: () => new Date(),
      assume: async () => {
        const { accessKeyId, accessKeySecret, securityToken } = asked++ === 0 ? before : after;
        return {
          Credentials: {
            AccessKeyId: accessKeyId,
            AccessKeySecret: accessKeySecret,
            SecurityToken: securityToken!,
            Expiration: '2099-01-01T00:00:00Z',
          },
        };
      },
    });
    const double = await startAlibabaDouble({ accounts: [own, before, after], answers: [regions] });
    open.push(double);
    const connection = await ready(connectOptions(double, { env: environmentOf(own) }));
    const session = { keys, source: 'a member' };
    const target = { account: members[0], partition: 'alibaba', regions: [], session };
    const answers = await Promise.all([1, 2, 3].map(() => attempt({ ...connection, targets: [target] }, 'ecs-20140526:DescribeRegions')));
    expect(answers).toEqual([1, 2, 3].map(() => ({ answer: regions.answer })));
    expect(asked).toBe(2);
  });

  it('whose keys cannot be had anew ends as a gap that says so', async () => {
    const ended = randomAccount({ securityToken: 'fixed', expired: true });
    const double = await startAlibabaDouble({ accounts: [own, ended], answers: [regions] });
    open.push(double);
    const connection = await ready(connectOptions(double, { env: environmentOf(own) }));
    const target = { account: members[0], partition: 'alibaba', regions: [], session: { keys: async () => ended, source: 'a token' } };
    expect(await attempt({ ...connection, targets: [target] }, 'ecs-20140526:DescribeRegions')).toEqual({
      refusal: expect.objectContaining({ kind: 'gap', reason: 'denied', signIn: true, detail: expect.stringContaining('have expired') }),
    });
  });
});
