import { describe, expect, it } from 'vitest';
import type { Predicate } from '../../src/checks/predicate.ts';
import { asset, check, estate, gap, judge } from '../support/judge-one.ts';

const of = (facts: Parameters<typeof asset>[2], unread: readonly string[] = []) => estate([asset('a', 'aws.x.thing', facts, { unread })]);

describe('applies', () => {
  const one = check('c', { applies: { path: 'on', is: true, absent: 'unknown' }, expect: { path: 'a', is: 1, absent: false } });

  it('no is not-applicable, unknown is unknown, yes asks for more', () => {
    expect(judge(one, of({ on: false, a: 1 }))).toEqual({ status: 'not-applicable' });
    expect(judge(one, of({ a: 1 }, ['on']))).toEqual({ status: 'unknown', because: [{ gap }] });
    expect(judge(one, of({ on: true, a: 1 })).status).toBe('pass');
    expect(judge(one, of({ on: true })).status).toBe('fail');
  });

  it('holds for what is judged by hand as well', () => {
    const manual = check('c', { applies: { path: 'on', is: true, absent: false }, manual: { where: 'console' } });
    expect(judge(manual, of({ on: true }))).toEqual({ status: 'manual', where: 'console' });
    expect(judge(manual, of({}))).toEqual({ status: 'not-applicable' });
  });
});

describe('each', () => {
  const one = check('c', { each: { path: 'rules[]', key: 'id' }, expect: { path: 'port', notIn: [22], absent: true } });

  it('marks the evidence of each failing element with its key', () => {
    expect(
      judge(
        one,
        of({
          rules: [
            { id: 'r1', port: 22 },
            { id: 'r2', port: 443 },
            { id: 'r3', port: 22 },
          ],
        }),
      ),
    ).toEqual({
      status: 'fail',
      evidence: [
        { path: 'rules[0].port', found: 22, wanted: 'is none of 22', element: 'r1' },
        { path: 'rules[2].port', found: 22, wanted: 'is none of 22', element: 'r3' },
      ],
    });
  });

  it('passes over no elements, and says so', () => {
    expect(judge(one, of({}))).toEqual({ status: 'pass', evidence: [{ path: 'rules[]', wanted: 'every element fits (there is none)' }] });
  });

  it('is unknown where elements may be missing, and fails where a known one fails', () => {
    expect(judge(one, of({ rules: [{ id: 'r', port: 443 }] }, ['rules']))).toEqual({ status: 'unknown', because: [{ gap }] });
    expect(judge(one, of({ rules: [{ id: 'r', port: 22 }] }, ['rules'])).status).toBe('fail');
  });

  it('keeps every failing element, however many', () => {
    const rules = Array.from({ length: 50 }, (_, i) => ({ id: `r${i}`, port: 22 }));
    const verdict = judge(one, of({ rules }));
    expect(verdict.status === 'fail' && verdict.evidence.map(({ element }) => element)).toEqual(rules.map(({ id }) => id));
  });

  it('a key is the member, the value itself, or the members in a fixed order', () => {
    const key = (each: { path: string; key?: string }, list: Parameters<typeof asset>[2]['x'] & readonly unknown[]): unknown => {
      const verdict = judge(check('c', { each, expect: { path: 'never', is: 1, absent: false } }), of({ list }));
      return verdict.status === 'fail' && verdict.evidence[0]?.element;
    };
    expect(key({ path: 'list[]', key: 'id' }, [{ id: 7 }])).toBe('7');
    expect(key({ path: 'list[]', key: '' }, ['arn:x'])).toBe('arn:x');
    expect(key({ path: 'list[]', key: 'id' }, [{ b: 1, a: { d: 1, c: 2 } }])).toBe('{"a":{"c":2,"d":1},"b":1}');
  });

  it('a key that was found is named by its value and variable, in several lists', () => {
    const keys = check('c', {
      each: { path: ['OnCreate[].Content.secrets[]', 'OnStart[].Content.secrets[]'] },
      expect: { path: 'confidence', is: 'possible' },
    });
    const script = (...found: readonly { readonly variable: string; readonly confidence: string }[]) => [
      { Content: { $inspected: true, present: true, secrets: found, kept: {} } },
    ];
    const verdict = judge(
      keys,
      of({
        OnCreate: script({ variable: 'line 3', confidence: 'certain' }),
        OnStart: script({ variable: '', confidence: 'likely' }, { variable: 'X', confidence: 'possible' }),
      }),
    );
    expect(verdict.status === 'fail' && verdict.evidence.map(({ path, element }) => [path, element])).toEqual([
      ['OnCreate[0].Content.secrets[0].confidence', 'OnCreate[].Content line 3'],
      ['OnStart[0].Content.secrets[0].confidence', 'OnStart[].Content'],
    ]);
  });
});

