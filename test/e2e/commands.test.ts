import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type Computer, newComputer, repository, runCli, runShell } from '../support/run-cli.ts';

let computer: Computer;
beforeEach(async () => {
  computer = await newComputer();
});

const { commands } = JSON.parse(await readFile(path.join(repository, 'oclif.manifest.json'), 'utf8')) as {
  readonly commands: { readonly [id: string]: { readonly aliases: readonly string[] } };
};
const words = Object.keys(commands).map((id) => id.replaceAll(':', ' '));

test('all commands of the spine are there', () => {
  expect(words).toEqual(
    expect.arrayContaining([
      'scan',
      'discover',
      'evaluate',
      'convert',
      'checks list',
      'checks show',
      'checks test',
      'checks new',
      'frameworks list',
      'frameworks show',
      'permissions',
      'doctor',
      'demo',
    ]),
  );
});

test.each(words)('aispm %s --help explains itself and exits 0', async (word) => {
  const { code, stdout, stderr } = await runCli(computer, [...word.split(' '), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/USAGE\s+\$ aispm /);
});

test.each([['--help'], ['help'], ['checks'], ['frameworks'], ['--version'], ['version']])('aispm %s exits 0', async (word) => {
  const { code, stdout, stderr } = await runCli(computer, [word]);
  expect({ code, stderr, isEmpty: stdout === '' }).toEqual({ code: 0, stderr: '', isEmpty: false });
});

test('a new check fails with what is missing until it is filled in, and then passes', async () => {
  const made = await runCli(computer, ['checks', 'new', 'aws.bedrock-agent.agent-idle-session']);
  const file = 'checks/aws/bedrock-agent/agent-idle-session.yaml';
  expect({ code: made.code, stdout: made.stdout }).toEqual({ code: 0, stdout: `${file}\n` });

  const empty = await runCli(computer, ['checks', 'test', file]);
  expect(empty.code).toBe(1);
  expect(empty.stdout).toMatch(/^FAIL {2}aws\.bedrock-agent\.agent-idle-session\n {6}title: "FILL IN" still stands here\n/);
  expect(empty.stderr).toMatch(/^0 passed, 1 failed\n/);

  const again = await runCli(computer, ['checks', 'new', 'aws.bedrock-agent.agent-idle-session']);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('exists already');

  await computer.write(file, filledIn);
  const full = await runCli(computer, ['checks', 'test', file]);
  expect({ code: full.code, stdout: full.stdout }).toEqual({
    code: 0,
    stdout: 'ok    aws.bedrock-agent.agent-idle-session (4 examples)\n',
  });

  await computer.write(file, filledIn.replaceAll('idleSessionTTLInSeconds', 'idleSessionTTL'));
  const wrong = await runCli(computer, ['checks', 'test', file]);
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toMatch(/idleSessionTTL"/);

  await computer.write(file, filledIn);
  await computer.write('checks/aws/bedrock-agent/agent-broken.yaml', 'title: [');
  const beside = await runCli(computer, ['checks', 'test', 'checks']);
  expect(beside.code).toBe(1);
  expect(beside.stdout).toMatch(/^FAIL {2}checks\/aws\/bedrock-agent\/agent-broken\.yaml\n.*no valid YAML/);
  expect(beside.stdout).toContain('ok    aws.bedrock-agent.agent-idle-session (4 examples)\n');
});

test('the checks that ship pass their own tests', async () => {
  const { code, stderr } = await runCli(computer, ['checks', 'test']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^\d+ passed, 0 failed\n$/) });
});

test('lists and single pages come as JSON too', async () => {
  for (const args of [
    ['checks', 'list'],
    ['checks', 'show', 'aws.iam.ai-role-attached-policy'],
    ['frameworks', 'list'],
    ['frameworks', 'show', 'pci-dss-4.0.1'],
    ['permissions', 'aws', '--explain'],
    ['version'],
    ['doctor'],
  ]) {
    const { stdout, stderr } = await runCli(computer, [...args, '--json']);
    expect(() => JSON.parse(stdout) as unknown, `${args.join(' ')}: ${stderr}`).not.toThrow();
  }
});

test('the policy of one provider is a document that can be piped', async () => {
  for (const provider of ['aws', 'azure', 'alibaba']) {
    const { code, stdout } = await runShell(computer, `aispm permissions ${provider} > ${provider}.json; cat ${provider}.json`);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/"[\w.:-]*:(\w*\*)"/);
    JSON.parse(stdout);
    const same = await runCli(computer, ['permissions', provider, '--diff', `${provider}.json`]);
    expect(same.stdout).toBe('the policy grants exactly what is needed\n');
  }
});

test('a file that a person redirected is theirs, one that the program wrote is private', async () => {
  await runCli(computer, ['evaluate', await computer.write('empty.json', emptyInventory), '-o', 'report.json']);
  expect((await stat(computer.at('report.json'))).mode & 0o777).toBe(0o600);
});

const emptyInventory = JSON.stringify({
  schemaVersion: '1.0',
  tool: { name: 'aispm', version: '0.1.0' },
  scopes: [],
  asked: [],
  assets: [],
  edges: [],
  secrets: [],
  gaps: [],
  limits: [],
  notConfigured: [],
  selection: [],
});

const filledIn = `title: Bedrock agents forget a session soon
severity: medium
asset: aws.bedrock-agent.agent
expect: { path: idleSessionTTLInSeconds, below: 3601, absent: unknown }
because: A session that lasts keeps what a user said within reach of the next one.
fix:
  kind: console
  do: Shorten the idle session timeout of the agent.
  undo: 'cannot be undone: the former timeout is not kept'
maps: {}
relates: { owasp-llm-2025: [LLM02] }
see: ['https://docs.aws.amazon.com/bedrock/latest/userguide/agents-create.html']
examples:
  pass: [{ facts: { idleSessionTTLInSeconds: 600 } }]
  fail: [{ facts: { idleSessionTTLInSeconds: 7200 } }]
  unknown: [{ facts: {}, unread: [idleSessionTTLInSeconds] }, { facts: {} }]
`;
