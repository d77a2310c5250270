import type { StoredManifest } from '../../manifests/manifest-tree.ts';
import { isManifestOf } from '../../manifests/manifest-tree.ts';
import { manifestTypes } from '../../manifests/media-types.ts';
import type { RegistryClient } from './client.ts';
import { RegistryError } from './problem.ts';
import { pullScope } from './scope.ts';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests : what every registry must take. */
const maxManifestBytes = 4 * 1024 * 1024;

const accept = manifestTypes.join(', ');

/** A manifest by tag or digest. Asked by digest, an answer that is another one is asked for once more. Throws RegistryError. */
export async function readManifest(client: RegistryClient, repository: string, name: string, signal: AbortSignal): Promise<StoredManifest> {
  const stored = await readOnce(client, repository, name, signal);
  if (!name.includes(':') || isManifestOf(name, stored.bytes)) return stored;
  return readOnce(client, repository, name, signal);
}

async function readOnce(client: RegistryClient, repository: string, name: string, signal: AbortSignal): Promise<StoredManifest> {
  const { body, headers } = await client.read(pathOf(repository, name), {
    scope: pullScope(repository),
    headers: { accept },
    maxBytes: maxManifestBytes,
    what: `the manifest ${name}`,
    signal,
  });
  const mediaType = headers['content-type'];
  return { bytes: body, ...(mediaType !== undefined && { mediaType }) };
}

/**
 * The digest behind a tag, as the registry says it, without counting as a pull; the manifest is then asked for by it and verified.
 * `undefined`: the tag does not exist, or the registry does not say.
 */
export async function headManifest(
  client: RegistryClient,
  repository: string,
  tag: string,
  signal: AbortSignal,
): Promise<{ readonly exists: boolean; readonly digest?: string }> {
  try {
    const { headers } = await client.read(pathOf(repository, tag), {
      method: 'HEAD',
      scope: pullScope(repository),
      headers: { accept },
      maxBytes: 0,
      what: `the manifest ${tag}`,
      signal,
    });
    const digest = headers['docker-content-digest'];
    return { exists: true, ...(typeof digest === 'string' && { digest }) };
  } catch (error) {
    if (isAnswered(error, [404])) return { exists: false };
    if (isAnswered(error, [400, 403, 405, 501])) return { exists: await hasManifest(client, repository, tag, signal) };
    throw error;
  }
}

/** For what lets nobody ask with HEAD: some proxies, and addresses that are signed for GET. */
async function hasManifest(client: RegistryClient, repository: string, tag: string, signal: AbortSignal): Promise<boolean> {
  try {
    await readOnce(client, repository, tag, signal);
    return true;
  } catch (error) {
    if (isAnswered(error, [404])) return false;
    throw error;
  }
}

const isAnswered = (error: unknown, statuses: readonly number[]): boolean =>
  error instanceof RegistryError && error.problem.kind === 'http' && statuses.includes(error.problem.status);

const pathOf = (repository: string, name: string): string => `/v2/${repository}/manifests/${name}`;
