import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/model/usage-error.ts';
import { findingsOf } from '../../../src/scan/judge/findings-of.ts';
import { readWaivers } from '../../../src/scan/judge/read-waivers.ts';
import { waive } from '../../../src/scan/judge/waive.ts';
import { agent, gap, guardrailCheck } from '../../support/report-estate.ts';

const today = '2026-03-01';
const [a, b] = ['a', 'b'].flatMap((name) => findingsOf(guardrailCheck, agent(name), [])) as [
  ReturnType<typeof findingsOf>[0],
  ReturnType<typeof findingsOf>[0],
];
const read = (text: string) => readWaivers(text, '.aispmignore.yaml');
const reasonOf = async (text: string): Promise<string> => {
  const error = await read(text).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
};

describe('waivers', () => {
  test('mark the findings that they match, and only these', async () => {
    const waivers = await read(`
- check: aws.bedrock-agent.*
  asset: "arn:aws:bedrock:us-east-1:*:agent/a"
  until: 2026-12-31
  reason: lab account, no production data
  owner: ml-platform
  ticket: SEC-42
`);
    expect(waive([a, b], [], waivers, { today })).toEqual({
      findings: [
        { ...a, waived: { reason: 'lab account, no production data', until: '2026-12-31', owner: 'ml-platform', ticket: 'SEC-42' } },
        b,
      ],
      gaps: [],
      warnings: [],
    });
  });

  test('can name one finding by its fingerprint, also by one that it had before', async () => {
    const waivers = await read(`[{ fingerprint: ${a.fingerprint}, until: 2026-12-31, reason: accepted by the board }]`);
    expect(waive([a, b], [], waivers, { today }).findings.map(({ waived }) => waived !== undefined)).toEqual([true, false]);
    const renamed = { ...b, formerly: [a.fingerprint] };
    expect(waive([renamed], [], waivers, { today }).findings[0]?.waived).toEqual({ reason: 'accepted by the board', until: '2026-12-31' });
  });

  test('are narrowed by account and region', async () => {
    const entry = (narrow: string) =>
      read(`[{ check: ${guardrailCheck.id}, ${narrow}, until: 2026-12-31, reason: accepted by the board }]`);
    expect(waive([a], [], await entry('account: "111122223333", region: us-east-1'), { today }).findings[0]?.waived).toBeDefined();
    expect(waive([a], [], await entry('region: us-west-?'), { today }).findings[0]?.waived).toBeUndefined();
  });

  test('are anchored: a pattern without a star matches the whole id only', async () => {
    const waivers = await read(`[{ check: aws.bedrock-agent.agent, until: 2026-12-31, reason: accepted by the board }]`);
    expect(waive([a], [], waivers, { today }).findings).toEqual([a]);
  });

  test('hold to the end of their last day; then the finding is back, with a warning', async () => {
    const waivers = await read(`- { check: ${guardrailCheck.id}, until: 2026-03-01, reason: accepted by the board }`);
    expect(waive([a], [], waivers, { today: '2026-03-01' }).findings[0]?.waived).toBeDefined();
    expect(waive([a], [], waivers, { today: '2026-03-02' })).toEqual({
      findings: [a],
      gaps: [],
      warnings: [
        {
          kind: 'waiver-expired',
          text: `.aispmignore.yaml:1: the entry for "${guardrailCheck.id}" ended on 2026-03-01; 1 finding counts again`,
        },
      ],
    });
  });

  test('that match nothing are reported', async () => {
    const waivers = await read(`\n- { check: aws.nothing.at-all, until: 2026-12-31, reason: accepted by the board }`);
    expect(waive([a], [], waivers, { today }).warnings).toEqual([
      { kind: 'waiver-unused', text: '.aispmignore.yaml:2: the entry for "aws.nothing.at-all" matched no finding' },
    ]);
  });

  test('may end at most one year ahead', async () => {
    const until = (day: string) => read(`[{ check: a.b.c, until: ${day}, reason: accepted by the board }]`);
    expect(waive([], [], await until('2027-03-01'), { today }).warnings).toHaveLength(1);
    const late = await until('2027-03-02');
    expect(() => waive([], [], late, { today })).toThrow(
      '.aispmignore.yaml:1: the entry ends on 2027-03-02, more than a year after 2026-03-01',
    );
    const leap = await until('2029-02-28');
    expect(waive([], [], leap, { today: '2028-02-29' }).warnings).toHaveLength(1);
    const afterLeap = await until('2029-03-01');
    expect(() => waive([], [], afterLeap, { today: '2028-02-29' })).toThrow(
      expect.objectContaining({ hint: 'choose a day until 2029-02-28' }),
    );
  });
});

