import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../model/json.ts';
import { bucketOfUri } from './resource-ids.ts';
import { pathOfUri } from './storage-uri.ts';

/**
 * Addresses that an EAS service takes its model, code or processor from, as its configuration names them. `undefined`: the
 * answer held no configuration. https://www.alibabacloud.com/help/en/pai/user-guide/mount-storage-to-services
 */
export function storageOfService({ ServiceConfig: config }: JsonObject): readonly string[] | undefined {
  if (!isJsonObject(config) || config['present'] !== true) return undefined;
  const kept = isJsonObject(config['kept']) ? config['kept'] : {};
  const mounted = objectsIn(kept['storage']).map(({ oss }) => (isJsonObject(oss) ? oss['path'] : undefined));
  return [...mounted, kept['model_path'], kept['processor_path']].filter((path: Json | undefined) => typeof path === 'string');
}

/** Whether one of the addresses is that of a model version, or lies below it. Hosts of regions do not matter: a bucket's name is enough. */
export function servesFrom(storage: readonly string[], version: string): boolean {
  const place = placeOf(version);
  return place !== undefined && storage.some((address) => isAtOrBelow(placeOf(address), place));
}

function isAtOrBelow(place: string | undefined, other: string): boolean {
  return place === other || place?.startsWith(`${other}/`) === true;
}

function placeOf(uri: string): string | undefined {
  // Whose bucket it is does not matter: its name is taken once.
  const bucket = bucketOfUri(uri, { account: '' });
  const path = pathOfUri(uri);
  return bucket === undefined || path === undefined ? undefined : [bucket, ...path.split('/').filter((part) => part !== '')].join('/');
}
