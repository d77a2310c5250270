import type { AssetId } from '../model/ids.ts';
import type { Report } from '../model/report.ts';
import { whereInWords } from './describe.ts';

/** Which assets run another one (an image), in words: what a key in it is a danger to. */
export function runnersOf({ edges, assets }: Pick<Report, 'edges' | 'assets'>): (asset: AssetId) => readonly string[] {
  const runners = new Map<AssetId, Set<AssetId>>();
  for (const { from, to, kind } of edges) if (kind === 'runs') runners.set(to, (runners.get(to) ?? new Set()).add(from));
  const known = new Map<AssetId, Report['assets'][number]>(runners.size === 0 ? [] : assets.map((asset) => [asset.id, asset]));
  return (asset) =>
    [...(runners.get(asset) ?? [])].map((id) => {
      const runner = known.get(id);
      return runner === undefined ? id : `${runner.type} ${whereInWords({ assetName: runner.name, asset: id, scope: runner.scope })}`;
    });
}