describe('all, any, not', () => {
  const leaf = (path: string) => ({ path, is: true, absent: false as const });

  it('show everything that settles them', () => {
    const both = check('c', { expect: { all: [leaf('a'), leaf('b'), leaf('c')] } });
    const verdict = judge(both, of({ a: true, b: false, c: false }));
    expect(verdict.status === 'fail' && verdict.evidence.map(({ path }) => path)).toEqual(['b', 'c']);
  });

  it('say each reason once, sorted', () => {
    const open = check('c', { expect: { all: [leaf('b'), leaf('a'), { path: 'z', is: 1, absent: 'unknown' }] } });
    expect(judge(open, of({}, ['a', 'b']))).toEqual({ status: 'unknown', because: [{ gap }, { silent: 'z' }] });
  });

  it('not turns the answer round and leaves unknown alone', () => {
    const not = check('c', { expect: { not: { any: [leaf('a')] } } });
    expect(judge(not, of({ a: true }))).toEqual({ status: 'fail', evidence: [{ path: 'a', found: true, wanted: 'not: is true' }] });
    expect(judge(not, of({ a: false })).status).toBe('pass');
    expect(judge(not, of({}, ['a'])).status).toBe('unknown');
  });

  it('an empty all holds, an empty any does not', () => {
    expect(judge(check('c', { expect: { all: [] } }), of({})).status).toBe('pass');
    expect(judge(check('c', { expect: { any: [] } }), of({})).status).toBe('fail');
  });
});

describe('params', () => {
  const one = check('c', {
    params: { days: { default: 90, policy: 'maxAgeDays' }, ports: { default: [22] } },
    expect: {
      all: [
        { path: 'made', olderThan: '{days}d', absent: false },
        { path: 'port', notIn: '{ports}', absent: true },
      ],
    },
  });

  it('come from the user’s policy, else from the default', () => {
    const facts = of({ made: '2025-11-01T00:00:00Z' });
    expect(judge(one, facts).status).toBe('fail');
    expect(judge(one, facts, { policy: { maxAgeDays: 30 } }).status).toBe('pass');
    expect(judge(one, facts, { policy: { days: 30 } }).status).toBe('fail');
    expect(judge(one, of({ made: '2020-01-01', port: 22 })).status).toBe('fail');
  });
});

describe('ask', () => {
  const predicate: Predicate = {
    says: 'adds up to ten',
    reads: ['a', 'b'],
    ask: (read) => {
      const [a, b] = [read('a'), read('b')];
      if (a.kind === 'unread') return { unread: a.because };
      if (b.kind === 'unread') return { unread: b.because };
      if (a.kind === 'absent' || b.kind === 'absent') return { silent: 'b' };
      return Number(a.value) + Number(b.value) === 10;
    },
  };
  const one = check('c', { expect: { ask: 'ten' } });
  const library = { predicates: { ten: predicate } };

  it('is three-valued like everything else', () => {
    expect(judge(one, of({ a: 4, b: 6 }), library)).toEqual({
      status: 'pass',
      evidence: [{ path: 'a, b', found: { a: 4, b: 6 }, wanted: 'adds up to ten' }],
    });
    expect(judge(one, of({ a: 4, b: 5 }), library).status).toBe('fail');
    expect(judge(one, of({ a: 4 }), library)).toEqual({ status: 'unknown', because: [{ silent: 'b' }] });
    expect(judge(one, of({ a: 4 }, ['b']), library)).toEqual({ status: 'unknown', because: [{ gap }] });
  });

  it('is told of a value that was read in part that it was not read', () => {
    expect(judge(one, of({ a: { x: 1 }, b: 1 }, ['a.y']), library)).toEqual({ status: 'unknown', because: [{ gap }] });
  });

  it('cannot read what it does not declare', () => {
    const liar: Predicate = { ...predicate, reads: ['a'] };
    expect(() => judge(one, of({ a: 1 }), { predicates: { ten: liar } })).toThrow('ten reads "b" and does not declare it');
  });
});
