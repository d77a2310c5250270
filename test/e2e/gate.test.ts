import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedAnswer, RecordedCall } from '../../src/demo/answers.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Report } from '../../src/model/report.ts';
import { type Computer, newComputer, runCli, type RunOptions } from '../support/run-cli.ts';
import { type CloudOptions, type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let running: Clouds[];
beforeEach(async () => {
  computer = await newComputer();
  running = [];
});
afterEach(async () => {
  for (const clouds of running) await clouds.close();
});

async function start(options: CloudOptions = {}): Promise<Clouds> {
  const clouds = await startClouds(computer, options);
  running.push(clouds);
  return clouds;
}

const guardrail = 'aws.bedrock-agent.agent-guardrail-identifier';
const east = ['scan', 'aws', '--region', 'us-east-1'] as const;
const reportOf = async (file = 'report.json') => JSON.parse(await computer.read(file)) as Report;

/** One high finding, nothing else, nothing unread. */
async function oneFinding(more: readonly string[] = [], options: RunOptions = {}) {
  const { env } = await start();
  return runCli(computer, [...east, '--check', guardrail, '-f', 'json=report.json', ...more], {
    ...options,
    env: { ...env, ...options.env },
  });
}

describe('--previous', () => {
  const refuseDetail = ({ operation }: RecordedCall) => (operation === 'bedrock-agent:GetAgent' ? ('refused' as const) : undefined);
  const guarded = (_: string, demo: readonly RecordedAnswer[]) =>
    demo.map((entry) =>
      entry.operation === 'bedrock-agent:GetAgent' && entry.answer !== undefined
        ? {
            ...entry,
            answer: {
              agent: {
                ...(entry.answer['agent'] as JsonObject),
                guardrailConfiguration: { guardrailIdentifier: 'gr0travel', guardrailVersion: '3' },
              },
            },
          }
        : entry,
    );

  test('carries a finding whose call is refused, in every format, and drops it once its place was read and is fixed', async () => {
    await oneFinding();
    const [before] = (await reportOf()).findings;
    expect(before?.rule).toBe(guardrail);

    const blind = await start({ faults: refuseDetail });
    const second = await runCli(
      computer,
      [...east, '--check', guardrail, '--previous', 'report.json', '-f', 'json=second.json', '-f', 'sarif=second.sarif', '-f', 'table'],
      { env: blind.env },
    );
    expect(second.code).toBe(1);
    expect(second.why).toContain('1 carried over from the previous report');
    const [carried] = (await reportOf('second.json')).findings;
    expect({ fingerprint: carried?.fingerprint, why: carried?.carried?.why }).toEqual({ fingerprint: before?.fingerprint, why: 'unknown' });
    expect(await computer.read('second.sarif')).toContain(before?.fingerprint ?? 'nothing');
    expect(second.stdout).toContain('order-desk');

    const mended = await start({ answers: guarded });
    const third = await runCli(computer, [...east, '--check', guardrail, '--previous', 'second.json', '-f', 'json=third.json'], {
      env: mended.env,
    });
    expect({ code: third.code, findings: (await reportOf('third.json')).findings }).toEqual({ code: 0, findings: [] });
  });

  test('carries what was not selected this time without counting it for the gate', async () => {
    await oneFinding();
    const { env } = await start();
    const { code } = await runCli(
      computer,
      [
        ...east,
        '--check',
        'aws.bedrock-agent.agent-r*',
        '--skip-check',
        guardrail,
        '--fail-on',
        'critical',
        '--previous',
        'report.json',
        '-f',
        'json=second.json',
      ],
      { env },
    );
    const { findings, counts } = await reportOf('second.json');
    expect(code).toBe(0);
    expect(counts.notSelected).toBe(1);
    expect(findings.filter(({ carried }) => carried?.why === 'not-selected').map(({ rule }) => rule)).toEqual([guardrail]);
  });
});

describe('the ignore file', () => {
  const waiver = (until: string, check = guardrail) => `- check: ${check}\n  until: ${until}\n  reason: the agent answers employees only\n`;

  test('a waiver takes a finding from the gate and leaves it in the report', async () => {
    await computer.write('.aispmignore.yaml', waiver('2026-12-31'));
    const { code, why } = await oneFinding();
    expect({ code, why }).toEqual({ code: 0, why: 'exit 0: no findings at or above high (gate: high)' });
    const { findings, counts } = await reportOf();
    expect(findings.map(({ rule, waived }) => ({ rule, waived }))).toEqual([
      { rule: guardrail, waived: { reason: 'the agent answers employees only', until: '2026-12-31' } },
    ]);
    expect(counts.waived).toBe(1);
  });

  test('a waiver that has ended brings the finding back, with a warning', async () => {
    await computer.write('.aispmignore.yaml', waiver('2026-05-31'));
    const { code, stderr } = await oneFinding();
    expect(code).toBe(1);
    expect(stderr).toMatch(/\.aispmignore\.yaml:1: .* ended on 2026-05-31; 1 finding counts again/);
  });

  test('a waiver that matches nothing is reported', async () => {
    await computer.write('.aispmignore.yaml', waiver('2026-12-31') + waiver('2026-12-31', 'aws.sagemaker.notebook-*'));
    const { code, stderr } = await oneFinding();
    expect(code).toBe(0);
    expect(stderr).toMatch(/\.aispmignore\.yaml:4: .* matched no finding/);
  });

  test('a gap counts until somebody accepts it by name; a waiver never does that', async () => {
    const { env } = await start();
    const west = ['scan', 'aws', '--region', 'eu-west-1', '--check', guardrail, '-f', 'json=report.json'];
    await computer.write('.aispmignore.yaml', waiver('2026-12-31'));
    expect((await runCli(computer, west, { env })).code).toBe(3);
    await computer.write(
      '.aispmignore.yaml',
      '- gap: { call: bedrock-agent:ListAgents, scope: aws/111122223333/eu-west-1 }\n  until: 2026-12-31\n  reason: the role of this account is replaced\n',
    );
    const { code, why } = await runCli(computer, west, { env });
    expect({ code, why }).toEqual({ code: 0, why: 'exit 0: no findings at or above high (gate: high); 1 accepted gap' });
    expect((await reportOf()).gaps.map(({ call, accepted }) => ({ call, until: accepted?.until }))).toEqual([
      { call: 'bedrock-agent:ListAgents', until: '2026-12-31' },
    ]);
    expect((await runCli(computer, ['discover', 'aws', '--region', 'eu-west-1', '--check', guardrail], { env })).code).toBe(0);
  });
});

describe('the gate', () => {
  test.each([
    ['critical', 0],
    ['high', 1],
    ['low', 1],
    ['any', 1],
    ['none', 0],
  ])('with --fail-on %s a high finding exits %i', async (level, expected) => {
    expect((await oneFinding(['--fail-on', level])).code).toBe(expected);
  });

  test('--severity shows less and gates the same', async () => {
    const { code, stdout } = await oneFinding(['--severity', 'critical', '-f', 'table']);
    expect(code).toBe(1);
    expect(stdout).not.toContain('expected  Bedrock agents answer behind a guardrail');
  });

  test('a flag wins over the environment, that over the file, that over the default', async () => {
    const level = async () => (await reportOf()).gate.failOn;
    const codes: unknown[] = [];
    const run = async (more: readonly string[], env: { readonly [name: string]: string }) => {
      const { code } = await oneFinding(more, { env });
      codes.push([code, await level()]);
    };
    await run([], {});
    await computer.write('aispm.yaml', 'scan:\n  failOn: critical\n');
    await run([], {});
    await run([], { AISPM_FAIL_ON: 'medium' });
    await run(['--fail-on', 'none'], { AISPM_FAIL_ON: 'medium' });
    expect(codes).toEqual([
      [1, 'high'],
      [0, 'critical'],
      [1, 'medium'],
      [0, 'none'],
    ]);
  });
});

describe('what is chosen', () => {
  const chosen = async (more: readonly string[], env = {}) => {
    await computer.write(
      'empty.json',
      JSON.stringify({
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
      }),
    );
    const { stdout, stderr } = await runCli(computer, ['evaluate', 'empty.json', '-f', 'json', ...more], { env });
    expect(stderr).not.toContain('error:');
    return (JSON.parse(stdout) as Report).checks.map(({ id }) => id);
  };

  test('--check, --skip-check and --service narrow, on the command line, in the environment and in the file', async () => {
    const both = [guardrail, 'aws.bedrock-agent.agent-resource-role-privilege'];
    expect(await chosen(['--check', 'aws.bedrock-agent.*'])).toEqual(both);
    expect(await chosen(['--service', 'bedrock-agent'])).toEqual(both);
    expect(await chosen(['--check', 'aws.bedrock-agent.*', '--skip-check', '*-privilege'])).toEqual([guardrail]);
    expect(await chosen([], { AISPM_CHECK: `${both[1]},${guardrail}` })).toEqual(both);
    await computer.write('aispm.yaml', `scan:\n  checks: { include: ['aws.bedrock-agent.*'], skip: [${guardrail}] }\n`);
    expect(await chosen([])).toEqual([both[1]]);
    expect(await chosen(['--check', guardrail, '--skip-check', 'aws.iam.*'])).toEqual([guardrail]);
  });

  test('--framework chooses what maps or relates to it', async () => {
    const all = await chosen([]);
    const some = await chosen(['--framework', 'owasp-llm-2025', '--check', 'aws.*']);
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(all.length);
  });

  test('a check of your own judges, and takes its value from the policy of aispm.yaml', async () => {
    await computer.write('own/aws/bedrock-agent/agent-idle-session.yaml', ownCheck);
    const { env } = await start();
    const own = [...east, '--checks', 'own', '--check', 'aws.bedrock-agent.agent-idle-session', '-f', 'json=report.json'];
    expect((await runCli(computer, own, { env })).code).toBe(0);
    await computer.write('aispm.yaml', 'policy:\n  idleSeconds: 300\n');
    const { code } = await runCli(computer, own, { env });
    const { findings } = await reportOf();
    expect({ code, assets: findings.map(({ assetName }) => assetName).sort() }).toEqual({ code: 1, assets: ['order-desk', 'travel-desk'] });
  });
});

const ownCheck = `title: Bedrock agents forget a session soon
severity: high
asset: aws.bedrock-agent.agent
params: { seconds: { default: 3600, policy: idleSeconds } }
expect: { path: idleSessionTTLInSeconds, below: '{seconds}', absent: unknown }
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
  unknown: [{ facts: {}, unread: [idleSessionTTLInSeconds] }]
`;
