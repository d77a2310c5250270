import { describe, expect, it } from 'vitest';
import { assetType, gapId, limitId, operationId, scopeId } from '../../src/model/ids.ts';
import type { Asked } from '../../src/model/inventory.ts';
import { asset, check, edge, estate, gap, judge, scope } from '../support/judge-one.ts';

const role = 'aws.iam.role';
const agent = asset('agent', 'aws.x.thing', {});
const narrow = check('narrow', { expect: { along: 'assumes', to: role, every: { path: 'wide', is: false, absent: 'unknown' } } });
const asked = (type: string, more: Partial<Asked> = {}): Asked => ({
  scope,
  type: assetType(type),
  operations: [],
  notAsked: [],
  gaps: [],
  limits: [],
  listingCut: false,
  leadsTo: [],
  ...more,
});

describe('along', () => {
  it('judges the target, and names it', () => {
    for (const [wide, status] of [
      [false, 'pass'],
      [true, 'fail'],
    ] as const) {
      expect(judge(narrow, estate([agent, asset('r', role, { wide })], { edges: [edge('agent', 'assumes', 'r', role)] }))).toEqual({
        status,
        evidence: [{ path: 'wide', found: wide, wanted: 'is false', asset: 'r' }],
      });
    }
  });

  it('a target that was not read is unknown', () => {
    const unread = asset('r', role, {}, { unread: [''] });
    expect(judge(narrow, estate([agent, unread], { edges: [edge('agent', 'assumes', 'r', role)] }))).toEqual({
      status: 'unknown',
      because: [{ gap }],
    });
  });

  it('an edge that could not be seen is never a vacuous pass', () => {
    const blind = asset('agent', 'aws.x.thing', {}, { hiddenEdges: [{ kind: 'assumes', to: assetType(role), why: { gap } }] });
    expect(judge(narrow, estate([blind]))).toEqual({ status: 'unknown', because: [{ gap }] });
  });

  it('a hidden edge of another kind or type does not matter', () => {
    const blind = asset('agent', 'aws.x.thing', {}, { hiddenEdges: [{ kind: 'uses', to: assetType(role), why: { gap } }] });
    expect(judge(narrow, estate([blind])).status).toBe('pass');
  });

  it('what is known to fail fails, whatever else is hidden', () => {
    const blind = asset('agent', 'aws.x.thing', {}, { hiddenEdges: [{ kind: 'assumes', to: assetType(role), why: { gap } }] });
    expect(judge(narrow, estate([blind, asset('r', role, { wide: true })], { edges: [edge('agent', 'assumes', 'r', role)] })).status).toBe(
      'fail',
    );
  });

  it('a dangling edge has no target', () => {
    const edges = [edge('agent', 'assumes', 'r', role, true)];
    expect(judge(narrow, estate([agent], { edges }))).toEqual({
      status: 'pass',
      evidence: [{ path: 'along assumes', found: 0, wanted: `leads to ${role}` }],
    });
    const needsOne = check('c', { expect: { along: 'assumes', to: role, some: { path: 'wide', is: false, absent: true } } });
    expect(judge(needsOne, estate([agent], { edges })).status).toBe('fail');
  });

  it('none says what holds where there is no edge', () => {
    const none = (truth: boolean, quantifier: 'some' | 'every') =>
      check('c', { expect: { along: 'assumes', to: role, [quantifier]: { path: 'x', empty: true }, none: truth } });
    for (const quantifier of ['some', 'every'] as const) {
      expect(judge(none(true, quantifier), estate([agent])).status).toBe('pass');
      expect(judge(none(false, quantifier), estate([agent])).status).toBe('fail');
    }
  });

  it('a target that is not in the inventory is unknown, with what is known of its type', () => {
    const edges = [edge('agent', 'assumes', 'r', role)];
    expect(judge(narrow, estate([agent], { edges }))).toEqual({ status: 'unknown', because: [{ notAsked: `list ${role}` }] });
    expect(judge(narrow, estate([agent], { edges, asked: [asked(role)] }))).toEqual({ status: 'unknown', because: [{ silent: role }] });
    const other = scopeId('aws', '1', 'global');
    expect(
      judge(
        narrow,
        estate([agent], { edges, asked: [asked(role, { scope: other, gaps: [gapId('b'), gapId('a')], limits: [limitId('l')] })] }),
      ),
    ).toEqual({
      status: 'unknown',
      because: [{ gap: 'a' }, { gap: 'b' }, { limit: 'l' }],
    });
    expect(judge(narrow, estate([agent], { edges, asked: [asked(role, { notAsked: [operationId('iam:GetRole')] })] }))).toEqual({
      status: 'unknown',
      because: [{ notAsked: 'iam:GetRole' }],
    });
  });
});

