import type { Asset } from '../../model/asset.ts';
import { parseRegistryReference } from '../../images/reference.ts';
import { accountOf, providerOf, regionOf } from '../../model/finding-order.ts';
import { repositoryNamed } from '../../model/image-reference.ts';
import type { ReaderOptions } from '../../images/sources/registry/reader.ts';
import type { ImageSources } from '../../images/sources/open-image.ts';
import { assetId } from '../../model/ids.ts';
import { nameOfRepository, repositoryType } from '../../model/image-rule.ts';
import type { Inventory } from '../../model/inventory.ts';
import { isJsonList } from '../../model/json.ts';
import { sortedBy } from '../../model/order.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { Collector, ScopeContext } from '../../providers/collector.ts';
import { textsAt } from '../discover/edges-of-asset.ts';
import type { ImageUser } from './image-edges.ts';
import type { WantedImage } from './wanted-image.ts';
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
  const named = namedImages(inventory.assets, collectors, choice.of);
  if (named.length === 0) return inventory;
  const sources = openImageSources({ ...choice, namedBy: 'asset' }, world);
  const { tags: _, ...own } = readerOptions(choice);
  const wanted = named.map((image) => wantedByAsset(image, sources, own));
  const further = choice.tags === undefined ? [] : furtherTags(wanted, sources, readerOptions(choice));
  const images = await inspectWanted([...wanted, ...further], world, choice, { isTolerant: true });
  return mergeInventories([withoutNames(inventory, named), images]);
}

/** A name of an image as it stands in facts, and the assets that it stands in. */
export interface NamedImage {
  readonly text: string;
  readonly namedBy: readonly ImageUser[];
}

/** The images that assets name, each once. Collectors say where: it is what their edges to repositories come from. */
export function namedImages(assets: readonly Asset[], collectors: readonly Collector[], of: ImageChoice['of']): readonly NamedImage[] {
  const users = new Map<string, ImageUser[]>();
  for (const { asset: type, edges } of collectors) {
    const runs = edges.filter(isRun);
    if (runs.length === 0) continue;
    for (const asset of assets.filter((one) => one.type === type && (of === 'all' || isOfAi(one)))) {
      for (const { kind, from, id } of runs) {
        for (const text of new Set(textsAt(asset.facts, from))) {
          // A collector says of some that it runs nothing any more.
          if (id !== undefined && id(text, scopeOf(asset), asset.facts) === undefined) continue;
          const user = { asset: asset.id, kind };
          const known = users.get(text.trim());
          if (known === undefined) users.set(text.trim(), [user]);
          else known.push(user);
        }
      }
    }
  }
  return sortedBy(
    [...users].map(([text, namedBy]) => ({ text, namedBy })),
    ({ text }) => text,
  );
}

function scopeOf({ scope }: Asset): ScopeContext {
  // No name of an image depends on the partition.
  const provider = providerOf(scope) as ScopeContext['provider']; // scopes of assets are those of providers
  return { provider, account: accountOf(scope).slice(provider.length + 1), region: regionOf(scope), partition: '' };
}

/** The edges of what was looked into come back with the images that they lead to. */
function withoutNames(inventory: Inventory, named: readonly NamedImage[]): Inventory {
  const users = new Set(named.flatMap(({ namedBy }) => namedBy.map(({ asset, kind }) => `${kind} ${asset}`)));
  return {
    ...inventory,
    edges: inventory.edges.filter(({ from, kind, toType }) => toType !== repositoryType || !users.has(`${kind} ${from}`)),
  };
}

/** Other tags of the repositories, beside what assets name: what runs is looked into in any case. */
function furtherTags(wanted: readonly WantedImage[], sources: ImageSources, reader: ReaderOptions): readonly WantedImage[] {
  const repositories = new Set(wanted.filter(({ isNoReference }) => isNoReference !== true).map(({ repository }) => repository));
  return [...repositories].map((repository) => wantedImage(parseRegistryReference(nameOfRepository(assetId(repository))), sources, reader));
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
function wantedByAsset({ text, namedBy }: NamedImage, sources: ImageSources, reader: ReaderOptions): WantedImage {
  try {
    return { ...wantedImage(parseRegistryReference(text), sources, reader), namedBy };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const open = () => Promise.reject(error);
    return { reference: text, repository: repositoryNamed(text) ?? text, isNoReference: true, namedBy, open };
  }
}
