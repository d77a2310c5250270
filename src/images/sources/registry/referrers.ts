import type { FoundManifest, ImageGap } from '../../image.ts';
import { walkManifests } from '../../manifest-tree.ts';
import { parseDigest } from '../../digest.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { RegistryClient } from './client.ts';
import { headManifest, readManifest } from './manifests.ts';
import { readPages } from './pages.ts';
import { gapOf, problemOf, RegistryError } from './problem.ts';
import { pullScope } from './scope.ts';

export interface ReferrerReader {
  /** What was attached to a manifest: signatures, SBOMs, provenance. */
  of(digest: string): AsyncGenerator<FoundManifest>;
}

/**
 * The referrers API of OCI 1.1, and where a registry lacks it the tags that tools write instead: `sha256-HEX`, and cosign's `.sig`,
 * `.att` and `.sbom`. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export function referrersIn(client: RegistryClient, repository: string, seen: Set<string>, signal: AbortSignal): ReferrerReader {
  let hasApi = true;
  const fetch = (digest: string) => fetchOrGap(client, repository, digest, signal);

  async function* fromApi(digest: string): AsyncGenerator<FoundManifest> {
    const path = `/v2/${repository}/referrers/${digest}`;
    const accept = 'application/vnd.oci.image.index.v1+json';
    for await (const { items } of readPages(client, {
      path,
      scope: pullScope(repository),
      member: 'manifests',
      accept,
      what: 'the list of referrers',
      signal,
    })) {
      for (const item of items) {
        const found = isJsonObject(item) ? item['digest'] : undefined;
        if (typeof found === 'string' && parseDigest(found) !== undefined) yield* attached(found);
        else yield { gap: { reason: 'malformed', subject: digest, detail: 'a referrer of it has no digest that could be asked for' } };
      }
    }
  }

  async function* attached(name: string): AsyncGenerator<FoundManifest> {
    if (seen.has(name)) return;
    const stored = await fetch(name);
    if ('gap' in stored) yield stored;
    else
      yield* walkManifests(
        { ...stored, name, tags: name.includes(':') ? [] : [name], role: 'referrer' },
        { fetch: (child) => fetch(child.digest), seen },
      );
  }

  async function* fromTags(digest: string): AsyncGenerator<FoundManifest> {
    const stem = digest.replace(':', '-');
    for (const tag of [stem, `${stem}.sig`, `${stem}.att`, `${stem}.sbom`]) {
      const { exists } = await headManifest(client, repository, tag, signal);
      if (exists) yield* attached(tag);
    }
  }

  return {
    async *of(digest) {
      try {
        if (hasApi) {
          try {
            return yield* fromApi(digest);
          } catch (error) {
            if (!lacksApi(error)) throw error;
            hasApi = false;
          }
        }
        yield* fromTags(digest);
      } catch (error) {
        yield {
          gap: {
            ...gapOf(problemOf(error), digest),
            detail: `what is attached to it could not be listed: ${gapOf(problemOf(error), digest).detail}`,
          },
        };
      }
    },
  };
}

/** Registries without the API answer its path in many ways; an answer that is no index is one of them. */
function lacksApi(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  const { problem } = error;
  return problem.kind === 'malformed' || (problem.kind === 'http' && [400, 404, 405, 406, 415, 501].includes(problem.status));
}

export async function fetchOrGap(
  client: RegistryClient,
  repository: string,
  name: string,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<typeof readManifest>> | { readonly gap: ImageGap }> {
  try {
    return await readManifest(client, repository, name, signal);
  } catch (error) {
    return { gap: gapOf(problemOf(error), name) };
  }
}
