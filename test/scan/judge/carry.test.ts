import { describe, expect, test } from 'vitest';
import { assetType, checkId, gapId } from '../../../src/model/ids.ts';
import type { Report } from '../../../src/model/report.ts';
import type { AssembleInput } from '../../../src/scan/judge/assemble.ts';
import { assemble } from '../../../src/scan/judge/assemble.ts';
import {
  agent,
  asked,
  check,
  collectedAt,
  east,
  fail,
  gap,
  global,
  guardrailCheck,
  inspected,
  inventory,
  judgement,
  pass,
  role,
  roleCheck,
  secret,
  unknown,
  west,
} from '../../support/report-estate.ts';

const later = '2026-03-08T10:00:00Z';
const a = agent('a');
const base = { checks: [guardrailCheck], frameworks: [], failOn: 'high', includePass: false } as const satisfies Partial<AssembleInput>;
const firstRun = assemble({ ...base, inventory: inventory({ assets: [a] }), judgements: [judgement(guardrailCheck, a, fail())] });
const [found] = firstRun.findings;

function laterInventory(parts: Parameters<typeof inventory>[0] = {}) {
  const estate = inventory(parts);
  return { ...estate, scopes: estate.scopes.map((scope) => ({ ...scope, collectedAt: later })) };
}

const rerun = (parts: Partial<AssembleInput>, previous: Report = firstRun): Report =>
  assemble({ ...base, inventory: laterInventory(), judgements: [], previous, ...parts });

