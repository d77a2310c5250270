import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import type { Example } from '../../src/checks/document.ts';
import { failingExamples } from '../../src/checks/examples.ts';
import { mutantsOf, unnoticedMutants } from '../../src/checks/mutate.ts';
import { check } from '../support/judge-one.ts';

const library = { checks: [], predicates: {}, policy: {} };
const changes = (expected: Json, applies?: Json): readonly string[] =>
  [...mutantsOf(check('c', { expect: expected, ...(applies !== undefined && { applies }) }))].map(
    ({ change, check: mutant }) => `${change} = ${JSON.stringify(mutant.applies ?? null)} ${JSON.stringify(mutant.expect)}`,
  );

it('flips operators, rules of absence and defaults, drops operands and first values', () => {
  expect(changes({ path: 'a', is: 1, absent: true })).toEqual([
    'expect: is → isNot = null {"path":"a","absent":true,"isNot":1}',
    'expect.absent: true → false = null {"path":"a","is":1,"absent":false}',
  ]);
  expect(changes({ path: 'a', notIn: ['x', 'y'], default: 'x' })).toEqual([
    'expect: notIn → in = null {"path":"a","default":"x","in":["x","y"]}',
    'expect.notIn[0]: dropped = null {"path":"a","notIn":["y"],"default":"x"}',
    'expect.default: dropped = null {"path":"a","notIn":["x","y"]}',
  ]);
  expect(changes({ path: 'a', empty: true })).toEqual(['expect.empty: true → false = null {"path":"a","empty":false}']);
  expect(changes({ path: 'a', matches: 'x', absent: 'unknown' })).toEqual([
    'expect.matches: the opposite = null {"not":{"path":"a","matches":"x","absent":"unknown"}}',
    'expect.absent: "unknown" → true = null {"path":"a","matches":"x","absent":true}',
  ]);
  expect(changes({ all: [{ path: 'a', empty: true }, { meets: 'x' }] })).toEqual([
    'expect.all[0]: dropped = null {"all":[{"meets":"x"}]}',
    'expect.all[0].empty: true → false = null {"all":[{"path":"a","empty":false},{"meets":"x"}]}',
    'expect.all[1]: dropped = null {"all":[{"path":"a","empty":true}]}',
    'expect.all[1].meets: the opposite = null {"all":[{"path":"a","empty":true},{"not":{"meets":"x"}}]}',
  ]);
});

it('goes into lists, edges and applies', () => {
  expect(changes({ some: { path: 'l[]', matches: 'x' } })).toEqual([
    'expect.some.matches: the opposite = null {"some":{"path":"l[]","not":{"matches":"x","path":""}}}',
  ]);
  expect(changes({ along: 'uses', to: 'aws.x.y', every: { path: 'a', contains: 'x' }, none: true })).toEqual([
    'expect.every.contains: the opposite = null {"along":"uses","to":"aws.x.y","every":{"not":{"path":"a","contains":"x"}},"none":true}',
    'expect.none: true → false = null {"along":"uses","to":"aws.x.y","every":{"path":"a","contains":"x"},"none":false}',
  ]);
  expect(changes({ path: 'a', empty: true }, { not: { all: [{ inScope: 'aws.x.y' }] } })).toEqual([
    'applies.not.all[0]: dropped = {"not":{"all":[]}} {"path":"a","empty":true}',
    'applies.not.all[0].inScope: the opposite = {"not":{"all":[{"not":{"inScope":"aws.x.y"}}]}} {"path":"a","empty":true}',
    'expect.empty: true → false = {"not":{"all":[{"inScope":"aws.x.y"}]}} {"path":"a","empty":false}',
  ]);
});

describe('examples', () => {
  const one = check('c', { expect: { path: 'a', is: 1, absent: false } });
  const found: readonly Example[] = [
    { label: 'pass[0]', verdict: 'pass', facts: { a: 1 } },
    { label: 'fail[0]', verdict: 'fail', facts: { a: 2 } },
    { label: 'unknown[0]', verdict: 'unknown', facts: {}, unread: ['a'] },
  ];

  it('a mutant that no example notices is reported', () => {
    expect(failingExamples(one, found, library)).toEqual([]);
    expect(unnoticedMutants(one, found, library).map(({ change }) => change)).toEqual(['expect.absent: false → true']);
    expect(unnoticedMutants(one, [...found, { label: 'fail[1]', verdict: 'fail', facts: {} }], library)).toEqual([]);
  });

  it('an example that comes out otherwise is reported with its verdict', () => {
    expect(failingExamples(one, [{ label: 'pass[0]', verdict: 'pass', facts: {} }], library)).toEqual([
      { label: 'pass[0]', expected: 'pass', verdict: { status: 'fail', evidence: [{ path: 'a', wanted: 'is 1' }] } },
    ]);
  });

  it('the failing elements can be named', () => {
    const each = check('c', { each: { path: 'l[]', key: 'id' }, expect: { path: 'p', isNot: 1, absent: true } });
    const example: Example = {
      label: 'fail[0]',
      verdict: 'fail',
      facts: {
        l: [
          { id: 'x', p: 1 },
          { id: 'y', p: 2 },
        ],
      },
      elements: ['x'],
    };
    expect(failingExamples(each, [example], library)).toEqual([]);
    expect(failingExamples(each, [{ ...example, elements: ['y'] }], library)).toMatchObject([{ label: 'fail[0]', elements: ['x'] }]);
  });

  it('edges, hidden edges, scope, time and parameters can be given', () => {
    const aged = check('c', {
      params: { days: { default: 90 } },
      applies: { inScope: 'aws.x.guard' },
      expect: { along: 'uses', to: 'aws.x.key', every: { path: 'made', olderThan: '{days}d', absent: 'unknown' } },
    });
    const example = {
      facts: {},
      scope: { 'aws.x.guard': 1 },
      edges: { uses: [{ type: 'aws.x.key', facts: { made: '2026-01-01' } }] },
      at: '2026-03-01',
    };
    const examples: readonly Example[] = [
      { ...example, label: 'a', verdict: 'fail' },
      { ...example, label: 'b', verdict: 'pass', params: { days: 30 } },
      { ...example, label: 'c', verdict: 'pass', at: '2026-06-01' },
      { ...example, label: 'd', verdict: 'not-applicable', scope: { 'aws.x.guard': 0 } },
      { ...example, label: 'e', verdict: 'unknown', scope: { 'aws.x.guard': 'cut' } },
      { ...example, label: 'f', verdict: 'unknown', scope: {} },
      { ...example, label: 'g', verdict: 'unknown', hidden: { uses: ['aws.x.key'] }, at: '2026-06-01' },
      { ...example, label: 'h', verdict: 'unknown', edges: { uses: [{ type: 'aws.x.key', unseen: true }] } },
      { ...example, label: 'i', verdict: 'pass', edges: { uses: [{ type: 'aws.x.key', dangling: true }] } },
      { ...example, label: 'j', verdict: 'unknown', edges: { uses: [{ type: 'aws.x.key', unread: ['made'] }] } },
    ];
    expect(failingExamples(aged, examples, library)).toEqual([]);
  });
});
