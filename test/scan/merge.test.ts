import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assetId, assetType, gapId, limitId, operationId, scopeId } from '../../src/model/ids.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { mergeInventories } from '../../src/scan/merge.ts';

const scope = scopeId('aws', '1', 'r1');
const type = assetType('aws.toy.service');

function inventory(changes: Partial<Inventory> = {}): Inventory {
  return {
    schemaVersion: '1.0',
    tool: { name: 'aispm', version: '0.1.0' },
    scopes: [{ id: scope, provider: 'aws', account: '1', region: 'r1', collectedAt: '2026-01-01T00:00:00.000Z' }],
    asked: [
      {
        scope,
        type,
        operations: [operationId('x:List')],
        notAsked: [operationId('x:Get')],
        gaps: [],
        limits: [],
        listingCut: false,
        leadsTo: [],
      },
    ],
    assets: [],
    edges: [],
    secrets: [],
    gaps: [],
    limits: [],
    notConfigured: [],
    selection: [],
    ...changes,
  };
}

const asset = (name: string, unread: readonly string[]) => ({
  id: assetId(name),
  type,
  name,
  scope,
  facts: { name },
  unread: unread.map((prefix) => ({ prefix, why: { gap: gapId('gap:1') } })),
  hiddenEdges: [],
});

test('the asset that was read more fully stays, and so does every gap', () => {
  const gap = { id: gapId('gap:1'), scope, call: operationId('x:Get'), reason: 'denied', detail: 'x:Get was refused' } as const;
  const poor = inventory({ assets: [asset('a', ['']), asset('b', [])], gaps: [gap], interrupted: true });
  const rich = inventory({
    scopes: [{ id: scope, provider: 'aws', account: '1', region: 'r1', collectedAt: '2026-01-02T00:00:00.000Z' }],
    asked: [{ scope, type, operations: [operationId('x:Get')], notAsked: [], gaps: [gap.id], limits: [], listingCut: true, leadsTo: [] }],
    assets: [asset('a', [])],
  });
  expect(mergeInventories([poor, rich])).toEqual({
    ...inventory(),
    scopes: rich.scopes,
    asked: [
      {
        scope,
        type,
        operations: ['x:Get', 'x:List'],
        notAsked: [],
        gaps: ['gap:1'],
        limits: [],
        listingCut: true,
        leadsTo: [],
      },
    ],
    assets: [asset('a', []), asset('b', [])],
    gaps: [gap],
    interrupted: true,
  });
});

test('a limit that two shards met in the same listing is counted once, as often as the one that met it more', () => {
  const met = (count: number) => inventory({ limits: [{ id: limitId('limit:1'), scope, subject: 'x', reason: 'by-design', count }] });
  for (const counts of [
    [2, 5],
    [5, 2],
  ] as const)
    expect(mergeInventories(counts.map(met)).limits).toEqual(met(5).limits);
});

test('the order of the inventories does not matter', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  const part = fc
    .tuple(names, fc.boolean())
    .map(([assets, cut]) => inventory({ assets: assets.map((name) => asset(name, cut ? [''] : [])) }));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      expect(mergeInventories(parts.toReversed())).toEqual(mergeInventories(parts));
    }),
  );
});

test('inventories of different major versions are refused', () => {
  expect(() => mergeInventories([inventory(), inventory({ schemaVersion: '2.0' })])).toThrow(
    expect.objectContaining({ name: 'UsageError', message: 'inventories of the versions "1.0" and "2.0" cannot be merged' }),
  );
  expect(() => mergeInventories([inventory({ schemaVersion: '2.0' })])).toThrow('this aispm reads "1.0"');
  expect(mergeInventories([inventory(), inventory({ schemaVersion: '1.3' })]).schemaVersion).toBe('1.3');
});
