import type { Check } from '../model/check.ts';
import type { AssetType, CheckId } from '../model/ids.ts';
import type { Json } from '../model/json.ts';
import { type Condition, parseCondition } from './condition.ts';
import { joinPaths } from './path.ts';
import { placeholdersOf } from './placeholders.ts';
import type { Predicate } from './predicate.ts';

/** One thing that a check reads. */
export interface Need {
  readonly check: CheckId;
  readonly asset: AssetType;
  /** Fact path; absent where the check only needs to know which assets of the type there are. */
  readonly path?: string;
  /** A fix only fills its placeholders with the fact: nothing is judged by it. */
  readonly use: 'condition' | 'fix';
}

/** What these checks read: their own assets, the targets of edges, and what the checks that they meet read. `all` is where those are found. */
export function needsOf(
  checks: readonly Check[],
  all: readonly Check[],
  predicates: { readonly [name: string]: Predicate },
): readonly Need[] {
  const known = new Map(all.map((check) => [check.id, check]));
  return checks.flatMap((check) => {
    const needs = new Map<string, Need>();
    const add = (asset: AssetType, path: string | undefined, use: Need['use']): void => {
      const key = JSON.stringify([asset, path]);
      if (!needs.has(key)) needs.set(key, { check: check.id, asset, ...(path !== undefined && { path }), use });
    };
    const seen = new Set<string>();
    const visitCheck = (other: Check, asset: AssetType): void => {
      if (seen.has(`${other.id}\n${asset}`)) return;
      seen.add(`${other.id}\n${asset}`);
      add(asset, undefined, 'condition');
      for (const { condition, base } of conditionsOf(other)) visit(condition, asset, base);
      for (const path of eachPathsOf(other)) add(asset, path, 'condition');
    };
    const visit = (condition: Condition, asset: AssetType, base: string): void => {
      switch (condition.kind) {
        case 'leaf':
          return add(asset, joinPaths(base, condition.path), 'condition');
        case 'all':
        case 'any':
          return condition.of.forEach((one) => visit(one, asset, base));
        case 'not':
        case 'surely':
          return visit(condition.of, asset, base);
        case 'some':
        case 'every': {
          const list = joinPaths(base, listed(condition.path));
          add(asset, list, 'condition');
          return visit(condition.of, asset, list);
        }
        case 'along':
          add(condition.to, undefined, 'condition');
          return visit(condition.of, condition.to, '');
        case 'meets': {
          const other = known.get(condition.check);
          return other === undefined ? undefined : visitCheck(other, asset);
        }
        case 'inScope':
          return add(condition.type, undefined, 'condition');
        case 'ask':
          return predicates[condition.predicate]?.reads.forEach((path) => add(asset, joinPaths(base, path), 'condition'));
      }
    };
    for (const asset of check.assets) {
      visitCheck(check, asset);
      for (const path of factsOfFix(check)) add(asset, path, 'fix');
    }
    return [...needs.values()];
  });
}

/** Asset type → fact paths, as the plan of a discovery takes them. */
export function factsByType(needs: readonly Need[]): { readonly [assetType: string]: ReadonlySet<string> } {
  const byType: Record<string, Set<string>> = {};
  for (const { asset, path } of needs) {
    const paths = (byType[asset] ??= new Set());
    if (path !== undefined) paths.add(path);
  }
  return byType;
}

/** The conditions of a check with the list that their paths are relative to (`''`: the asset). */
export function conditionsOf(
  check: Check,
): readonly { readonly condition: Condition; readonly base: string; readonly where: 'applies' | 'expect' }[] {
  const parsed = (json: Json | undefined, where: 'applies' | 'expect'): readonly Condition[] =>
    json === undefined ? [] : [parseCondition(json, where)];
  const bases = check.each === undefined ? [''] : eachPathsOf(check).map(listed);
  return [
    ...parsed(check.applies, 'applies').map((condition) => ({ condition, base: '', where: 'applies' as const })),
    ...parsed(check.expect, 'expect').flatMap((condition) => bases.map((base) => ({ condition, base, where: 'expect' as const }))),
  ];
}

export function eachPathsOf({ each }: Check): readonly string[] {
  if (each === undefined) return [];
  return typeof each.path === 'string' ? [each.path] : each.path;
}

/** A list may be named without its suffix. */
export function listed(path: string): string {
  return /\[\]|\{\}/.test(path) ? path : `${path}[]`;
}

function factsOfFix(check: Check): readonly string[] {
  return placeholdersOf(check.fix).flatMap(({ name }) => (name.startsWith('fact.') ? [name.slice('fact.'.length)] : []));
}
