import type { FoundManifest, ImageGap } from '../../image.ts';
import { inTurn } from '../../in-turn.ts';
import { walkManifests } from '../../manifests/manifest-tree.ts';
import { parseDigest } from '../../digest.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { RegistryClient } from './client.ts';
import { headManifest, readManifest } from './manifests.ts';
import { readPages } from './pages.ts';
import { gapOf, problemOf, RegistryError } from './problem.ts';
import { pullScope } from './scope.ts';

/** They are small, and most manifests have none. */
const listsAtOnce = 8;

/** An SBOM, its signature, and not much more. */
const longestChain = 4;

/**
 * What was attached to manifests, and to what is attached to them: signatures, SBOMs, provenance. By the referrers API of OCI 1.1, and by
 * the tags that tools write instead: `sha256-HEX`, and cosign's `.sig`, `.att` and `.sbom`, which it also writes where there is an API.
 * What is in `seen` is not read again.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export async function* referrersOf(
  client: RegistryClient,
  repository: string,
  images: readonly string[],
  { seen, signal }: { readonly seen: Set<string>; readonly signal: AbortSignal },
): AsyncGenerator<FoundManifest> {
  const list = listerOf(client, repository, signal);
  let subjects = images;
  const fetch = (name: string) => fetchOrGap(client, repository, name, signal);
  for (let links = 0; subjects.length > 0; links += 1) {
    if (links === longestChain) return yield tooLong(subjects);
    const attached: string[] = [];
    for await (const one of readAttached(attachedTo(subjects, list), fetch, seen)) {
      if ('digest' in one) attached.push(one.digest);
      yield one;
    }
    subjects = attached;
  }
}

const tooLong = ([subject = '']: readonly string[]): FoundManifest => ({
  gap: { reason: 'too-large', subject, detail: `what is attached to it was not listed: it is itself attached, over ${longestChain} links` },
});

async function* readAttached(
  listed: AsyncIterable<Attached>,
  fetch: (name: string) => ReturnType<typeof fetchOrGap>,
  seen: Set<string>,
): AsyncGenerator<FoundManifest> {
  const begin = async (one: Attached) => ('gap' in one || seen.has(one.name) ? one : fetch(one.name));
  for await (const [one, found] of inTurn(listed, listsAtOnce, begin)) {
    if ('gap' in found) yield found;
    else if ('bytes' in found && 'name' in one && !seen.has(one.name))
      yield* walkManifests(
        { ...found, name: one.name, tags: one.name.includes(':') ? [] : [one.name], role: 'referrer' },
        { fetch: (child) => fetch(child.digest), seen },
      );
  }
}

/** A digest that the API names, or a tag that stands for it. */
type Attached = { readonly name: string } | { readonly gap: ImageGap };

type List = (subject: string) => Promise<readonly Attached[]>;

/** The first shows whether there is an API: a registry without one is not asked for it time and again. */
async function* attachedTo([first, ...others]: readonly string[], list: List): AsyncGenerator<Attached> {
  if (first !== undefined) yield* await list(first);
  for await (const [, listed] of inTurn(others, listsAtOnce, list)) yield* listed;
}

function listerOf(client: RegistryClient, repository: string, signal: AbortSignal): List {
  let hasApi = true;
  return async (subject) => {
    try {
      const [byApi, byTags] = await Promise.all([
        hasApi ? listByApi(client, repository, subject, signal) : undefined,
        listByTags(client, repository, subject, signal),
      ]);
      hasApi &&= byApi !== undefined;
      return [...(byApi ?? []), ...byTags];
    } catch (error) {
      const gap = gapOf(problemOf(error), subject);
      return [{ gap: { ...gap, detail: `what is attached to it could not be listed: ${gap.detail}` } }];
    }
  };
}

/** `undefined`: the registry has no such API. */
async function listByApi(
  client: RegistryClient,
  repository: string,
  subject: string,
  signal: AbortSignal,
): Promise<readonly Attached[] | undefined> {
  const listed: Attached[] = [];
  const pages = readPages(client, {
    path: `/v2/${repository}/referrers/${subject}`,
    scope: pullScope(repository),
    member: 'manifests',
    accept: 'application/vnd.oci.image.index.v1+json',
    what: 'the list of referrers',
    signal,
  });
  try {
    for await (const { items } of pages) for (const item of items) listed.push(attachedOf(item, subject));
  } catch (error) {
    if (!lacksApi(error)) throw error;
    if (listed.length === 0) return undefined;
    const gap = gapOf(problemOf(error), subject);
    listed.push({ gap: { ...gap, detail: `what is attached to it could not be listed to the end: ${gap.detail}` } });
  }
  return listed;
}

function attachedOf(item: unknown, subject: string): Attached {
  const digest = isJsonObject(item) ? item['digest'] : undefined;
  if (typeof digest === 'string' && parseDigest(digest) !== undefined) return { name: digest };
  return { gap: { reason: 'malformed', subject, detail: 'a referrer of it has no digest that could be asked for' } };
}

async function listByTags(client: RegistryClient, repository: string, subject: string, signal: AbortSignal): Promise<readonly Attached[]> {
  const stem = subject.replace(':', '-');
  const tags = [stem, `${stem}.sig`, `${stem}.att`, `${stem}.sbom`];
  const heads = await Promise.all(tags.map((tag) => headManifest(client, repository, tag, signal)));
  return tags.filter((_, at) => heads[at]?.exists === true).map((name) => ({ name }));
}

/** Registries without the API answer its path in many ways; an answer that is no index is one of them. */
function lacksApi(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  const { problem } = error;
  return problem.kind === 'malformed' || (problem.kind === 'http' && [400, 404, 405, 406, 415, 501].includes(problem.status));
}

/** A manifest by tag or digest, or why it cannot be had. */
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
