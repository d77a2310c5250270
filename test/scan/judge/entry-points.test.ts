import { describe, expect, it } from 'vitest';
import type { Asset, Edge } from '../../../src/model/asset.ts';
import type { Check } from '../../../src/model/check.ts';
import { layerNames } from '../../../src/model/entry-layers.ts';
import { assetId, assetType, checkId, gapId, scopeId } from '../../../src/model/ids.ts';
import type { Judgement, Verdict } from '../../../src/model/verdict.ts';
import { entryPointsOf } from '../../../src/scan/judge/entry-points.ts';
import { entryTypes, layerRules } from '../../../src/scan/judge/layer-rules.ts';
import { loadCatalogue } from '../../../src/scan/catalogue/catalogue.ts';
import { loadEveryProvider } from '../../../src/scan/every-provider.ts';

const catalogue = await loadCatalogue([]);
const region = scopeId('alibaba', '1', 'cn-hangzhou');

function asset(id: string, type: string, more: Partial<Asset> = {}): Asset {
  return { id: assetId(id), type: assetType(type), name: id, scope: region, facts: {}, unread: [], hiddenEdges: [], ...more };
}
const edge = (from: string, kind: Edge['kind'], to: string, toType: string): Edge => ({
  from: assetId(from),
  kind,
  to: assetId(to),
  toType: assetType(toType),
});
const says = (check: string, id: string, status: 'pass' | 'fail' | 'manual' | 'unknown' | 'not-applicable'): Judgement => {
  const verdicts: { readonly [status: string]: Verdict } = {
    pass: { status: 'pass', evidence: [] },
    fail: { status: 'fail', evidence: [] },
    manual: { status: 'manual', where: 'console' },
    unknown: { status: 'unknown', because: [{ gap: gapId('g') }] },
    'not-applicable': { status: 'not-applicable' },
  };
  return { check: checkId(`alibaba.${check}`), asset: assetId(id), verdict: verdicts[status]! };
};

const api = asset('api', 'alibaba.apig.http-api');
const gateway = asset('gw', 'alibaba.apig.gateway');
const address = asset('llm.example', 'alibaba.network.public-endpoint');
const object = asset('object', 'alibaba.waf.protected-object', { scope: scopeId('alibaba', '1', 'mainland') });
const way = [
  edge('api', 'uses', 'gw', 'alibaba.apig.gateway'),
  edge('gw', 'exposes', 'llm.example', 'alibaba.network.public-endpoint'),
  edge('object', 'guards', 'llm.example', 'alibaba.network.public-endpoint'),
];

function statesOf(
  assets: readonly Asset[],
  edges: readonly Edge[],
  judgements: readonly Judgement[],
  checks: readonly Check[] = catalogue.checks,
) {
  const points = entryPointsOf({ inventory: { assets, edges }, judgements, checks });
  return Object.fromEntries(
    points.map((point) => [point.asset, Object.fromEntries(point.layers.map(({ layer, state }) => [layer, state]))]),
  );
}
const nothing = Object.fromEntries(layerNames.map((layer) => [layer, 'unknown']));

