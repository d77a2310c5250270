import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { asset, check, estate, gap, judge, ofFacts } from '../support/judge-one.ts';

const strong: Json = {
  some: {
    path: 'filters[]',
    all: [
      { path: 'type', is: 'PROMPT' },
      { path: 'strength', in: ['HIGH'], absent: false },
    ],
  },
};

it('some needs all of it in one element', () => {
  expect(ofFacts(strong, { filters: [{ type: 'PROMPT', strength: 'HIGH' }] }).status).toBe('pass');
  expect(
    ofFacts(strong, {
      filters: [
        { type: 'PROMPT', strength: 'LOW' },
        { type: 'HATE', strength: 'HIGH' },
      ],
    }),
  ).toEqual({
    status: 'fail',
    evidence: [
      { path: 'filters[0].strength', found: 'LOW', wanted: 'is one of HIGH' },
      { path: 'filters[1].type', found: 'HATE', wanted: 'is PROMPT' },
    ],
  });
});

it('an operator beside the path speaks of the element itself', () => {
  const noPublic = { every: { path: 'ips[]', cidrPublic: false } };
  expect(ofFacts(noPublic, { ips: ['10.0.0.1'] }).status).toBe('pass');
  expect(ofFacts(noPublic, { ips: ['10.0.0.1', '203.0.113.1'] })).toEqual({
    status: 'fail',
    evidence: [{ path: 'ips[1]', found: '203.0.113.1', wanted: 'holds no internet address' }],
  });
});

it('a path may go on behind the brackets, and through several', () => {
  const approved = { some: { path: 'connections[].state.status', is: 'Approved', absent: false } };
  expect(ofFacts(approved, { connections: [{ state: {} }, { state: { status: 'Approved' } }] }).status).toBe('pass');
  expect(ofFacts(approved, { connections: [{ state: {} }] }).status).toBe('fail');
  expect(ofFacts({ every: { path: 'a[].b[]', isNot: 'x' } }, { a: [{ b: ['y'] }, {}, { b: ['x'] }] })).toEqual({
    status: 'fail',
    evidence: [{ path: 'a[2].b[0]', found: 'x', wanted: 'is not x' }],
  });
});

it('a list may be named without its brackets', () => {
  expect(ofFacts({ some: { path: '$ai', is: 'gpu' } }, { $ai: ['gpu'] }).status).toBe('pass');
});

it('map values are elements as well', () => {
  expect(ofFacts({ every: { path: 'env{}.secret', is: false, absent: true } }, { env: { 'A.B': { secret: true }, C: {} } })).toEqual({
    status: 'fail',
    evidence: [{ path: 'env."A.B".secret', found: true, wanted: 'is false' }],
  });
});

describe('no elements', () => {
  it.each<JsonObject>([{}, { list: [] }, { list: null }])('every is true and some is false over %j', (facts) => {
    expect(ofFacts({ every: { path: 'list[]', is: 1 } }, facts).status).toBe('pass');
    expect(ofFacts({ some: { path: 'list[]', is: 1 } }, facts).status).toBe('fail');
  });

  it('a list that was not read is unknown for both', () => {
    for (const unread of ['', 'list', 'list[]']) {
      expect(ofFacts({ every: { path: 'list[]', is: 1 } }, {}, { unread: [unread] })).toEqual({ status: 'unknown', because: [{ gap }] });
      expect(ofFacts({ some: { path: 'list[]', is: 1 } }, {}, { unread: [unread] })).toEqual({ status: 'unknown', because: [{ gap }] });
    }
  });

  it('what is no list is unknown', () => {
    expect(ofFacts({ every: { path: 'list[]', is: 1 } }, { list: 'text' })).toEqual({ status: 'unknown', because: [{ silent: 'list[]' }] });
    expect(ofFacts({ every: { path: 'map{}', is: 1 } }, { map: [1] }).status).toBe('unknown');
  });
});

describe('a list that was read in part', () => {
  it.each(['list', 'list[]'])('settles what its known elements settle (%s unread)', (unread) => {
    const facts = { list: [{ x: 1 }] };
    expect(ofFacts({ some: { path: 'list[].x', is: 1 } }, facts, { unread: [unread] }).status).toBe('pass');
    expect(ofFacts({ some: { path: 'list[].x', is: 2 } }, facts, { unread: [unread] }).status).toBe('unknown');
    expect(ofFacts({ every: { path: 'list[].x', is: 2 } }, facts, { unread: [unread] }).status).toBe('fail');
    expect(ofFacts({ every: { path: 'list[].x', is: 1 } }, facts, { unread: [unread] }).status).toBe('unknown');
  });

  it('one element may be the one that was not read', () => {
    const facts: JsonObject = { list: [{ x: 1 }, {}] };
    expect(ofFacts({ every: { path: 'list[].x', is: 1, absent: true } }, facts, { unread: ['list[1]'] }).status).toBe('unknown');
    expect(ofFacts({ every: { path: 'list[].x', is: 1, absent: true } }, facts, { unread: ['list[1].x'] }).status).toBe('unknown');
    expect(ofFacts({ some: { path: 'list[].x', is: 1, absent: true } }, facts, { unread: ['list[1].x'] }).status).toBe('pass');
  });

  it('a member of all elements may be what was not read', () => {
    expect(ofFacts({ every: { path: 'list[].x', is: 1, absent: true } }, { list: [{}] }, { unread: ['list.x'] }).status).toBe('unknown');
    expect(ofFacts({ every: { path: 'list[].x.y', empty: true } }, { list: [{}] }, { unread: ['list.x.y.z'] }).status).toBe('unknown');
    expect(
      ofFacts({ every: { path: 'list[]', all: [{ path: 'x', is: 1, absent: true }] } }, { list: [{}] }, { unread: ['list[].x'] }).status,
    ).toBe('unknown');
    expect(ofFacts({ every: { path: 'list[]', all: [{ path: 'y', is: 1 }] } }, { list: [{ y: 1 }] }, { unread: ['list[].x'] }).status).toBe(
      'pass',
    );
  });
});

it('what is surely so is known for certain: a doubt is no, and it stands in applies alone', () => {
  const surely: Json = { surely: { path: 'a', is: 'x', absent: 'unknown' } };
  const silenced = check('c', { applies: { not: surely }, expect: { path: 'b', is: true, absent: false } });
  const verdict = (facts: JsonObject) => judge(silenced, estate([asset('1', 'aws.x.thing', facts)])).status;
  expect([verdict({ a: 'x' }), verdict({ a: 'y' }), verdict({})]).toEqual(['not-applicable', 'fail', 'fail']);
  expect(() => ofFacts(surely, {})).toThrow('expect.surely stands in applies alone');
});
