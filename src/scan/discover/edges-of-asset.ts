import type { Edge, Facts } from '../../model/asset.ts';
import { type AssetId, assetId, assetType } from '../../model/ids.ts';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { stepsOf } from '../../providers/answer-path.ts';
import type { Collector, ScopeContext } from '../../providers/collector.ts';

/** The edges that an asset's facts name. Values that name nothing of the target's type give none. */
export function edgesOfAsset(collector: Collector, from: AssetId, facts: Facts, scope: ScopeContext): readonly Edge[] {
  const edges = collector.edges.flatMap(({ kind, from: path, to, id }) =>
    textsAt(facts, path).flatMap((text): Edge[] => {
      const target = id === undefined ? assetId(text) : id(text, scope, facts);
      return target === undefined ? [] : [{ from, to: target, kind, toType: assetType(to) }];
    }),
  );
  return [...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values()];
}

/** All non-empty texts at a fact path, through lists and maps; a list at the end of the path gives its items. */
export function textsAt(facts: Facts, path: string): readonly string[] {
  let values: readonly Json[] = [facts];
  for (const step of stepsOf(path)) {
    values = values.flatMap((value): readonly Json[] => {
      if (step === 'items') return isJsonList(value) ? value : [];
      if (!isJsonObject(value)) return [];
      if (step === 'entries') return Object.values(value);
      const inner = value[step.member];
      return inner === undefined ? [] : [inner];
    });
  }
  return values
    .flatMap((value) => (isJsonList(value) ? value : [value]))
    .filter((value): value is string => typeof value === 'string' && value !== '');
}
