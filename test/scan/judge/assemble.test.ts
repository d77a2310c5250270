import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assetType, gapId, operationId } from '../../../src/model/ids.ts';
import json from '../../../src/report/formats/json.ts';
import type { AssembleInput } from '../../../src/scan/judge/assemble.ts';
import { assemble } from '../../../src/scan/judge/assemble.ts';
import { validate as inventoryErrors } from '../../../src/checks/validators/inventory.generated.ts';
import { validate as reportErrors } from '../../../src/checks/validators/report.generated.ts';
import { gatedAt, joinReports } from '../../../src/scan/join-reports.ts';
import {
  agent,
  asked,
  assumes,
  check,
  collectedAt,
  fail,
  frameworks,
  gap,
  global,
  guardrailCheck,
  inspected,
  inventory,
  judgement,
  limit,
  pass,
  role,
  roleCheck,
  secret,
  unknown,
  west,
} from '../../support/report-estate.ts';
import { rendered } from '../../support/rendered.ts';

const [a, b, c] = [agent('a'), agent('b', { scope: west }), agent('c', { facts: { env: inspected([secret('KEY'), secret('TOKEN')]) } })];
const admin = role('admin');
const secretCheck = check('aws.bedrock-agent.agent-secret', { severity: 'critical' });

const input: AssembleInput = {
  inventory: inventory({
    asked: [
      asked('aws.bedrock-agent.agent', { leadsTo: [assetType('aws.iam.role')], gaps: [gapId('gap:2'), gapId('gap:1')] }),
      asked('aws.bedrock-agent.agent', { scope: west, operations: [operationId('b:Get'), operationId('a:List')] }),
      asked('aws.iam.role', { scope: global }),
    ],
    assets: [a, b, c, admin],
    edges: [assumes(a, admin), assumes(b, admin)],
    gaps: [gap(), gap({ id: 'gap:2', call: 'bedrock-agent:ListAgentVersions', reason: 'throttled' })],
    limits: [limit()],
    selection: ['--region us-east-1', '--check aws.*'],
    notConfigured: [{ provider: 'azure', detail: 'no credentials' }],
  }),
  judgements: [
    judgement(guardrailCheck, a, fail()),
    judgement(guardrailCheck, b, pass),
    judgement(guardrailCheck, c, unknown()),
    judgement(secretCheck, c, fail({ path: 'env.secrets', wanted: 'empty' })),
    judgement(secretCheck, a, { status: 'manual', where: 'the console' }),
    judgement(roleCheck, admin, fail({ path: 'policies[0]', found: 'AdministratorAccess', wanted: 'no administrator' })),
  ],
  checks: [guardrailCheck, secretCheck, roleCheck],
  frameworks,
  failOn: 'high',
  includePass: false,
};

const bytesOf = async (report: ReturnType<typeof assemble>): Promise<string> => (await rendered(json, report)).get('') ?? '';

