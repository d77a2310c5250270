import { accountOf, regionOf } from '../model/finding-order.ts';
import type { Gap } from '../model/gap.ts';
import { type AssetId, assetId } from '../model/ids.ts';
import { byCodeUnit } from '../model/order.ts';
import type { Finding, Report } from '../model/report.ts';
import { groupedBy } from '../model/grouped-by.ts';

/** An asset that runs an image. */
export interface Runner {
  /** Type and region: `aws.sagemaker.model in us-east-1`; empty for an asset that the report does not hold. */
  readonly kind: string;
  readonly name: string;
  /** It is known which image of the repository it runs. */
  readonly isSure: boolean;
}

export interface RunnersOf {
  /** Who runs an image that the finding is in: what a key in it is a danger to. */
  finding(finding: Pick<Finding, 'asset' | 'locations'>): readonly Runner[];
  /** Who runs any image of a repository. */
  repository(asset: AssetId): readonly Runner[];
  /** Who runs what could not be read: the image of that digest; of a tag, those whose image is not known; else any image of the repository. */
  unread(asset: AssetId, subject: string | undefined): readonly Runner[];
}

/** Which assets run an image, by type, region and name. Of whom it is not known which image of a repository they run, that is said. */
export function runnersOf({ edges, assets }: Pick<Report, 'edges' | 'assets'>): RunnersOf {
  const users = new Map<AssetId, Map<AssetId, readonly string[] | undefined>>();
  for (const { from, to, kind, images } of edges) {
    if (kind !== 'runs' && kind !== 'reads') continue;
    const known = users.get(to);
    if (known === undefined) users.set(to, new Map([[from, images]]));
    else known.set(from, images);
  }
  const assetOf = new Map<AssetId, Report['assets'][number]>(users.size === 0 ? [] : assets.map((asset) => [asset.id, asset]));

  function runner(id: AssetId, isSure: boolean): Runner {
    const asset = assetOf.get(id);
    if (asset === undefined) return { kind: '', name: id, isSure };
    const region = regionOf(asset.scope);
    return { kind: `${asset.type}${region === 'global' ? '' : ` in ${region}`}`, name: asset.name === '' ? id : asset.name, isSure };
  }

  /** That it could not be read goes without saying. */
  const listed = (found: readonly (readonly [AssetId, unknown])[]) => found.map(([id]) => runner(id, true)).sort(byKindAndName);

  return {
    finding({ asset, locations }) {
      const manifests = new Set(locations.flatMap((at) => (at.kind === 'image' ? at.manifests : [])));
      const isIn = (images: readonly string[]) => manifests.size === 0 || images.some((digest) => manifests.has(digest));
      return [...(users.get(asset) ?? [])]
        .filter(([, images]) => images === undefined || isIn(images))
        .map(([id, images]) => runner(id, images !== undefined))
        .sort(byKindAndName);
    },
    repository: (asset) => listed([...(users.get(asset) ?? [])]),
    unread(asset, subject = '') {
      const all = [...(users.get(asset) ?? [])];
      const meant = all.filter(([, images]) => images === undefined || images.includes(subject));
      return listed(meant.length > 0 ? meant : all);
    },
  };
}

/** As people count: `model-2` before `model-10`. */
const counting = new Intl.Collator('en', { numeric: true });

function byKindAndName(a: Runner, b: Runner): number {
  return byCodeUnit(a.kind, b.kind) || counting.compare(a.name, b.name) || byCodeUnit(a.name, b.name);
}

/** One line for each type and region: `aws.sagemaker.model in us-east-1: "a", "b"`. */
export function runnersInWords(runners: readonly Runner[]): readonly string[] {
  const said = ({ kind, name, isSure }: Runner): string =>
    `${kind === '' ? name : `"${name}"`}${isSure ? '' : ' (or another image of it)'}`;
  return [...groupedBy(runners, ({ kind }) => kind)].map(([kind, same]) => `${kind === '' ? '' : `${kind}: `}${same.map(said).join(', ')}`);
}

const mostRunners = 10;

/** `; run by aws.sagemaker.model in us-east-1: "a", "b"`: whom gaps of images concern, or nothing. */
export function unreadRunners(gaps: readonly Gap[], runBy: RunnersOf): string {
  const found = gaps.flatMap(({ scope, subject }) => runBy.unread(assetId(`oci:${accountOf(scope).slice('image/'.length)}`), subject));
  const runners = [...new Map(found.map((runner) => [JSON.stringify(runner), runner])).values()].sort(byKindAndName);
  if (runners.length === 0) return '';
  const more = runners.length > mostRunners ? ` and ${runners.length - mostRunners} more` : '';
  return `; run by ${runnersInWords(runners.slice(0, mostRunners)).join('; ')}${more}`;
}

/** `aws.sagemaker.model "a" in us-east-1`. */
export function runnerInWords({ kind, name }: Runner): string {
  if (kind === '') return name;
  const [type = '', region] = kind.split(' in ');
  return `${type} "${name}"${region === undefined ? '' : ` in ${region}`}`;
}