describe('the layers of an AI entry point', () => {
  it('are all unknown where nothing was judged', () => {
    expect(statesOf([api], [], [])).toEqual({ api: nothing });
  });

  it('come from what guards the address through which it is reached, and from what lies behind it', () => {
    const judgements = [
      says('waf.core-protection-mode', 'object', 'pass'),
      says('waf.endpoint-protected', 'gw', 'pass'),
      says('waf.bot-management', 'object', 'fail'),
      says('waf.logging', 'object', 'pass'),
      says('apig.ai-api-authentication', 'api', 'fail'),
    ];
    expect(statesOf([api, gateway, address, object], way, judgements)).toEqual({
      api: { ...nothing, waf: 'on', 'bot-management': 'off', logging: 'on', authentication: 'off' },
    });
  });

  it('are not those of another address', () => {
    const elsewhere = [...way.slice(0, 2), edge('object', 'guards', 'shop.example', 'alibaba.network.public-endpoint')];
    expect(statesOf([api, gateway, address, object], elsewhere, [says('waf.core-protection-mode', 'object', 'pass')])).toEqual({
      api: nothing,
    });
  });

  it('are off if one verdict failed, unknown if one is open, and manual only where nothing else speaks', () => {
    const key = asset('key', 'alibaba.modelstudio.api-key');
    const service = asset('service', 'alibaba.eas.service');
    const buckets = ['one', 'two'].map((id) => asset(id, 'alibaba.oss.bucket'));
    const reads = ['one', 'two'].map((id) => edge('service', 'reads', id, 'alibaba.oss.bucket'));
    const backup = (
      ...statuses: readonly ['pass' | 'fail' | 'unknown' | 'not-applicable', 'pass' | 'fail' | 'unknown' | 'not-applicable']
    ) => {
      const judgements = statuses.map((status, at) => says('oss.bucket-versioning', ['one', 'two'][at]!, status));
      return statesOf([service, ...buckets], reads, judgements)['service']?.['backup'];
    };
    expect([backup('pass', 'pass'), backup('pass', 'fail'), backup('pass', 'unknown'), backup('fail', 'unknown')]).toEqual([
      'on',
      'off',
      'unknown',
      'off',
    ]);
    expect([backup('pass', 'not-applicable'), backup('not-applicable', 'not-applicable')]).toEqual(['on', 'unknown']);
    const workspace = edge('key', 'uses', 'ws', 'alibaba.modelstudio.workspace');
    const asked = [says('modelstudio.workspace-advanced-agent-protection', 'ws', 'manual')];
    expect(statesOf([key, asset('ws', 'alibaba.modelstudio.workspace')], [workspace], asked)['key']?.['guardrails']).toBe('manual');
  });

  it('are unknown where an edge could not be seen', () => {
    const hidden = { hiddenEdges: [{ kind: 'reads' as const, to: assetType('alibaba.oss.bucket'), why: { gap: gapId('g') } }] };
    const service = asset('service', 'alibaba.eas.service', hidden);
    const reads = [edge('service', 'reads', 'one', 'alibaba.oss.bucket')];
    const judgements = [says('oss.bucket-versioning', 'one', 'pass')];
    expect(statesOf([service, asset('one', 'alibaba.oss.bucket')], reads, judgements)['service']?.['backup']).toBe('unknown');
  });

  it('are off with a setting that is off, and not on with one that is on, unless it covers everything', () => {
    const service = asset('service', 'alibaba.eas.service');
    const guardrails = asset('guardrails', 'alibaba.guardrails.account');
    const trail = asset('trail', 'alibaba.actiontrail.account', { scope: scopeId('alibaba', '1', 'global') });
    const states = (status: 'pass' | 'fail') =>
      statesOf(
        [service, guardrails, trail],
        [],
        [says('guardrails.channel-protection', 'guardrails', status), says('actiontrail.trail-coverage', 'trail', status)],
      )['service'];
    expect(states('fail')).toEqual({ ...nothing, guardrails: 'off', logging: 'off' });
    expect(states('pass')).toEqual({ ...nothing, logging: 'on' });
    const other = { ...guardrails, scope: scopeId('alibaba', '1', 'cn-beijing') };
    expect(statesOf([service, other], [], [says('guardrails.channel-protection', 'guardrails', 'fail')])['service']).toEqual(nothing);
  });

  it('name the verdicts that settle them', () => {
    const judgements = [says('waf.core-protection-mode', 'object', 'pass'), says('waf.ai-application-protection', 'object', 'manual')];
    const [point] = entryPointsOf({
      inventory: { assets: [api, gateway, address, object], edges: way },
      judgements,
      checks: catalogue.checks,
    });
    expect(point?.layers.find(({ layer }) => layer === 'waf')).toEqual({
      layer: 'waf',
      state: 'on',
      from: [{ check: 'alibaba.waf.core-protection-mode', asset: 'object', status: 'pass' }],
    });
  });

  it('are of a machine only if it has an address', () => {
    const inner = asset('inner', 'alibaba.ecs.instance', { facts: { $aiAddresses: [] } });
    const outer = asset('outer', 'alibaba.ecs.instance', { facts: { $aiAddresses: ['203.0.113.1'] } });
    expect(Object.keys(statesOf([inner, outer], [], []))).toEqual(['outer']);
  });

  it('are of a machine without one, too, if a load balancer exposes it', () => {
    const machine = asset('inner', 'alibaba.ecs.instance', { facts: { $ai: ['gpu'], $aiAddresses: [] } });
    const balancer = asset('lb', 'alibaba.alb.load-balancer');
    const exposes = [edge('lb', 'exposes', 'inner', 'alibaba.ecs.instance')];
    expect(statesOf([machine, balancer], exposes, [says('slb.listener-tls-and-acl', 'lb', 'fail')])).toEqual({
      inner: { ...nothing, tls: 'off' },
    });
    expect(statesOf([{ ...machine, facts: { $ai: [] } }, balancer], exposes, [])).toEqual({});
  });
});

describe('the rules of layers', () => {
  it('speak of checks and asset types that exist, each once', async () => {
    const checks = new Set<string>(catalogue.checks.map(({ id }) => id));
    const types = new Set<string>((await loadEveryProvider()).flatMap(({ collectors }) => collectors.map((one) => one.asset)));
    expect(layerRules.filter(({ check }) => !checks.has(check))).toEqual([]);
    expect(Object.keys(entryTypes).filter((type) => !types.has(type))).toEqual([]);
    const named = layerRules.map(({ layer, check }) => `${layer} ${check}`);
    expect(new Set(named).size).toBe(named.length);
  });

  it('look for verdicts where assets of the check’s type can be', () => {
    const typesOf = new Map<string, readonly string[]>(catalogue.checks.map(({ id, assets }) => [id, assets]));
    for (const { check, at } of layerRules.filter((rule) => rule.at === 'entry')) {
      expect(
        typesOf.get(check)?.some((type) => Object.hasOwn(entryTypes, type)),
        `${check} at ${at}`,
      ).toBe(true);
    }
  });
});
