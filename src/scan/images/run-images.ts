import type { Asset } from '../../model/asset.ts';
import { parseRegistryReference } from '../../images/reference.ts';
import type { ReaderOptions } from '../../images/sources/registry/reader.ts';
import type { ImageSources } from '../../images/sources/open-image.ts';
import { repositoryType } from '../../model/image-rule.ts';
import type { Inventory } from '../../model/inventory.ts';
import { isJsonList } from '../../model/json.ts';
import { byCodeUnit } from '../../model/order.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { Collector } from '../../providers/collector.ts';
import { textsAt } from '../discover/edges-of-asset.ts';
import type { WantedImage } from './inspect-images.ts';
import { mergeInventories } from '../merge.ts';
import type { Needs } from '../plan.ts';
import { type InspectRequest, inspectWanted, readerOptions } from './read-images.ts';
import { openImageSources, type RegistryOptions, wantedImage } from './wanted-images.ts';
import type { World } from '../world.ts';

export interface ImageChoice extends InspectRequest, RegistryOptions {
  /** `ai`: images that AI assets run; `all`: those of machines that are no AI assets, too. */
  readonly of: 'ai' | 'all';
  readonly tags?: ReaderOptions['tags'];
  readonly platforms?: ReaderOptions['platforms'];
}

/** What is read of assets in any case must tell which images they run. */
export function needsOfImages(collectors: readonly Collector[], needs: Needs): Needs {
  const more = collectors.flatMap(({ asset, edges }) => {
    const known = needs[asset];
    const paths = edges.filter(isRun).map(({ from }) => from);
    return known === undefined || paths.length === 0 ? [] : [[asset, new Set([...known, ...paths])] as const];
  });
  return { ...needs, ...Object.fromEntries(more) };
}

/** Looks into the images that the assets of an inventory run, and adds what was seen: asset → repository → key. */
export async function inspectRunImages(
  inventory: Inventory,
  collectors: readonly Collector[],
  choice: ImageChoice,
  world: World,
): Promise<Inventory> {
  const references = referencesOf(inventory.assets, collectors, choice.of);
  if (references.length === 0) return inventory;
  const sources = openImageSources({ ...choice, namedBy: 'asset' }, world);
  const reader = readerOptions(choice);
  const wanted = references.map((text) => wantedByAsset(text, sources, reader));
  const images = await inspectWanted(wanted, world, choice, { isTolerant: true });
  return mergeInventories([inventory, images]);
}

/** The images that assets name, each once. Collectors say where: it is what their edges to repositories come from. */
export function referencesOf(assets: readonly Asset[], collectors: readonly Collector[], of: ImageChoice['of']): readonly string[] {
  const references = collectors.flatMap(({ asset: type, edges }) =>
    edges
      .filter(isRun)
      .flatMap(({ from }) =>
        assets.filter((asset) => asset.type === type && (of === 'all' || isOfAi(asset))).flatMap(({ facts }) => textsAt(facts, from)),
      ),
  );
  return [...new Set(references)].sort(byCodeUnit);
}

/** What a registry merely holds is not looked into: only images that an asset runs. */
function isRun({ kind, to }: Collector['edges'][number]): boolean {
  return to === repositoryType && kind !== 'holds';
}

/** A machine or role is an AI asset only by its use, and says why; all other types are AI by themselves. */
function isOfAi({ facts }: Asset): boolean {
  const reasons = facts['$ai'];
  return reasons === undefined || (isJsonList(reasons) && reasons.length > 0);
}

/** What an asset runs under a name that is no reference cannot be looked into, and is said so. */
function wantedByAsset(text: string, sources: ImageSources, reader: ReaderOptions): WantedImage {
  try {
    return wantedImage(parseRegistryReference(text), sources, reader);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const open = () => Promise.reject(error);
    return { reference: text, repository: `oci:${text.replaceAll(/[^!-~]/g, '_')}`, open };
  }
}
