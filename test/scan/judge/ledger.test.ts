import { describe, expect, test } from 'vitest';
import { assetType, gapId } from '../../../src/model/ids.ts';
import { makeLedger } from '../../../src/scan/judge/ledger.ts';
import {
  agent,
  asked,
  east,
  fail,
  gap,
  global,
  guardrailCheck,
  inventory,
  judgement,
  limit,
  pass,
  role,
  roleCheck,
  unknown,
  west,
} from '../../support/report-estate.ts';

const none = { pass: 0, fail: 0, unknown: 0, notApplicable: 0, manual: 0, gaps: [], limits: [] };
const roleType = assetType('aws.iam.role');

describe('the ledger', () => {
  test('has a row of a check whose type was asked for and of which there is nothing', () => {
    const estate = inventory();
    expect(makeLedger(estate, [guardrailCheck], [])).toEqual([{ check: guardrailCheck.id, scope: east, ...none }]);
  });

  test('counts verdicts by status and scope', () => {
    const [a, b, c] = [agent('a'), agent('b'), agent('c', { scope: west })];
    const estate = inventory({
      asked: [asked('aws.bedrock-agent.agent'), asked('aws.bedrock-agent.agent', { scope: west })],
      assets: [a, b, c],
    });
    const judgements = [
      judgement(guardrailCheck, a, fail()),
      judgement(guardrailCheck, b, pass),
      judgement(guardrailCheck, c, { status: 'not-applicable' }),
    ];
    expect(makeLedger(estate, [guardrailCheck], judgements)).toEqual([
      { check: guardrailCheck.id, scope: east, ...none, pass: 1, fail: 1 },
      { check: guardrailCheck.id, scope: west, ...none, notApplicable: 1 },
    ]);
  });

  test('names the gap of a refused listing even where no asset is known', () => {
    const estate = inventory({ asked: [asked('aws.bedrock-agent.agent', { gaps: [gapId('gap:1')], listingCut: true })], gaps: [gap()] });
    expect(makeLedger(estate, [guardrailCheck], [])).toEqual([{ check: guardrailCheck.id, scope: east, ...none, gaps: ['gap:1'] }]);
  });

  test('names gaps and limits of unknown verdicts and of the calls of the type', () => {
    const a = agent('a');
    const estate = inventory({
      asked: [asked('aws.bedrock-agent.agent', { gaps: [gapId('gap:1')], limits: [limit().id] })],
      assets: [a],
      gaps: [gap(), gap({ id: 'gap:2' })],
      limits: [limit()],
    });
    expect(makeLedger(estate, [guardrailCheck], [judgement(guardrailCheck, a, unknown('gap:2'))])).toEqual([
      { check: guardrailCheck.id, scope: east, ...none, unknown: 1, gaps: ['gap:1', 'gap:2'], limits: ['limit:1'] },
    ]);
  });

  test('a refused detail call that hides which role an agent uses is named where roles are judged', () => {
    const hidden = agent('a', { hiddenEdges: [{ kind: 'assumes', to: roleType, why: { gap: gapId('gap:1') } }] });
    const known = role('known');
    const estate = inventory({
      asked: [asked('aws.bedrock-agent.agent', { leadsTo: [roleType] }), asked('aws.iam.role', { scope: global })],
      assets: [hidden, known],
      gaps: [gap()],
    });
    expect(makeLedger(estate, [roleCheck], [judgement(roleCheck, known, pass)])).toEqual([
      { check: roleCheck.id, scope: global, ...none, pass: 1, gaps: ['gap:1'] },
    ]);
  });

  test('a cut listing hides what its assets could have led to, and what that leads to', () => {
    const estate = inventory({
      asked: [
        asked('aws.bedrock-agent.flow', { gaps: [gapId('gap:1')], listingCut: true, leadsTo: [assetType('aws.bedrock-agent.agent')] }),
        asked('aws.bedrock-agent.agent', { leadsTo: [roleType] }),
      ],
      gaps: [gap()],
    });
    expect(makeLedger(estate, [guardrailCheck, roleCheck], [])).toEqual([
      { check: guardrailCheck.id, scope: east, ...none, gaps: ['gap:1'] },
      { check: roleCheck.id, scope: east, ...none, gaps: ['gap:1'] },
    ]);
  });

  test('a hidden edge of one region says nothing of another region', () => {
    const hidden = agent('a', { hiddenEdges: [{ kind: 'uses', to: assetType('aws.bedrock.guardrail'), why: { gap: gapId('gap:1') } }] });
    const guardrails = { ...guardrailCheck, assets: [assetType('aws.bedrock.guardrail')] };
    const estate = inventory({
      asked: [asked('aws.bedrock.guardrail'), asked('aws.bedrock.guardrail', { scope: west })],
      assets: [hidden],
      gaps: [gap()],
    });
    expect(makeLedger(estate, [guardrails], [])).toEqual([
      { check: guardrails.id, scope: east, ...none, gaps: ['gap:1'] },
      { check: guardrails.id, scope: west, ...none },
    ]);
  });

  test('a gap that belongs to no type, such as a refused sign-in, touches every check of its cloud', () => {
    const estate = inventory({ asked: [], gaps: [gap({ call: 'sign-in', scope: global })] });
    const ofAzure = { ...guardrailCheck, assets: [assetType('azure.machinelearning.workspace')] };
    expect(makeLedger(estate, [guardrailCheck, ofAzure], [])).toEqual([
      { check: guardrailCheck.id, scope: global, ...none, gaps: ['gap:1'] },
    ]);
  });

  test('a refused detail call hides no asset: its type was listed to the end', () => {
    const estate = inventory({
      asked: [asked('aws.bedrock-agent.agent', { gaps: [gapId('gap:1')], leadsTo: [roleType] }), asked('aws.iam.role', { scope: global })],
      gaps: [gap()],
    });
    expect(makeLedger(estate, [guardrailCheck, roleCheck], [])).toEqual([
      { check: guardrailCheck.id, scope: east, ...none, gaps: ['gap:1'] },
      { check: roleCheck.id, scope: global, ...none },
    ]);
  });

  test('a gap of one region without a type touches that region alone', () => {
    const estate = inventory({
      asked: [asked('aws.bedrock-agent.agent'), asked('aws.bedrock-agent.agent', { scope: west })],
      gaps: [gap({ call: 'sign-in', scope: west })],
    });
    expect(makeLedger(estate, [guardrailCheck], [])).toEqual([
      { check: guardrailCheck.id, scope: east, ...none },
      { check: guardrailCheck.id, scope: west, ...none, gaps: ['gap:1'] },
    ]);
  });

  test('an account-wide gap without a type touches every scope of the account that was entered', () => {
    const estate = inventory({ gaps: [gap({ call: 'ec2:DescribeRegions', scope: global })] });
    expect(makeLedger(estate, [guardrailCheck], [])).toEqual([
      { check: guardrailCheck.id, scope: global, ...none, gaps: ['gap:1'] },
      { check: guardrailCheck.id, scope: east, ...none, gaps: ['gap:1'] },
    ]);
  });
});
