import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { gap, ofFacts } from '../support/judge-one.ts';

/** Operator, operand, a value that passes, one that fails. */
const table: readonly (readonly [operator: string, operand: Json, yes: Json, no: Json])[] = [
  ['is', 'Disabled', 'Disabled', 'disabled'],
  ['is', true, true, 'true'],
  ['is', 2, 2, '2'],
  ['isNot', 'NONE', 'BLOCK', 'NONE'],
  ['in', ['MEDIUM', 'HIGH'], 'HIGH', 'LOW'],
  ['notIn', ['DELETING'], 'PREPARED', 'DELETING'],
  ['matches', 'arn:aws:iam::.*:role/[a-z]+', 'arn:aws:iam::1:role/x', 'x arn:aws:iam::1:role/x'],
  ['above', 1, 2, 1],
  ['below', 2, 1, 2],
  ['olderThan', '90d', '2025-01-01T00:00:00Z', '2025-12-31T00:00:00Z'],
  ['olderThan', '90d', 1_700_000_000, 1_767_000_000],
  ['olderThan', '-30d', '2026-01-30', '2026-02-01'],
  ['olderThan', '-1h', '2026-01-01 00:59:59', '2026-01-01 01:00:00'],
  ['olderThan', '1h', '2025-12-31T22:59Z', '2025-12-31T23:00Z'],
  ['cidrPublic', true, '0.0.0.0/0', '10.0.0.0/8'],
  ['cidrPublic', false, '10.0.0.1', '203.0.113.9'],
  ['contains', 'x', ['y', 'x'], ['y']],
  ['contains', 'x', 'axb', 'ab'],
  ['empty', true, [], ['x']],
  ['empty', false, 'x', ''],
  ['empty', true, {}, { x: 1 }],
];

describe.each(table)('%s %j', (operator, operand, yes, no) => {
  const leaf = { path: 'a.b', [operator]: operand, ...(operator !== 'empty' && { absent: 'unknown' }) };

  it('passes and fails on what was found, and says what', () => {
    expect(ofFacts(leaf, { a: { b: yes } })).toEqual({
      status: 'pass',
      evidence: [{ path: 'a.b', found: yes, wanted: expect.any(String) }],
    });
    expect(ofFacts(leaf, { a: { b: no } })).toEqual({ status: 'fail', evidence: [{ path: 'a.b', found: no, wanted: expect.any(String) }] });
  });

  it('is unknown with the gap where it was not read', () => {
    for (const unread of ['', 'a', 'a.b'])
      expect(ofFacts(leaf, {}, { unread: [unread] })).toEqual({ status: 'unknown', because: [{ gap }] });
  });

  it('does not mind what was not read elsewhere', () => {
    expect(ofFacts(leaf, { a: { b: yes } }, { unread: ['c', 'a.c', { prefix: '', except: ['a'], why: { gap } }] }).status).toBe('pass');
  });
});

const others = table.filter(([operator]) => operator !== 'empty');

describe.each(others)('absent, %s %j', (operator, operand, yes, no) => {
  it.each<JsonObject>([{}, { a: {} }, { a: { b: null } }, { a: null }, { a: 'text' }, { a: [] }])(
    'means what the check says it means: %j',
    (facts) => {
      const verdict = (rule: object): string => ofFacts({ path: 'a.b', [operator]: operand, ...rule }, facts).status;
      expect(verdict({ absent: true })).toBe('pass');
      expect(verdict({ absent: false })).toBe('fail');
      expect(verdict({ absent: 'unknown' })).toBe('unknown');
      expect(verdict({})).toBe('unknown');
      expect(verdict({ default: yes })).toBe('pass');
      expect(verdict({ default: no })).toBe('fail');
    },
  );

  it('says that the vendor was silent', () => {
    expect(ofFacts({ path: 'a.b', [operator]: operand, absent: 'unknown' }, {})).toEqual({
      status: 'unknown',
      because: [{ silent: 'a.b' }],
    });
  });
});

it('absent is empty', () => {
  expect(ofFacts({ path: 'a.b', empty: true }, {})).toEqual({ status: 'pass', evidence: [{ path: 'a.b', wanted: 'is empty' }] });
});

it.each([
  ['above', 1, '2'],
  ['olderThan', '1d', 'soon'],
  ['cidrPublic', true, 'any'],
  ['matches', 'x', 1],
  ['contains', 'x', 1],
])('%s says nothing of a value that it cannot compare, so the verdict is unknown', (operator, operand, value) => {
  expect(ofFacts({ path: 'a', [operator]: operand, absent: true }, { a: value })).toEqual({
    status: 'unknown',
    because: [{ silent: 'a' }],
  });
});

it('compares the strings of Azure without case', () => {
  const azure = { type: 'azure.x.thing' };
  expect(ofFacts({ path: 'a', is: 'Disabled' }, { a: 'disabled' }, azure).status).toBe('pass');
  expect(ofFacts({ path: 'a', isNot: 'Disabled' }, { a: 'disabled' }, azure).status).toBe('fail');
  expect(ofFacts({ path: 'a', in: ['X', 'Disabled'] }, { a: 'disabled' }, azure).status).toBe('pass');
  expect(ofFacts({ path: 'a', contains: 'APPROVED' }, { a: ['Approved'] }, azure).status).toBe('pass');
  expect(ofFacts({ path: 'a', matches: 'allow.*' }, { a: 'AllowInternet' }, azure).status).toBe('pass');
});

it('what was not read below an empty value may be what fills it', () => {
  expect(ofFacts({ path: 'a', empty: true }, {}, { unread: ['a.b'] }).status).toBe('unknown');
  expect(ofFacts({ path: 'a', empty: true }, { a: [] }, { unread: ['a[]'] }).status).toBe('unknown');
  expect(ofFacts({ path: 'a', empty: false }, { a: [1] }, { unread: ['a[]'] }).status).toBe('pass');
  expect(ofFacts({ path: 'a', contains: 'x' }, { a: ['y'] }, { unread: ['a[]'] }).status).toBe('unknown');
  expect(ofFacts({ path: 'a', contains: 'x' }, { a: ['x'] }, { unread: ['a[]'] }).status).toBe('pass');
  expect(ofFacts({ path: 'a.b', is: 'x', absent: false }, {}, { unread: ['a.b.c'] }).status).toBe('unknown');
});

it('cuts what is too long to show', () => {
  const verdict = ofFacts({ path: 'a', empty: true }, { a: Array.from({ length: 100 }, (_, i) => `element ${i}`) });
  expect(verdict).toEqual({ status: 'fail', evidence: [{ path: 'a', found: '100 elements', wanted: 'is empty' }] });
});

it('never follows a member that is not the object’s own', () => {
  expect(ofFacts({ path: 'constructor.name', empty: true }, {}).status).toBe('pass');
  expect(ofFacts({ path: 'toString', empty: true }, {}).status).toBe('pass');
});

it('a list that nobody filled settles nothing', () => {
  for (const operator of ['in', 'notIn']) {
    expect(ofFacts({ path: 'a', [operator]: [], absent: 'unknown' }, { a: 'x' })).toEqual({
      status: 'unknown',
      because: [{ silent: 'a' }],
    });
  }
});
