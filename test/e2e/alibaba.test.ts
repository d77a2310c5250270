import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../src/demo/answers.ts';
import type { Report } from '../../src/model/report.ts';
import { type Computer, newComputer, runCli } from '../support/run-cli.ts';
import { alibabaAccount, type CloudOptions, type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let clouds: Clouds | undefined;
beforeEach(async () => {
  computer = await newComputer();
});
afterEach(async () => {
  await clouds?.close();
  clouds = undefined;
});

const lingjun = ['--check', 'alibaba.lingjun.node-public-ip', '--fail-on', 'none', '-f', 'json=report.json'];

async function scan(regions: readonly string[], options: CloudOptions = {}, more: readonly string[] = []) {
  clouds = await startClouds(computer, options);
  const words = regions.flatMap((region) => ['--region', region]);
  const { code, why, stderr } = await runCli(computer, ['scan', 'alibaba', ...words, ...lingjun, ...more], { env: clouds.env });
  const report = JSON.parse(await computer.read('report.json')) as Report;
  return { code, why, stderr, report };
}

/** These answers before those of the demo. */
const before =
  (...answers: readonly RecordedAnswer[]): NonNullable<CloudOptions['answers']> =>
  (provider, demo) =>
    provider === 'alibaba' ? [...answers, ...demo] : demo;

describe('a profile of the aliyun CLI that cannot be read', () => {
  const text = '{"current":"prod","profiles":[{"name":"prod","access_key_secret":"written by hand",]}';

  test.each([
    ['.aliyun/config.json', text],
    ['.alibabacloud/credentials', 'access_key_secret written by hand'],
  ])('%s is one sentence, exit 2, and none of its text', async (file, content) => {
    await computer.write(`${computer.home}/${file}`, content);
    const { code, stdout, stderr } = await runCli(computer, ['scan', 'alibaba', '--debug']);
    expect({ code, stdout, isShown: `${stdout}${stderr}`.includes('written by hand') }).toEqual({ code: 2, stdout: '', isShown: false });
    const [sentence = ''] = stderr.split('\n');
    expect(sentence).toBe(`error: the Alibaba Cloud profile file "${computer.home}/${file}" is malformed`);
  });
});

describe('what a scan of Alibaba Cloud could not see', () => {
  test('a refused product is a gap with the permission to grant, and the rest is read', async () => {
    const faults: CloudOptions['faults'] = ({ operation, region }) =>
      operation === 'eflo-controller-20221215:ListClusters' && region === 'cn-hangzhou' ? 'refused' : undefined;
    const { code, report } = await scan(['cn-hangzhou', 'cn-wulanchabu'], { faults });
    expect(code).toBe(3);
    expect(report.gaps.map(({ scope, call, reason, permission }) => [scope, call, reason, permission])).toEqual([
      [`alibaba/${alibabaAccount}/cn-hangzhou`, 'eflo-controller-20221215:ListClusters', 'denied', 'eflo:ListClusters'],
    ]);
    expect(report.findings.map(({ assetName }) => assetName)).toEqual(['pretrain-02']);
  });

  test('a product that throttles for a while is read all the same', async () => {
    const faults: CloudOptions['faults'] = ({ operation }) => (operation.startsWith('eflo-controller') ? { throttled: 1 } : undefined);
    const { code, report } = await scan(['cn-wulanchabu'], { faults });
    expect({ code, gaps: report.gaps, found: report.findings.map(({ assetName }) => assetName) }).toEqual({
      code: 0,
      gaps: [],
      found: ['pretrain-02'],
    });
  });

  test('a product that is not activated, and a region without it, are limits: the exit code stays', async () => {
    const { code, report } = await scan(['ap-southeast-1', 'us-west-1']);
    expect({ code, gaps: report.gaps }).toEqual({ code: 0, gaps: [] });
    expect(report.limits.map(({ subject, reason }) => `${subject}: ${reason}`).toSorted()).toEqual([
      'eflo-controller-20221215 in ap-southeast-1: not-activated',
      'eflo-controller-20221215 in us-west-1: not-in-region',
    ]);
  });

  test('a token that ends in the middle of a run is a gap that says so', async () => {
    const error = { status: 400, code: 'InvalidSecurityToken.Expired', message: 'Specified SecurityToken is expired.' };
    const answers = before({ operation: 'eflo-controller-20221215:ListClusterNodes', error });
    const { code, report } = await scan(['cn-wulanchabu'], { answers });
    expect(code).toBe(3);
    expect(report.gaps.map(({ call, reason }) => [call, reason])).toContainEqual(['eflo-controller-20221215:ListClusterNodes', 'denied']);
    expect(report.gaps.map(({ detail }) => detail).join('\n')).toMatch(/the credentials have expired: sign in again/);
  });

  test('a member account whose role cannot be assumed is a gap with its name, and the others are read', async () => {
    const member = '2000000000000002';
    const answers = before(
      {
        operation: 'resourcedirectorymaster-20220419:ListAccounts',
        answer: { Accounts: { Account: [{ AccountId: alibabaAccount }, { AccountId: member, Status: 'CreateSuccess' }] } },
      },
      { operation: 'sts-20150401:AssumeRole', error: { status: 403, code: 'NoPermission', message: 'not you' } },
    );
    const { code, report } = await scan(['cn-wulanchabu'], { answers }, ['--org', '--org-role', 'auditor']);
    expect(code).toBe(3);
    expect(report.gaps.map(({ scope, call, detail }) => [scope, call, detail])).toEqual([
      [
        `alibaba/${member}/global`,
        'sign-in',
        expect.stringContaining(`the role auditor of account ${member} could not be assumed: NoPermission (HTTP 403)`),
      ],
    ]);
    expect(report.findings.map(({ assetName }) => assetName)).toEqual(['pretrain-02']);
    expect(report.selection).toContain('alibaba: all accounts of the organization, as auditor');
  });

  test('--org-role without --org is a mistake that is said at once', async () => {
    const { code, stderr } = await runCli(computer, ['scan', 'alibaba', '--org-role', 'auditor']);
    expect({ code, sentence: stderr.split('\n')[0] }).toEqual({
      code: 2,
      sentence: 'error: --org-role "auditor" is for the accounts of an organization',
    });
  });
});
