import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordedCall } from '../../src/demo/answers.ts';
import type { Report } from '../../src/model/report.ts';
import { cleanCloud } from '../support/clean-cloud.ts';
import { type Computer, newComputer, runCli } from '../support/run-cli.ts';
import { type CloudOptions, type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let clouds: Clouds | undefined;
beforeEach(async () => {
  computer = await newComputer();
});
afterEach(async () => {
  await clouds?.close();
  clouds = undefined;
});

async function start(options: CloudOptions = {}): Promise<Clouds> {
  clouds = await startClouds(computer, options);
  return clouds;
}

const refuseAgents = ({ operation }: RecordedCall) => (operation === 'bedrock-agent:ListAgents' ? ('refused' as const) : undefined);

test('a scan that read everything and found nothing exits 0', async () => {
  const { env, aws } = await start({ answers: cleanCloud });
  const { code, why } = await runCli(computer, ['scan', ...aws, '-f', 'json=report.json'], { env });
  expect({ code, why }).toEqual({ code: 0, why: 'exit 0: no findings at or above high (gate: high)' });
  const { gate, assets } = JSON.parse(await computer.read('report.json')) as Report;
  expect(gate.complete).toBe(true);
  expect(assets.map(({ name }) => name)).toContain('claims-model');
});

test('an account without AI assets exits 0 and says so', async () => {
  const empty = (operation: string) => !/:(Describe|Get)/.test(operation) || operation === 'bedrock:GetModelInvocationLoggingConfiguration';
  const { env } = await start({
    answers: (provider, demo) => cleanCloud(provider, demo).filter(({ operation, region }) => empty(operation) && region !== 'us-east-1'),
  });
  const { code, why } = await runCli(computer, ['scan', 'aws', '--region', 'us-east-1', '--service', 'sagemaker'], { env });
  expect({ code, why }).toEqual({
    code: 0,
    why: 'exit 0: no findings at or above high (gate: high); no AI assets found in 1 account',
  });
});

test('findings at the gate exit 1, and what could not be seen is said beside it', async () => {
  const { env, all } = await start();
  const { code, why } = await runCli(computer, ['scan', ...all, '-f', 'json=report.json'], { env });
  expect(code).toBe(1);
  expect(why).toMatch(/^exit 1: \d+ findings at or above high \(gate: high\); incomplete: \d+ scopes not fully read$/);
});

test('one refused call exits 3, and no level of the gate makes a 0 of it', async () => {
  const { env, aws } = await start({ answers: cleanCloud, faults: refuseAgents });
  for (const level of ['high', 'none', 'any']) {
    const { code, why, stdout } = await runCli(computer, ['scan', ...aws, '--fail-on', level], { env });
    expect({ level, code }).toEqual({ level, code: 3 });
    expect(why).toMatch(/^exit 3: .*; incomplete: 2 scopes not fully read$/);
    expect(stdout).toContain('bedrock-agent:ListAgents');
  }
});

test('credentials that are refused for every target exit 4', async () => {
  const { env, all } = await start({ expired: ['aws', 'azure', 'alibaba'] });
  for (const words of [['aws'], ['azure'], ['alibaba'], all]) {
    const { code, why, stdout } = await runCli(computer, ['scan', ...words, '-f', 'json'], { env });
    expect({ words, code, why }).toEqual({ words, code: 4, why: 'exit 4: the credentials were refused for every target' });
    expect((JSON.parse(stdout) as Report).gaps.map(({ call }) => call)).toContain('sign-in');
  }
});

test('keys that the cloud does not know exit 4 as well', async () => {
  const { env } = await start();
  const strangers = { ...env, AWS_SECRET_ACCESS_KEY: 'other', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'other', AZURE_CLIENT_SECRET: 'other' };
  for (const provider of ['aws', 'azure', 'alibaba']) {
    const { code, why } = await runCli(computer, ['scan', provider], { env: strangers });
    expect({ provider, code, why }).toEqual({ provider, code: 4, why: 'exit 4: the credentials were refused for every target' });
  }
});

test('credentials that are refused for one cloud of several are a gap, not an end', async () => {
  const { env } = await start({ answers: cleanCloud, expired: ['alibaba'] });
  const { code, why } = await runCli(computer, ['scan', 'aws', 'alibaba', '--region', 'aws=us-east-1', '--region', 'alibaba=cn-hangzhou'], {
    env,
  });
  expect(code).toBe(3);
  expect(why).toContain('incomplete');
});

test('a named provider without credentials exits 5, and so does a bare scan without any', async () => {
  for (const words of [['aws'], ['azure'], ['alibaba'], []]) {
    const { code, why, stdout, stderr } = await runCli(computer, ['scan', ...words]);
    expect({ words, code }).toEqual({ words, code: 5 });
    expect(why).toMatch(/^exit 5: nothing to scan/);
    expect(stdout).toMatch(/was not scanned: (no|set) .*(credentials|az login)/);
    expect(stdout).not.toMatch(/assessed [1-9]/);
    expect(stderr).not.toMatch(/\n {4}at /);
  }
});

test('a selection without a check is nothing to scan', async () => {
  const { env } = await start({ answers: cleanCloud });
  const { code, why } = await runCli(computer, ['scan', 'aws', '--region', 'us-east-1', '--framework', 'cis-aws-7.0'], { env });
  expect(code).toBe(5);
  expect(why).toMatch(/^exit 5: nothing to scan/);
});

test('a bare scan takes the provider that has credentials, and lists the others without calling them gaps', async () => {
  const { env } = await start({ answers: cleanCloud });
  const onlyAws = {
    ...env,
    AWS_REGION: 'us-east-1',
    ALIBABA_CLOUD_ACCESS_KEY_ID: undefined,
    AZURE_TENANT_ID: undefined,
    AZURE_CLIENT_SECRET: undefined,
  };
  const { code, stdout } = await runCli(computer, ['scan', '-f', 'json'], { env: onlyAws });
  expect(code).toBe(0);
  const { notConfigured, scopes } = JSON.parse(stdout) as Report;
  expect(notConfigured.map(({ provider }) => provider).sort()).toEqual(['alibaba', 'azure']);
  expect(new Set(scopes.map(({ provider }) => provider))).toEqual(new Set(['aws']));
});

test('a mistake in naming an image ends the program, though threads have started already', async () => {
  const { code, stderr } = await runCli(computer, ['image', 'a:b:c', '--no-cache']);
  expect({ code, said: stderr.split('\n')[0] }).toEqual({ code: 2, said: 'error: "a:b:c" is no image reference: "b:c" is no tag' });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in the middle writes what was read, marks it in every format, and exits %i', async (signal, expected) => {
  const { env, all, calls } = await start({ latencyMs: 400 });
  const { code, why, stdout } = await runCli(computer, ['scan', ...all, '-f', 'table', '-f', 'json=report.json', '-f', 'sarif=out.sarif'], {
    env,
    meanwhile: async (kill) => {
      while (calls().length < 20) await sleep(20);
      kill(signal);
    },
  });
  expect({ code, why: why.slice(0, 22) }).toEqual({ code: expected, why: `exit ${expected}: interrupted:` });
  expect(stdout).toMatch(/interrupted/i);
  const report = JSON.parse(await computer.read('report.json')) as Report;
  expect({ interrupted: report.interrupted, exitCode: report.gate.exitCode, complete: report.gate.complete }).toEqual({
    interrupted: true,
    exitCode: expected,
    complete: false,
  });
  expect(report.gaps.map(({ reason }) => reason)).toContain('interrupted');
  const { runs } = JSON.parse(await computer.read('out.sarif')) as {
    runs: { invocations: { executionSuccessful: boolean; exitCode: number }[] }[];
  };
  expect(runs.flatMap(({ invocations }) => invocations.map(({ exitCode }) => exitCode))).toContain(expected);
  expect(runs.flatMap(({ invocations }) => invocations.map(({ executionSuccessful }) => executionSuccessful))).not.toContain(true);
  expect(JSON.stringify(runs)).toMatch(/interrupted/);
});
