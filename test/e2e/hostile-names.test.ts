import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../src/demo/answers.ts';
import type { Report } from '../../src/model/report.ts';
import { type Computer, newComputer, runCli, runShell } from '../support/run-cli.ts';
import { type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let clouds: Clouds;

// What a tenant can write into names; the clouds refuse some of it, and a program must not rely on that.
const names = [
  '\u001B[2J\u001B[31mred\u001B[0m',
  '\u001B]8;;https://evil.example\u001B\\link\u001B]8;;\u001B\\',
  'two\nlines\r\nand exit 0: complete',
  '`touch hit-1`',
  '$(touch hit-2)',
  '"; touch hit-3; "',
  "'; touch hit-4; '",
  '--output=hit-5',
  'right\u202Eto\u202Cleft',
  'a | touch hit-6 && b > hit-7',
  '{input.guardrailId} {fact.agentId} {asset.name}',
  '${IFS}touch${IFS}hit-8',
  '\u009B31m',
  '<script>alert(1)</script>',
];

beforeAll(async () => {
  computer = await newComputer();
  clouds = await startClouds(computer, { answers: (provider, demo) => (provider === 'aws' ? hostileAccount(demo) : demo) });
  const { code } = await runCli(
    computer,
    [
      'scan',
      'aws',
      '--region',
      'us-east-1',
      '-f',
      'table=table.txt',
      '-f',
      'json=report.json',
      '-f',
      'sarif=out.sarif',
      '-f',
      'ndjson=report.ndjson',
    ],
    { env: clouds.env },
  );
  expect(code).toBe(1);
});
afterAll(() => clouds.close());

function hostileAccount(demo: readonly RecordedAnswer[]): readonly RecordedAnswer[] {
  const agents = names.map((name) => ({ agentId: name, agentName: name, agentStatus: 'PREPARED', updatedAt: '2026-09-14T16:05:00Z' }));
  const notebooks = names.map((name) => ({
    NotebookInstanceName: name,
    NotebookInstanceArn: `arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/${name}`,
    NotebookInstanceStatus: 'InService',
  }));
  return [
    { operation: 'bedrock-agent:ListAgents', answer: { agentSummaries: agents } },
    ...agents.map((agent) => ({
      operation: 'bedrock-agent:GetAgent',
      when: { agentId: agent.agentId },
      answer: {
        agent: {
          ...agent,
          agentArn: `arn:aws:bedrock:us-east-1:111122223333:agent/${agent.agentId}`,
          agentResourceRoleArn: 'arn:aws:iam::111122223333:role/order-desk-agent',
        },
      },
    })),
    { operation: 'sagemaker:ListNotebookInstances', answer: { NotebookInstances: notebooks } },
    ...notebooks.map((notebook) => ({
      operation: 'sagemaker:DescribeNotebookInstance',
      when: { NotebookInstanceName: notebook.NotebookInstanceName },
      answer: {
        ...notebook,
        RoleArn: 'arn:aws:iam::111122223333:role/research-notebooks',
        DirectInternetAccess: 'Enabled',
        RootAccess: 'Enabled',
      },
    })),
    ...demo,
  ];
}

test('every hostile name is found and judged', async () => {
  const { findings, assets } = JSON.parse(await computer.read('report.json')) as Report;
  for (const type of ['aws.bedrock-agent.agent', 'aws.sagemaker.notebook-instance']) {
    expect(
      assets
        .filter((asset) => asset.type === type)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...names].sort());
    expect(new Set(findings.filter(({ assetType }) => assetType === type).map(({ assetName }) => assetName))).toEqual(new Set(names));
  }
});

test('no output holds a raw control, escape or direction character', async () => {
  for (const file of ['table.txt', 'report.json', 'out.sarif', 'report.ndjson']) {
    const text = await computer.read(file);
    const raw = file === 'table.txt' ? /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u : /\p{Cc}/u;
    expect({ file, raw: raw.exec(text.replaceAll('\n', ''))?.[0] }).toEqual({ file, raw: undefined });
    expect(text.split('\n').filter((line) => line.startsWith('and exit 0'))).toEqual([]);
  }
  const on = await runCli(computer, ['convert', 'report.json', '-f', 'table', '--color']);
  // Colour is ours; nothing else that begins with an escape is.
  // oxlint-disable-next-line no-control-regex -- the same
  expect(on.stdout.replaceAll(/\u001b\[[\d;]*m/g, '')).not.toMatch(/[\u001b\u009b]/);
});

test('the documents parse, and give the very names back', async () => {
  const sarif = JSON.parse(await computer.read('out.sarif')) as {
    runs: { results?: { locations: { logicalLocations: { name: string }[] }[] }[] }[];
  };
  const places = sarif.runs.flatMap(({ results = [] }) =>
    results.flatMap(({ locations }) => locations.flatMap(({ logicalLocations }) => logicalLocations.map(({ name }) => name))),
  );
  expect(places).toEqual(expect.arrayContaining(names.filter((name) => !/[\p{Cc}\u202a-\u202e]/u.test(name))));
});

test('printed fix lines are shell lines that run nothing but what they name', async () => {
  const table = await computer.read('table.txt');
  const lines = [
    ...new Set(
      table
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => /^(aws|az|aliyun) /.test(line)),
    ),
  ];
  expect(lines.length).toBeGreaterThan(names.length);
  await computer.write('lines.sh', `${lines.join('\n')}\n`);
  const syntax = await runShell(computer, 'bash -n lines.sh');
  expect({ code: syntax.code, stderr: syntax.stderr }).toEqual({ code: 0, stderr: '' });
  // Each program is replaced by one that only says what it was given.
  const echo = `"${process.execPath}" -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`;
  const { code, stdout, stderr } = await runShell(computer, `aws() { ${echo} "$@"; }\n. ./lines.sh`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const given = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
  expect(given).toHaveLength(lines.length);
  expect(names.map((_, at) => existsSync(computer.at(`hit-${at}`)))).not.toContain(true);
  expect(given.some((argv) => argv.includes('$(touch hit-2)'))).toBe(true);
  // A name that looks like a flag is never an argument of its own where a flag could stand.
  for (const argv of given) {
    const at = argv.indexOf('--output=hit-5');
    if (at >= 0) expect(argv[at - 1]).toMatch(/^--/);
  }
});
