import type { Asset, Edge, HiddenEdge, Unread } from '../../src/model/asset.ts';
import type { Check } from '../../src/model/check.ts';
import { assetId, assetType, checkId, gapId, scopeId } from '../../src/model/ids.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { indexEstate } from '../../src/checks/estate.ts';
import { compilerOf, type Library } from '../../src/checks/judge.ts';

export type Estate = Pick<Inventory, 'scopes' | 'asked' | 'assets' | 'edges'>;

export const scope = scopeId('aws', '1', 'r');
export const gap = gapId('g');

export function asset(
  id: string,
  type: string,
  facts: JsonObject,
  more: { readonly unread?: readonly (string | Unread)[]; readonly hiddenEdges?: readonly HiddenEdge[] } = {},
): Asset {
  return {
    id: assetId(id),
    type: assetType(type),
    name: id,
    scope,
    facts,
    unread: (more.unread ?? []).map((one) => (typeof one === 'string' ? { prefix: one, why: { gap } } : one)),
    hiddenEdges: more.hiddenEdges ?? [],
  };
}

export function edge(from: string, kind: Edge['kind'], to: string, toType: string, dangling = false): Edge {
  return { from: assetId(from), to: assetId(to), kind, toType: assetType(toType), ...(dangling && { dangling: true as const }) };
}

export function estate(assets: readonly Asset[], more: Partial<Estate> = {}): Estate {
  return {
    scopes: [{ id: scope, provider: 'aws', account: '1', region: 'r', collectedAt: '2026-01-01T00:00:00Z' }],
    asked: [],
    edges: [],
    assets,
    ...more,
  };
}

export function check(
  id: string,
  condition: Pick<Check, 'applies' | 'expect' | 'each' | 'manual'> & { readonly params?: Check['params'] },
): Check {
  return {
    id: checkId(id),
    title: id,
    severity: 'high',
    assets: [assetType('aws.x.thing')],
    because: '',
    fix: { kind: 'manual', do: '', undo: 'cannot be undone: nothing' },
    maps: {},
    relates: {},
    see: [],
    tags: [],
    formerly: [],
    ...condition,
    params: condition.params ?? {},
  };
}

/** The verdict of a check on the first asset of the estate. */
export function judge(one: Check, inventory: Estate, library: Partial<Library> = {}): Verdict {
  const compile = compilerOf({
    checks: [one, ...(library.checks ?? [])],
    predicates: library.predicates ?? {},
    policy: library.policy ?? {},
  });
  const index = indexEstate(inventory);
  const [first] = inventory.assets;
  if (first === undefined) throw new Error('an estate of no assets');
  return (compile(one.id) as NonNullable<ReturnType<typeof compile>>).judge(index.place(first), index);
}

/** The verdict of one condition on these facts. */
export function ofFacts(
  expect: Json,
  facts: JsonObject,
  more: { readonly unread?: readonly (string | Unread)[]; readonly type?: string } = {},
): Verdict {
  return judge(check('c', { expect }), estate([asset('a', more.type ?? 'aws.x.thing', facts, more)]));
}
