import { compilerOf, type CompiledCheck, type Library } from '../../checks/judge.ts';
import { indexEstate } from '../../checks/estate.ts';
import type { AssetType, CheckId } from '../../model/ids.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Judgement } from '../../model/verdict.ts';

export interface EvaluateOptions extends Library {
  /** The checks to judge, by id; those that these meet are found among `checks`. */
  readonly selected: readonly CheckId[];
}

/**
 * Judges each selected check on each asset of its types. Pure: the only clock is each scope's `collectedAt`.
 * Yields in the order of the inventory's assets, then of `selected`; nothing is kept, so any number streams.
 */
export function* evaluate(
  inventory: Pick<Inventory, 'scopes' | 'asked' | 'assets' | 'edges'>,
  options: EvaluateOptions,
): Generator<Judgement> {
  const estate = indexEstate(inventory);
  const byType = checksByType(options);
  for (const asset of inventory.assets) {
    const checks = byType.get(asset.type);
    if (checks === undefined) continue;
    const place = estate.place(asset);
    for (const check of checks) yield { check: check.id, asset: asset.id, verdict: check.judge(place, estate) };
  }
}

function checksByType({ selected, ...library }: EvaluateOptions): ReadonlyMap<AssetType, readonly CompiledCheck[]> {
  const compile = compilerOf(library);
  const byType = new Map<AssetType, CompiledCheck[]>();
  for (const id of selected) {
    const check = compile(id);
    if (check === undefined) throw new TypeError(`there is no check ${id}`);
    for (const type of check.assets) {
      const group = byType.get(type);
      if (group === undefined) byType.set(type, [check]);
      else group.push(check);
    }
  }
  return byType;
}
