import type { Edge, EdgeKind } from '../../model/asset.ts';
import type { AssetId } from '../../model/ids.ts';
import { repositoryType } from '../../model/image-rule.ts';
import { byCodeUnit } from '../../model/order.ts';

/** An asset whose facts name an image, and how it uses it. */
export interface ImageUser {
  readonly asset: AssetId;
  readonly kind: EdgeKind;
}

/** A name of an image, who wrote it, the repository that it is of, and the manifests that it led to. */
export interface FollowedName {
  readonly users: readonly ImageUser[];
  readonly to: AssetId;
  readonly digests: readonly string[];
}

/** One edge for each asset and repository: with every image that it names there, or none where one of its names led to nothing. */
export function edgesToImages(names: readonly FollowedName[]): readonly Edge[] {
  const edges = new Map<string, { readonly edge: Edge; readonly digests: (readonly string[])[] }>();
  for (const { users, to, digests } of names) {
    for (const { asset, kind } of users) {
      const edge: Edge = { from: asset, to, kind, toType: repositoryType };
      const known = edges.get(JSON.stringify(edge));
      if (known === undefined) edges.set(JSON.stringify(edge), { edge, digests: [digests] });
      else known.digests.push(digests);
    }
  }
  return [...edges.values()].map(({ edge, digests }) =>
    digests.some((ofOne) => ofOne.length === 0) ? edge : { ...edge, images: [...new Set(digests.flat())].sort(byCodeUnit) },
  );
}