describe('a report', () => {
  test('holds findings in order, unknown and manual verdicts, and fits its published schema', () => {
    const report = assemble(input);
    expect(report.findings.map(({ severity, rule, place }) => [severity, rule, place])).toEqual([
      ['critical', secretCheck.id, 'env KEY'],
      ['critical', secretCheck.id, 'env TOKEN'],
      ['critical', roleCheck.id, ''],
      ['high', guardrailCheck.id, ''],
    ]);
    expect(report.verdicts.map(({ check: of, verdict }) => [of, verdict.status])).toEqual([
      [guardrailCheck.id, 'unknown'],
      [secretCheck.id, 'manual'],
    ]);
    expect(report.gate).toEqual({
      failOn: 'high',
      exitCode: 1,
      why: '4 findings at or above high (gate: high); incomplete: 1 scope not fully read',
      complete: false,
      counted: 4,
    });
    expect(reportErrors(JSON.parse(JSON.stringify(report)))).toEqual([]);
    expect(inventoryErrors(JSON.parse(JSON.stringify(input.inventory)))).toEqual([]);
  });

  test('holds every verdict if asked to', () => {
    const report = assemble({ ...input, includePass: true });
    expect(report.verdicts).toHaveLength(input.judgements.length);
    expect(reportErrors(JSON.parse(JSON.stringify(report)))).toEqual([]);
  });

  test('has no clock of its own: waivers end by the day of the evidence, or by the one that is given', () => {
    const findings = [{ check: roleCheck.id, until: '2026-03-05', reason: 'accepted by the board', line: 1 }];
    const waivers = { file: 'x', gaps: [], findings };
    const isWaived = (at?: string): boolean =>
      assemble({ ...input, waivers, ...(at !== undefined && { at }) }).findings.some(({ waived }) => waived !== undefined);
    expect(collectedAt < '2026-03-05').toBe(true);
    expect(isWaived()).toBe(true);
    expect(isWaived('2026-03-06T00:00:00Z')).toBe(false);
  });

  test('a waiver never covers what is unknown', () => {
    const findings = [{ check: 'aws.*', until: '2026-03-05', reason: 'accepted by the board', line: 1 }];
    const report = assemble({ ...input, waivers: { file: 'x', gaps: [], findings } });
    expect(report.gate).toMatchObject({ exitCode: 3, counted: 0, complete: false });
    expect(report.verdicts).toEqual(assemble(input).verdicts);
  });

  test('an accepted gap leaves its verdicts unknown and no longer makes the scan incomplete', () => {
    const accepted = { gap: { call: 'bedrock-agent:*', scope: 'aws/*' }, until: '2026-12-31', reason: 'the lab role must not', line: 1 };
    const report = assemble({ ...input, failOn: 'none', waivers: { file: 'x', gaps: [accepted], findings: [] } });
    expect(report.gate).toMatchObject({ exitCode: 0, complete: true, why: 'findings do not count (gate: none); 2 accepted gaps' });
    expect(report.ledger).toEqual(assemble(input).ledger);
    expect(report.verdicts).toEqual(assemble(input).verdicts);
  });

  test('the same evidence in any order gives the same bytes', async () => {
    const expected = await bytesOf(assemble(input));
    const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });
    const { inventory: estate } = input;
    const shuffledInput = fc
      .record({
        judgements: shuffled(input.judgements),
        checks: shuffled(input.checks),
        frameworks: shuffled(input.frameworks),
        inventory: fc.record({
          scopes: shuffled(estate.scopes),
          asked: shuffled(estate.asked),
          assets: shuffled(estate.assets),
          edges: shuffled(estate.edges),
          gaps: shuffled(estate.gaps),
          limits: shuffled(estate.limits),
          selection: shuffled(estate.selection),
        }),
      })
      .map((parts) => ({ ...input, ...parts, inventory: { ...estate, ...parts.inventory } }));
    await fc.assert(
      fc.asyncProperty(shuffledInput, async (other) => {
        expect(await bytesOf(assemble(other))).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('fingerprints do not depend on the version, the day, or what else is there', () => {
    const prints = new Set(assemble(input).findings.map(({ fingerprint }) => fingerprint));
    const later = inventory({
      ...input.inventory,
      scopes: input.inventory.scopes.map((scope) => ({ ...scope, collectedAt: '2027-01-01T00:00:00Z' })),
    });
    const other = assemble({
      ...input,
      inventory: { ...later, tool: { name: 'aispm', version: '9.9.9' } },
      judgements: input.judgements.slice(3),
    });
    expect(other.findings).toHaveLength(3);
    for (const { fingerprint } of other.findings) expect(prints).toContain(fingerprint);
  });
});

describe('reports put together', () => {
  const inAccount = (account: string) => {
    const move = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value)
          .replaceAll('111122223333', account)
          .replaceAll(/"(gap|limit):/g, `"$1:${account}:`),
      ) as T;
    return assemble({ ...move(input), checks: input.checks });
  };
  const streamed = ({ findings, ...head }: ReturnType<typeof assemble>) => ({ head, findings });

  test('are one report, whichever comes first', async () => {
    const [one, two] = [inAccount('111122223333'), inAccount('444455556666')];
    const joined = await joinReports([streamed(two), streamed(one)], 'high');
    const findings = [];
    for await (const finding of joined.findings) findings.push(finding);
    const report = { ...joined.head, findings };
    expect(findings).toEqual([...one.findings, ...two.findings]);
    expect(report.ledger).toHaveLength(one.ledger.length + two.ledger.length);
    expect(report.gate).toMatchObject({ exitCode: 1, counted: 8 });
    expect(reportErrors(JSON.parse(JSON.stringify(report)))).toEqual([]);
    const other = await joinReports([streamed(one), streamed(two)], 'high');
    expect(other.head).toEqual(joined.head);
  });

  test('that speak of the same scope are refused', async () => {
    const one = streamed(inAccount('111122223333'));
    await expect(joinReports([one, one], 'high')).rejects.toThrow('two of the reports speak of aws/111122223333/');
  });

  test('a finding that one report carries is dropped where another one has looked', async () => {
    const one = inAccount('444455556666');
    const two = assemble({ ...input, previous: { ...one, findings: [...one.findings] } });
    expect(two.counts.notSelected).toBe(4);
    const looked = { ...one, findings: one.findings.slice(0, 1) };
    const joined = await joinReports([streamed(two), streamed(looked)], 'high');
    const findings = [];
    for await (const finding of joined.findings) findings.push(finding);
    expect(findings).toEqual([...two.findings.filter(({ carried }) => !carried), ...looked.findings]);
    expect(joined.head.counts).toMatchObject({ notSelected: 0 });
  });

  test('are gated anew', () => {
    const { head } = streamed(assemble(input));
    expect(gatedAt(head, 'critical').gate).toMatchObject({ failOn: 'critical', counted: 3, exitCode: 1 });
    expect(gatedAt(head, 'none').gate).toMatchObject({ failOn: 'none', counted: 0, exitCode: 3 });
  });
});
