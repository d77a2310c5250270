import { repositoryOfReference } from '../../model/image-reference.ts';
import { isJsonList, type Json, type JsonObject, objectsIn } from '../../model/json.ts';
import type { ComputedSpec } from '../collector.ts';
import { textOf } from './listed.ts';

export interface ImageOrigin {
  readonly image: string;
  readonly registry: string;
  /** What holds the image to its content: `digest`, a `tag` that may be moved, or `latest`, which is made to move. */
  readonly pinned: 'digest' | 'tag' | 'latest';
  /** The registry is the account's own. Absent: it may be, and what would tell was not read or has no API. */
  readonly own?: boolean;
}

/** Shape of a computed fact that holds `ImageOrigin`s. */
export const imageOriginShape: ComputedSpec['shape'] = {
  '': 'list',
  '[].image': 'string',
  '[].registry': 'string',
  '[].pinned': 'string',
  '[].own': 'boolean',
};

/** Where images come from. `registries`: what `ownRegistries` read; `undefined` if it was not. Texts that name no image are left out. */
export function originsOf(images: readonly (Json | undefined)[], registries: Json | undefined, region: string): readonly JsonObject[] {
  const named = [...new Set(images.map(textOf))].sort();
  return named.flatMap((image) => {
    const repository = repositoryOfReference(image);
    if (repository === undefined) return [];
    const registry = /^oci:([^/]+)\//.exec(repository)?.[1] ?? '';
    const own = isOwn(registry, registries, region);
    return [{ image, registry, pinned: pinOf(image), ...(own !== undefined && { own }) }];
  });
}

/** Grammar: https://pkg.go.dev/github.com/distribution/reference */
function pinOf(image: string): ImageOrigin['pinned'] {
  if (/@[a-z0-9+._-]+:[0-9a-f]{32,}$/i.test(image)) return 'digest';
  const tag = /:(\w[\w.-]{0,127})$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1];
  return tag === undefined || tag === 'latest' ? 'latest' : 'tag';
}

/**
 * Hosts of the Enterprise Edition carry the name of one registry and its region; those of the Personal Edition
 * (`registry.cn-hangzhou.aliyuncs.com`) are shared by all accounts, and no API of ours says whose a namespace is.
 * https://www.alibabacloud.com/help/en/acr/user-guide/configure-access-over-the-internet
 */
function isOwn(host: string, registries: Json | undefined, region: string): boolean | undefined {
  const hosts = objectsIn(registries).flatMap(({ hosts: all }) => (isJsonList(all) ? all : []));
  if (hosts.includes(host)) return true;
  if (/^registry(-vpc|-internal)?\.[a-z0-9-]+\.aliyuncs\.com$/.test(host)) return undefined;
  if (!host.endsWith('.aliyuncs.com')) return registries === undefined ? undefined : false;
  const elsewhere = /\.([a-z0-9-]+)\.cr\.aliyuncs\.com$/.exec(host)?.[1];
  return registries === undefined || (elsewhere !== undefined && elsewhere !== region) ? undefined : false;
}
