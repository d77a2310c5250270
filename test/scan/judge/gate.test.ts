import { describe, expect, test } from 'vitest';
import type { GateInput } from '../../../src/scan/judge/gate.ts';
import { gateOf } from '../../../src/scan/judge/gate.ts';
import { asked, gap, global, west } from '../../support/report-estate.ts';

const nothing = { open: { critical: 0, high: 0, medium: 0, low: 0, info: 0 }, notSelected: 0, waived: 0, carriedUnknown: 0 };
const found = { ...nothing, open: { critical: 1, high: 2, medium: 4, low: 8, info: 16 } };
const input: GateInput = {
  failOn: 'high',
  counts: nothing,
  gaps: [],
  asked: [asked('aws.bedrock-agent.agent')],
  assets: 3,
  interrupted: false,
};

describe('the gate', () => {
  test('ends with 0 if everything was read and nothing was found', () => {
    expect(gateOf(input)).toEqual({
      failOn: 'high',
      exitCode: 0,
      complete: true,
      counted: 0,
      why: 'no findings at or above high (gate: high)',
    });
  });

  test('ends with 1 for findings at or above the level, and says that it is incomplete as well', () => {
    const gaps = [gap(), gap({ id: 'gap:2', scope: west })];
    expect(gateOf({ ...input, counts: found, gaps })).toEqual({
      failOn: 'high',
      exitCode: 1,
      complete: false,
      counted: 3,
      why: '3 findings at or above high (gate: high); incomplete: 2 scopes not fully read',
    });
  });

  test('ends with 3 for a gap, with every level of the gate', () => {
    for (const failOn of ['critical', 'high', 'any', 'none'] as const) expect(gateOf({ ...input, failOn, gaps: [gap()] }).exitCode).toBe(3);
  });

  test.each([
    ['critical', 1],
    ['high', 3],
    ['medium', 7],
    ['low', 15],
    ['info', 31],
    ['any', 31],
    ['none', 0],
  ] as const)('at %s counts %i of one to sixteen findings', (failOn, counted) => {
    expect(gateOf({ ...input, failOn, counts: found }).counted).toBe(counted);
    expect(gateOf({ ...input, failOn, counts: found }).exitCode).toBe(counted > 0 ? 1 : 0);
  });

  test('an accepted gap does not count and is named', () => {
    const accepted = gap({ accepted: { reason: 'lab account, read elsewhere', until: '2026-06-01' } });
    expect(gateOf({ ...input, gaps: [accepted] })).toEqual({
      failOn: 'high',
      exitCode: 0,
      complete: true,
      counted: 0,
      why: 'no findings at or above high (gate: high); 1 accepted gap',
    });
  });

  test('ends with 4 only if the credentials of every target were refused', () => {
    const refused = gap({ call: 'sign-in', scope: global });
    expect(gateOf({ ...input, asked: [], assets: 0, gaps: [refused] }).exitCode).toBe(4);
    expect(gateOf({ ...input, gaps: [refused] }).exitCode).toBe(3);
    expect(gateOf({ ...input, asked: [], assets: 0, gaps: [gap({ call: 'sign-in', reason: 'unavailable' })] }).exitCode).toBe(3);
  });

  test('ends with 5 if there was nothing to scan, and with 0 for an account without AI assets', () => {
    expect(gateOf({ ...input, asked: [], assets: 0 }).exitCode).toBe(5);
    expect(gateOf({ ...input, assets: 0 }).why).toBe('no findings at or above high (gate: high); no AI assets found in 1 account');
    expect(gateOf({ ...input, assets: 0 }).exitCode).toBe(0);
  });

  test('an interruption comes before everything else', () => {
    const all = { ...input, counts: found, gaps: [gap()] };
    expect(gateOf({ ...all, signal: 'SIGINT' }).exitCode).toBe(130);
    expect(gateOf({ ...all, signal: 'SIGTERM' }).exitCode).toBe(143);
    expect(gateOf({ ...input, interrupted: true })).toMatchObject({ exitCode: 3, complete: false });
    expect(gateOf({ ...input, asked: [], assets: 0, interrupted: true }).exitCode).toBe(3);
  });

  test('findings of what was not selected this time do not count', () => {
    expect(gateOf({ ...input, counts: { ...nothing, notSelected: 3 } }).exitCode).toBe(0);
  });
});
