import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Asset, Edge } from '../../src/model/asset.ts';
import { assetType } from '../../src/model/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { allOf, anyOf, opposite, type Outcome, unknown } from '../../src/checks/outcome.ts';
import { asset, check, edge, type Estate, estate, gap, judge, scope } from '../support/judge-one.ts';

const outcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  { truth: 'yes', evidence: [] },
  { truth: 'no', evidence: [] },
  unknown([{ gap }]),
);

it('De Morgan’s laws hold with unknowns', () => {
  fc.assert(
    fc.property(fc.array(outcome), (outcomes) => {
      expect(opposite(allOf(outcomes)).truth).toBe(anyOf(outcomes.map(opposite)).truth);
      expect(opposite(anyOf(outcomes)).truth).toBe(allOf(outcomes.map(opposite)).truth);
    }),
  );
});

it('the order of operands and their repetition do not matter', () => {
  fc.assert(
    fc.property(fc.array(outcome), (outcomes) => {
      expect(allOf(outcomes.toReversed()).truth).toBe(allOf(outcomes).truth);
      expect(anyOf([...outcomes, ...outcomes]).truth).toBe(anyOf(outcomes).truth);
    }),
  );
});

const scalar = fc.constantFrom<Json>('x', 'y', '', 1, 2, true, false, null);
const facts = fc.record(
  {
    a: scalar,
    b: fc.record({ a: scalar, b: scalar }, { requiredKeys: [] }),
    c: fc.array(fc.record({ a: scalar, b: fc.array(scalar, { maxLength: 2 }) }, { requiredKeys: [] }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

const absence = fc.constantFrom<JsonObject>({}, { absent: true }, { absent: false }, { absent: 'unknown' }, { default: 'x' });
const operator = fc.constantFrom<JsonObject>(
  { is: 'x' },
  { isNot: 'x' },
  { in: ['x', 1] },
  { notIn: [true, 'y'] },
  { above: 1 },
  { contains: 'x' },
  { matches: 'x|y' },
);
const leafAt = (paths: readonly string[]): fc.Arbitrary<JsonObject> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...paths), operator, absence).map(([path, op, rule]) => ({ path, ...op, ...rule })),
    fc.tuple(fc.constantFrom(...paths), fc.boolean()).map(([path, empty]) => ({ path, empty })),
  );
const elementLeaf = fc.tuple(operator, absence).map(([op, rule]) => ({ ...op, ...rule }));

const condition: fc.Arbitrary<JsonObject> = fc.letrec<{ cond: JsonObject; inner: JsonObject }>((tie) => ({
  inner: leafAt(['a', 'b']),
  cond: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leafAt(['a', 'b', 'b.a', 'b.b', 'c']),
    fc.tuple(fc.constantFrom('all', 'any'), fc.array(tie('cond'), { maxLength: 3 })).map(([kind, of]) => ({ [kind]: of })),
    tie('cond').map((of) => ({ not: { all: [of] } })),
    fc
      .tuple(fc.constantFrom('some', 'every'), fc.constantFrom('all', 'any'), fc.array(tie('inner'), { maxLength: 2 }))
      .map(([quantifier, kind, of]) => ({ [quantifier]: { path: 'c[]', [kind]: of } })),
    fc
      .tuple(fc.constantFrom('some', 'every'), fc.constantFrom('c[].a', 'c[].b[]', 'c[].b'), elementLeaf)
      .map(([quantifier, path, leaf]) => ({ [quantifier]: { path, ...leaf } })),
    fc
      .tuple(fc.constantFrom('some', 'every'), tie('cond'), fc.constantFrom<JsonObject>({}, { none: true }, { none: false }))
      .map(([quantifier, of, none]) => ({ along: 'uses', to: 'aws.x.other', [quantifier]: of, ...none })),
    fc.constant({ inScope: 'aws.x.other' }),
  ),
})).cond;

type Loss =
  | { readonly kind: 'member'; readonly of: number; readonly path: readonly string[]; readonly kept: boolean }
  | { readonly kind: 'elements'; readonly of: number; readonly count: number }
  | { readonly kind: 'target' }
  | { readonly kind: 'edges' };

const loss: fc.Arbitrary<Loss> = fc.oneof(
  fc.record({
    kind: fc.constant('member' as const),
    of: fc.nat(1),
    path: fc.constantFrom<readonly string[]>([], ['a'], ['b'], ['b', 'a'], ['c']),
    kept: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('elements' as const), of: fc.nat(1), count: fc.nat(3) }),
  fc.record({ kind: fc.constant('target' as const) }),
  fc.record({ kind: fc.constant('edges' as const) }),
);

/** The same estate as somebody sees it to whom a call was refused. */
function without(full: Estate, losses: readonly Loss[]): Estate {
  return losses.reduce<Estate>((known, one) => {
    switch (one.kind) {
      case 'member':
        return changed(known, one.of, (it) => ({
          ...it,
          facts: one.kept ? it.facts : removed(it.facts, one.path),
          unread: [...it.unread, { prefix: one.path.join('.'), why: { gap } }],
        }));
      case 'elements':
        return changed(known, one.of, (it) => {
          const list = it.facts['c'];
          return {
            ...it,
            facts: Array.isArray(list) ? { ...it.facts, c: list.slice(0, one.count) } : it.facts,
            unread: [...it.unread, { prefix: 'c', why: { gap } }],
          };
        });
      case 'target':
        return { ...known, assets: known.assets.slice(0, 1), asked: known.asked.map((row) => ({ ...row, listingCut: true, gaps: [gap] })) };
      case 'edges':
        return changed({ ...known, edges: [] }, 0, (it) => ({
          ...it,
          hiddenEdges: [{ kind: 'uses', to: assetType('aws.x.other'), why: { gap } }],
        }));
    }
  }, full);
}

function changed(known: Estate, index: number, change: (one: Asset) => Asset): Estate {
  return { ...known, assets: known.assets.map((one, i) => (i === index ? change(one) : one)) };
}

function removed(json: JsonObject, [first, ...rest]: readonly string[]): JsonObject {
  if (first === undefined) return {};
  const { [first]: inner, ...others } = json;
  return rest.length > 0 && isJsonObject(inner) ? { ...others, [first]: removed(inner, rest) } : rest.length > 0 ? json : others;
}

it('taking away knowledge only ever moves a verdict to unknown', () => {
  let unchanged = 0;
  let lost = 0;
  fc.assert(
    fc.property(
      facts,
      facts,
      fc.boolean(),
      fc.option(condition, { nil: undefined }),
      condition,
      fc.array(loss, { minLength: 1, maxLength: 3 }),
      (own, others, isLinked, applies, expected, losses) => {
        const edges: readonly Edge[] = isLinked ? [edge('one', 'uses', 'other', 'aws.x.other')] : [];
        const row = {
          scope,
          type: assetType('aws.x.other'),
          operations: [],
          notAsked: [],
          gaps: [],
          limits: [],
          listingCut: false,
          leadsTo: [],
        };
        const full = estate([asset('one', 'aws.x.thing', own), asset('other', 'aws.x.other', others)], { edges, asked: [row] });
        const one = check('c', { ...(applies !== undefined && { applies }), expect: expected });
        const before = judge(one, full).status;
        const after = judge(one, without(full, losses)).status;
        if (after === 'unknown') lost += 1;
        else {
          unchanged += 1;
          expect(after).toBe(before);
        }
      },
    ),
    { numRuns: 6000 },
  );
  expect(unchanged).toBeGreaterThan(1000);
  expect(lost).toBeGreaterThan(1000);
});