describe('inScope', () => {
  const guarded = check('c', { expect: { inScope: 'aws.x.guard' } });

  it('counts what the scope holds', () => {
    expect(judge(guarded, estate([agent, asset('g', 'aws.x.guard', {})], { asked: [asked('aws.x.guard')] }))).toEqual({
      status: 'pass',
      evidence: [{ path: 'scope', found: 1, wanted: 'holds at least one aws.x.guard' }],
    });
    expect(judge(guarded, estate([agent], { asked: [asked('aws.x.guard')] })).status).toBe('fail');
  });

  it('does not look into other scopes, but for those without a region', () => {
    const elsewhere = { ...asset('g', 'aws.x.guard', {}), scope: scopeId('aws', '1', 'other') };
    expect(judge(guarded, estate([agent, elsewhere], { asked: [asked('aws.x.guard')] })).status).toBe('fail');
    const global = scopeId('aws', '1', 'global');
    expect(
      judge(guarded, estate([agent, { ...elsewhere, scope: global }], { asked: [asked('aws.x.guard', { scope: global })] })).status,
    ).toBe('pass');
  });

  it('of something without a region looks into the whole account, of something at a site into the regions of the site', () => {
    const seenFrom = (own: string, other: string): string => {
      const guard = { ...asset('g', 'aws.x.guard', {}), scope: scopeId('aws', '1', other) };
      const inventory = estate([{ ...agent, scope: scopeId('aws', '1', own) }, guard], {
        asked: [asked('aws.x.guard', { scope: guard.scope })],
      });
      return judge(guarded, inventory).status;
    };
    expect(seenFrom('global', 'eu-central-1')).toBe('pass');
    expect(seenFrom('mainland', 'cn-beijing')).toBe('pass');
    expect(seenFrom('cn-beijing', 'mainland')).toBe('pass');
    // Nobody asked in the regions of that site.
    expect(seenFrom('international', 'cn-beijing')).toBe('unknown');
  });

  it('is unknown where the listing was cut, unless one was seen all the same', () => {
    const cut = asked('aws.x.guard', { gaps: [gap], listingCut: true });
    expect(judge(guarded, estate([agent], { asked: [cut] }))).toEqual({ status: 'unknown', because: [{ gap }] });
    expect(judge(guarded, estate([agent, asset('g', 'aws.x.guard', {})], { asked: [cut] })).status).toBe('pass');
  });

  it('does not mind a gap of a detail call', () => {
    expect(judge(guarded, estate([agent], { asked: [asked('aws.x.guard', { gaps: [gap] })] })).status).toBe('fail');
  });

  it('is unknown where nobody asked', () => {
    expect(judge(guarded, estate([agent]))).toEqual({ status: 'unknown', because: [{ notAsked: 'list aws.x.guard' }] });
  });
});

describe('meets', () => {
  const other = check('other', { applies: { path: 'on', is: true, absent: false }, expect: { path: 'a', is: 1, absent: 'unknown' } });
  const meets = check('c', { expect: { meets: 'other' } });
  const status = (facts: Parameters<typeof asset>[2], unread: readonly string[] = []): string =>
    judge(meets, estate([asset('a', 'aws.x.thing', facts, { unread })]), { checks: [other] }).status;

  it('takes the verdict of the other check', () => {
    expect(status({ on: true, a: 1 })).toBe('pass');
    expect(status({ on: true, a: 2 })).toBe('fail');
    expect(status({ on: true })).toBe('unknown');
    expect(status({ on: true }, ['a'])).toBe('unknown');
  });

  it('counts not-applicable as met, and manual as unknown', () => {
    expect(status({})).toBe('pass');
    const manual = check('other', { manual: { where: 'console' } });
    expect(judge(meets, estate([agent]), { checks: [manual] })).toEqual({ status: 'unknown', because: [{ silent: 'meets other' }] });
  });

  it('judges the target of an edge', () => {
    const guarded = check('c', { expect: { along: 'guards', to: 'aws.x.group', every: { meets: 'other' } } });
    const one = estate([agent, asset('g', 'aws.x.group', { on: true, a: 2 })], { edges: [edge('agent', 'guards', 'g', 'aws.x.group')] });
    expect(judge(guarded, one, { checks: [other] })).toEqual({
      status: 'fail',
      evidence: [{ path: 'a', found: 2, wanted: 'is 1', asset: 'g' }],
    });
  });

  it('speaks of the asset, also from inside a list', () => {
    const inside = check('c', { expect: { every: { path: 'list[]', any: [{ meets: 'other' }] } } });
    expect(
      judge(inside, estate([asset('a', 'aws.x.thing', { on: true, a: 1, list: [{ on: true, a: 2 }] })]), { checks: [other] }).status,
    ).toBe('pass');
  });
});