describe('accepted gaps', () => {
  test('stay in the report and are marked', async () => {
    const waivers = await read(`
- gap: { call: "bedrock-agent:*", scope: aws/111122223333/us-east-1 }
  until: 2026-06-30
  reason: the lab role must not read agents
`);
    const [own, other] = [gap(), gap({ id: 'gap:2', call: 'iam:GetRole' })];
    expect(waive([a], [own, other], waivers, { today })).toEqual({
      findings: [a],
      gaps: [{ ...own, accepted: { reason: 'the lab role must not read agents', until: '2026-06-30' } }, other],
      warnings: [],
    });
  });

  test('that ended or match nothing are warned of', async () => {
    const waivers = await read(`
- { gap: { call: "bedrock-agent:GetAgent", scope: aws/111122223333/us-east-1 }, until: 2026-02-28, reason: the lab role must not }
- { gap: { call: "iam:GetRole", scope: "aws/*" }, until: 2026-12-31, reason: the lab role must not }
`);
    expect(waive([], [gap()], waivers, { today })).toEqual({
      findings: [],
      gaps: [gap()],
      warnings: [
        {
          kind: 'gap-acceptance-expired',
          text: '.aispmignore.yaml:2: the entry for "bedrock-agent:GetAgent in aws/111122223333/us-east-1" ended on 2026-02-28; 1 gap counts again',
        },
        { kind: 'gap-acceptance-unused', text: '.aispmignore.yaml:3: the entry for "iam:GetRole in aws/*" matched no gap' },
      ],
    });
  });
});

test('of entries for what a run did not look at nothing is said: one file serves many runs', async () => {
  const waivers = await read(`
- { check: aws.nothing.x, until: 2026-12-31, reason: accepted by the board }
- { check: "secret.*", until: 2026-02-28, reason: accepted by the board }
- { gap: { call: "iam:GetRole", scope: "aws/*" }, until: 2026-12-31, reason: the lab role must not }
`);
  const warnings = (rules: readonly string[], scopes: readonly string[]) =>
    waive([], [], waivers, { today, looked: { rules: new Set(rules), scopes: new Set(scopes) } }).warnings.map(({ text }) => text);
  expect(warnings([], ['alibaba'])).toEqual([]);
  expect(warnings(['aws'], ['aws'])).toEqual([
    '.aispmignore.yaml:2: the entry for "aws.nothing.x" matched no finding',
    '.aispmignore.yaml:4: the entry for "iam:GetRole in aws/*" matched no gap',
  ]);
  expect(warnings(['oci', 'secret'], ['image'])).toEqual([
    '.aispmignore.yaml:3: the entry for "secret.*" ended on 2026-02-28; it matches nothing and can be removed',
  ]);
});

describe('a malformed ignore file is refused in one sentence with its line', () => {
  const rest = 'until: 2026-12-31, reason: accepted by the board';
  test.each([
    [`- { check: "*", ${rest} }`, '.aispmignore.yaml:1: check "*" matches everything'],
    [`\n- { check: "?*", ${rest} }`, '.aispmignore.yaml:2: check "?*" matches everything'],
    [`- { check: a.b.c, until: 2026-12-31, reason: short }`, '.aispmignore.yaml:1: the reason "short" is too short'],
    [`- { check: a.b.c, reason: accepted by the board }`, '.aispmignore.yaml:1: this entry has no "until"'],
    [`- { check: a.b.c, until: 2026-12-31 }`, '.aispmignore.yaml:1: this entry has no "reason"'],
    [`- { asset: a, ${rest} }`, '.aispmignore.yaml:1: this entry names neither check, fingerprint nor gap'],
    [`- { check: a.b.c, fingerprint: ${'a'.repeat(64)}, ${rest} }`, '.aispmignore.yaml:1: this entry names check and fingerprint'],
  ])('%s', async (text, message) => {
    expect(await reasonOf(text)).toBe(message);
  });

  test.each([
    ['unknown member', `- { check: a.b.c, untill: 2026-12-31, ${rest} }`, /^\.aispmignore\.yaml:1: unknown member "untill"/],
    ['no such day', `- { check: a.b.c, until: 2026-02-30, reason: accepted by the board }`, /^\.aispmignore\.yaml:1: .*date/],
    ['no YAML', `- { check: a.b.c`, /^\.aispmignore\.yaml:\d+: no valid YAML/],
    ['no list', `check: a.b.c`, /^\.aispmignore\.yaml:1: /],
    ['a gap everywhere', `- { gap: { call: "*", scope: "aws/*" }, ${rest} }`, /^\.aispmignore\.yaml:1: /],
  ])('%s', async (_, text, message) => {
    expect(await reasonOf(text)).toMatch(message);
  });

  test('an empty file waives nothing', async () => {
    expect(await read('')).toEqual({ file: '.aispmignore.yaml', findings: [], gaps: [] });
  });
});