describe('a finding of the previous report', () => {
  test('comes back, with the day when it was last seen, if its verdict is now unknown', () => {
    const half = agent('a', { unread: [{ prefix: '', why: { gap: gapId('gap:1') } }] });
    const report = rerun({
      inventory: laterInventory({ assets: [half], gaps: [gap()] }),
      judgements: [judgement(guardrailCheck, half, unknown())],
    });
    expect(report.findings).toEqual([{ ...found, carried: { lastSeen: collectedAt, why: 'unknown' } }]);
    expect(report.counts).toEqual({
      open: { critical: 0, high: 1, medium: 0, low: 0, info: 0 },
      notSelected: 0,
      waived: 0,
      carriedUnknown: 1,
    });
    expect(report.gate).toMatchObject({ exitCode: 1, counted: 1, complete: false });
  });

  test('is dropped if its place was read again and passes, or the check no longer applies', () => {
    for (const verdict of [pass, { status: 'not-applicable' } as const]) {
      const report = rerun({ inventory: laterInventory({ assets: [a] }), judgements: [judgement(guardrailCheck, a, verdict)] });
      expect(report.findings).toEqual([]);
      expect(report.carriedFrom).toEqual({ checks: [], assets: [] });
    }
  });

  test('never comes twice', () => {
    const report = rerun({ inventory: laterInventory({ assets: [a] }), judgements: [judgement(guardrailCheck, a, fail())] });
    expect(report.findings).toEqual(firstRun.findings);
  });

  test('is dropped if its asset is gone from a listing that was read to the end', () => {
    expect(rerun({ inventory: laterInventory() }).findings).toEqual([]);
  });

  test('comes back, with its asset, if the listing was cut', () => {
    const cut = asked('aws.bedrock-agent.agent', { gaps: [gapId('gap:1')], listingCut: true });
    const report = rerun({ inventory: laterInventory({ asked: [cut], gaps: [gap({ call: 'bedrock-agent:ListAgents' })] }) });
    expect(report.findings).toEqual([{ ...found, carried: { lastSeen: collectedAt, why: 'unknown' } }]);
    expect(report.carriedFrom).toEqual({ checks: [], assets: [a] });
  });

  test('comes back if the account could not be entered', () => {
    const report = rerun({ inventory: laterInventory({ asked: [], gaps: [gap({ call: 'sign-in', scope: global })] }) });
    expect(report.findings.map(({ carried }) => carried)).toEqual([{ lastSeen: collectedAt, why: 'unknown' }]);
    expect(report.gate.exitCode).toBe(4);
  });

  test('comes back if its scope was not selected, and does not count for the gate', () => {
    const elsewhere = laterInventory({ asked: [asked('aws.bedrock-agent.agent', { scope: west })] });
    const report = rerun({ inventory: elsewhere });
    expect(report.findings).toEqual([{ ...found, carried: { lastSeen: collectedAt, why: 'not-selected' } }]);
    expect(report.gate).toMatchObject({ exitCode: 0, counted: 0 });
  });

  test('comes back as unread if the run was interrupted before its scope was asked for', () => {
    const report = rerun({ inventory: { ...laterInventory({ asked: [] }), interrupted: true } });
    expect(report.findings).toEqual([{ ...found, carried: { lastSeen: collectedAt, why: 'unknown' } }]);
    expect(report.counts.carriedUnknown).toBe(1);
  });

  test('comes back, with its check, if the check was not selected', () => {
    const report = rerun({ inventory: laterInventory({ assets: [a] }), checks: [roleCheck] });
    expect(report.findings.map(({ carried }) => carried?.why)).toEqual(['not-selected']);
    expect(report.carriedFrom).toEqual({ checks: [guardrailCheck], assets: [] });
  });

  test('is dropped if its check no longer exists', () => {
    const report = rerun({ inventory: laterInventory({ assets: [a] }), checks: [roleCheck], knownChecks: new Set([roleCheck.id]) });
    expect(report.findings).toEqual([]);
  });

  test('keeps the day when it was last seen over several runs, and its check and asset with it', () => {
    const cut = asked('aws.bedrock-agent.agent', { gaps: [gapId('gap:1')], listingCut: true });
    const second = rerun({ inventory: laterInventory({ asked: [cut], gaps: [gap()] }) });
    const third = rerun({ checks: [roleCheck], inventory: laterInventory({ asked: [cut], gaps: [gap()] }) }, second);
    const fourth = rerun({ checks: [roleCheck], inventory: laterInventory({ asked: [asked('aws.iam.role')] }) }, third);
    expect(fourth.findings).toEqual([{ ...found, carried: { lastSeen: collectedAt, why: 'not-selected' } }]);
    expect(fourth.carriedFrom).toEqual({ checks: [guardrailCheck], assets: [a] });
    const fifth = rerun({ inventory: laterInventory({ assets: [a] }), judgements: [judgement(guardrailCheck, a, fail())] }, fourth);
    expect(fifth.findings).toEqual(firstRun.findings);
  });

  test('of a check that was renamed is known again, found or carried', () => {
    const renamed = { ...guardrailCheck, id: checkId('aws.bedrock-agent.agent-guardrail'), formerly: [guardrailCheck.id] };
    const again = rerun({ checks: [renamed], inventory: laterInventory({ assets: [a] }), judgements: [judgement(renamed, a, fail())] });
    expect(again.findings).toHaveLength(1);
    expect(again.findings[0]?.formerly).toEqual([found?.fingerprint]);
    const unread = rerun({
      checks: [renamed],
      inventory: laterInventory({ assets: [a], gaps: [gap()] }),
      judgements: [judgement(renamed, a, unknown())],
    });
    expect(unread.findings).toEqual([{ ...again.findings[0], carried: { lastSeen: collectedAt, why: 'unknown' } }]);
  });

  test('of one element comes back if the verdict still fails for another but its own place was not read', () => {
    const secrets = check('aws.x.secrets', { severity: 'critical' });
    const both = agent('a', { facts: { OnStart: inspected([secret('line 1')]), OnCreate: inspected([secret('line 2')]) } });
    const evidence = ['OnStart', 'OnCreate'].map((path) => ({ path: `${path}.secrets`, wanted: 'empty' }));
    const before = assemble({
      ...base,
      checks: [secrets],
      inventory: inventory({ assets: [both] }),
      judgements: [judgement(secrets, both, fail(...evidence))],
    });
    expect(before.findings.map(({ place }) => place)).toEqual(['OnCreate line 2', 'OnStart line 1']);
    const half = {
      ...both,
      facts: { OnStart: inspected([secret('line 1')]) },
      unread: [{ prefix: 'OnCreate', why: { gap: gapId('gap:1') } }],
    };
    const after = rerun(
      {
        checks: [secrets],
        inventory: laterInventory({ assets: [half], gaps: [gap()] }),
        judgements: [judgement(secrets, half, fail(evidence[0]!))],
      },
      before,
    );
    expect(after.findings.map(({ place, carried }) => [place, carried?.why])).toEqual([
      ['OnCreate line 2', 'unknown'],
      ['OnStart line 1', undefined],
    ]);
    const whole = { ...both, facts: { OnStart: inspected([secret('line 1')]), OnCreate: inspected([]) } };
    const mended = rerun(
      { checks: [secrets], inventory: laterInventory({ assets: [whole] }), judgements: [judgement(secrets, whole, fail(evidence[0]!))] },
      before,
    );
    expect(mended.findings.map(({ place }) => place)).toEqual(['OnStart line 1']);
  });

  test('about a role comes back while the agents that could lead to it are hidden, and is dropped once they are read', () => {
    const admin = role('admin');
    const roleEdges = asked('aws.bedrock-agent.agent', { leadsTo: [assetType('aws.iam.role')] });
    const before = assemble({
      ...base,
      checks: [roleCheck],
      inventory: inventory({ asked: [roleEdges, asked('aws.iam.role', { scope: global })], assets: [a, admin] }),
      judgements: [judgement(roleCheck, admin, fail())],
    });
    const hidden = agent('a', { hiddenEdges: [{ kind: 'assumes', to: assetType('aws.iam.role'), why: { gap: gapId('gap:1') } }] });
    const blind = rerun(
      { checks: [roleCheck], inventory: laterInventory({ asked: [roleEdges], assets: [hidden], gaps: [gap()] }) },
      before,
    );
    expect(blind.findings.map(({ carried }) => carried?.why)).toEqual(['unknown']);
    const seen = rerun({ checks: [roleCheck], inventory: laterInventory({ asked: [roleEdges], assets: [a] }) }, before);
    expect(seen.findings).toEqual([]);
  });

  test('that was waived is carried open and waived anew', () => {
    const waivers = {
      file: 'x',
      gaps: [],
      findings: [{ check: guardrailCheck.id, until: '2026-12-31', reason: 'accepted by the board', line: 1 }],
    };
    const waived = assemble({
      ...base,
      inventory: inventory({ assets: [a] }),
      judgements: [judgement(guardrailCheck, a, fail())],
      waivers,
    });
    const elsewhere = { inventory: laterInventory({ asked: [asked('aws.bedrock-agent.agent', { scope: west })] }) };
    expect(rerun(elsewhere, waived).findings[0]?.waived).toBeUndefined();
    expect(rerun({ ...elsewhere, waivers }, waived).findings[0]?.waived).toEqual({ reason: 'accepted by the board', until: '2026-12-31' });
  });

  test('is said to be carried in a warning', () => {
    const cut = asked('aws.bedrock-agent.agent', { scope: east, gaps: [gapId('gap:1')], listingCut: true });
    expect(rerun({ inventory: laterInventory({ asked: [cut], gaps: [gap()] }) }).warnings).toEqual([
      { kind: 'carrying', text: 'carried over from the previous report: 1 because their place could not be read' },
    ]);
  });
});
