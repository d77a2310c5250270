import { repositoryOfReference } from '../../model/image-reference.ts';
import { isJsonList, type Json, type JsonObject, objectsIn } from '../../model/json.ts';
import { answerAt, mapAnswer } from '../answer.ts';
import type { Answer, CollectorApi, ReadResult } from '../collector.ts';
import { textOf } from './listed.ts';

/** The calls that a collector declares to know what the registry's own scan says of an image. */
export const scanCalls = {
  repositories: { operation: 'cr-20181201:ListRepository', must: ['Repositories[]', 'Repositories[].RepoId'] },
  scanStatus: { operation: 'cr-20181201:GetRepoTagScanStatus', must: ['Status'] },
  scanResult: { operation: 'cr-20181201:ListRepoTagScanResult', must: ['Vulnerabilities[]'] },
} as const;

/** Shape of the computed fact that `scansIn` makes. */
export const scanShape = { '': 'list', '[].image': 'string', '[].status': 'string', '[].high': 'number' } as const;

/**
 * What the account's registries say of the images that lie in them, one entry per image: `$scanStatus[image]` and
 * `$scanResults[image]`. Images of other registries, and images without a tag or digest that could be asked for, have none.
 */
export async function registryScans(
  api: CollectorApi<keyof typeof scanCalls>,
  images: readonly string[],
  registries: Answer<Json>,
): Promise<ReadResult> {
  if (!('value' in registries)) return { '$scanStatus[]': registries, '$scanResults[]': registries };
  const own = images.flatMap((image) => {
    const place = placeIn(registries.value, image);
    return place === undefined ? [] : [{ image, place }];
  });
  if (own.length === 0) return { '$scanStatus[]': { value: [] }, '$scanResults[]': { value: [] } };
  const read = await Promise.all(own.map(async ({ image, place }) => [image, await scanOf(api, place, image)] as const));
  return Object.fromEntries(
    read.flatMap(([image, { status, result }]) => [
      [`$scanStatus[${image}]`, status],
      [`$scanResults[${image}]`, result],
    ]),
  );
}

/**
 * `{ image, status, high }` of each image: `high` counts vulnerabilities of the highest grade that the registry knows; without
 * `status` the registry does not show the repository, so that nothing can be said of its scans.
 */
export function scansIn({
  $scanStatus: statuses,
  $scanResults: results,
}: {
  readonly [name: string]: Json | undefined;
}): readonly JsonObject[] {
  return objectsIn(statuses).map(({ image, Status: status }) => {
    const result = objectsIn(results).find((one) => one['image'] === image);
    const high = objectsIn(result?.['found']).filter(({ Severity: severity }) => severity === 'High').length;
    return { image: image ?? null, ...(status !== undefined && { status }), high };
  });
}

interface Place {
  readonly InstanceId: string;
  readonly RepoNamespaceName: string;
  readonly RepoName: string;
  readonly version: { readonly Tag: string } | { readonly Digest: string };
}

function placeIn(registries: Json, image: string): Place | undefined {
  const [, host, namespace, name] = /^oci:([^/]+)\/([^/]+)\/(.+)$/.exec(repositoryOfReference(image) ?? '') ?? [];
  const registry = objectsIn(registries).find(({ hosts }) => isJsonList(hosts) && hosts.includes(host ?? ''));
  if (registry === undefined || namespace === undefined || name === undefined) return undefined;
  return { InstanceId: textOf(registry['InstanceId']), RepoNamespaceName: namespace, RepoName: name, version: versionOf(image) };
}

function versionOf(image: string): Place['version'] {
  const digest = /@([a-z0-9+._-]+:[0-9a-f]+)$/i.exec(image)?.[1];
  if (digest !== undefined) return { Digest: digest };
  return { Tag: /:(\w[\w.-]{0,127})$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1] ?? 'latest' };
}

async function scanOf(
  api: CollectorApi<keyof typeof scanCalls>,
  { version, ...repository }: Place,
  image: string,
): Promise<{ readonly status: Answer<Json>; readonly result: Answer<Json> }> {
  const { InstanceId } = repository;
  const found = await api.call('repositories', { ...repository }, image);
  const all = answerAt(found, 'Repositories');
  if (!('value' in all)) return { status: all, result: all };
  // The vendor matches names that begin alike, too.
  const repo = objectsIn(all.value).find(({ RepoName: name }) => name === repository.RepoName);
  const nothing = { value: { image, found: [] } };
  if (repo === undefined) return { status: { value: { image } }, result: nothing };
  const params = { InstanceId, RepoId: textOf(repo['RepoId']), ...version };
  const status = await api.call('scanStatus', params, image);
  if ('none' in status || 'gone' in status) return { status: { value: { image } }, result: nothing };
  if (!('value' in status)) return { status, result: status };
  const result: Answer<Json> = status.value['Status'] === 'COMPLETE' ? await api.all('scanResult', params, image) : nothing;
  return {
    status: mapAnswer(status, (value) => ({ image, ...value })),
    result: 'value' in result && isJsonList(result.value) ? mapAnswer(result, (found) => ({ image, found })) : result,
  };
}
