import { checkOf } from '../../src/checks/document.ts';
import { assetId, assetType, scopeId } from '../../src/model/ids.ts';
import type { Asset, Edge } from '../../src/model/asset.ts';
import type { Json } from '../../src/model/json.ts';
import { evaluate } from '../../src/scan/judge/evaluate.ts';
import type { Bench } from './compare.ts';

const assetCount = 10_000;
const checkCount = 300;
const scope = scopeId('aws', '1', 'r');

/** Conditions in the proportions of real checks: mostly leaves, some lists, now and then an edge. */
const conditions: readonly Json[] = [
  { path: 'status', is: 'Active', absent: false },
  { path: 'network.access', isNot: 'Enabled', default: 'Enabled' },
  { path: 'network.group', empty: false },
  {
    all: [
      { path: 'status', in: ['Active', 'Updating'], absent: false },
      { path: 'encryption.key', empty: false },
    ],
  },
  {
    any: [
      { path: 'network.access', is: 'Disabled', absent: false },
      { path: 'network.rules', is: 'Deny', absent: false },
    ],
  },
  { path: 'made', olderThan: '90d', absent: 'unknown' },
  { every: { path: 'addresses[]', cidrPublic: false } },
  {
    some: {
      path: 'filters[]',
      all: [
        { path: 'type', is: 'PROMPT_ATTACK', absent: false },
        { path: 'strength', in: ['MEDIUM', 'HIGH'], absent: false },
      ],
    },
  },
  { along: 'assumes', to: 'aws.x.role', every: { path: 'wide', is: false, absent: 'unknown' } },
  { path: 'size', above: 3, absent: false },
];

const checks = Array.from({ length: checkCount }, (_, i) => checkNumber(i, `aws.x.type-${Math.floor(i / 5)}`));
const checksOfAll = Array.from({ length: checkCount }, (_, i) => checkNumber(i, 'aws.x.type-0'));

const typed = estateOf((i) => `aws.x.type-${i % (checkCount / 5)}`);
const uniform = estateOf(() => 'aws.x.type-0');

export default {
  name: 'evaluate',
  about: `${assetCount} assets judged by ${checkCount} checks: 5 of them about each asset, or all of them (3 million pairs)`,
  unit: 'ms',
  rounds: 3,
  yardstick: 'a plain loop over 3 million pairs',
  contestants: {
    'a plain loop over 3 million pairs': () => cpu(plainLoop),
    '5 of 300 checks about each asset': () => cpu(() => count(typed, checks)),
    'all 300 checks about each asset': () => cpu(() => count(uniform, checksOfAll)),
  },
  goals: { '5 of 300 checks about each asset': { over: 500 }, 'all 300 checks about each asset': { over: 4000 } },
} satisfies Bench;

function count(inventory: ReturnType<typeof estateOf>, own: typeof checks): number {
  let fails = 0;
  for (const { verdict } of evaluate(inventory, { checks: own, selected: own.map(({ id }) => id), predicates: {}, policy: {} }))
    if (verdict.status === 'fail') fails += 1;
  return fails;
}

/** What no engine can do without: looking at one member of each asset, once per check, and keeping the answer for a moment. */
function plainLoop(): number {
  let fails = 0;
  for (const { facts } of uniform.assets) {
    for (const { id } of checksOfAll) {
      const verdict = { check: id, status: facts['status'] === 'Active' ? 'pass' : 'fail' };
      if (verdict.status === 'fail') fails += 1;
    }
  }
  return fails;
}

function cpu(work: () => number): number {
  const start = process.cpuUsage();
  if (work() < 0) throw new Error('a count is never negative');
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function checkNumber(i: number, asset: string): ReturnType<typeof checkOf> {
  const fix = { kind: 'manual', do: 'nothing', undo: 'cannot be undone: nothing was done' };
  return checkOf({
    id: `aws.x.check-${i}`,
    title: 'bench',
    severity: 'low',
    asset,
    because: 'bench',
    fix,
    maps: {},
    relates: {},
    expect: conditions[i % conditions.length] as Json,
  });
}

function estateOf(type: (i: number) => string) {
  const assets = Array.from({ length: assetCount }, (_, i): Asset => {
    return { id: assetId(`a${i}`), type: assetType(type(i)), name: `a${i}`, scope, facts: factsOf(i), unread: [], hiddenEdges: [] };
  });
  const roles = Array.from({ length: 100 }, (_, i): Asset => {
    return {
      id: assetId(`r${i}`),
      type: assetType('aws.x.role'),
      name: `r${i}`,
      scope,
      facts: { wide: i % 7 === 0 },
      unread: [],
      hiddenEdges: [],
    };
  });
  const edges = assets.map(
    ({ id }, i): Edge => ({ from: id, to: assetId(`r${i % 100}`), kind: 'assumes', toType: assetType('aws.x.role') }),
  );
  const scopes = [{ id: scope, provider: 'aws' as const, account: '1', region: 'r', collectedAt: '2026-01-01T00:00:00Z' }];
  return { scopes, asked: [], assets: [...assets, ...roles], edges };
}

function factsOf(i: number): Asset['facts'] {
  return {
    status: i % 3 === 0 ? 'Stopped' : 'Active',
    network: { access: i % 2 === 0 ? 'Enabled' : 'Disabled', rules: 'Deny', group: `sg-${i}` },
    encryption: i % 5 === 0 ? {} : { key: `key-${i}` },
    made: i % 4 === 0 ? '2025-01-01T00:00:00Z' : '2025-12-01T00:00:00Z',
    addresses: ['10.0.0.1', i % 11 === 0 ? '203.0.113.7' : '10.0.0.2'],
    filters: [
      { type: 'HATE', strength: 'HIGH' },
      { type: 'PROMPT_ATTACK', strength: i % 2 === 0 ? 'HIGH' : 'LOW' },
    ],
    size: i % 8,
  };
}
