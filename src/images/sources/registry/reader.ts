import pLimit from 'p-limit';
import { globMatcher } from '../../../model/glob.ts';
import type { BlobRef, FoundManifest, ImageGap, ImageReader, Platform } from '../../image.ts';
import { inTurn } from '../../in-turn.ts';
import { walkManifests } from '../../manifests/manifest-tree.ts';
import { parseDigest } from '../../digest.ts';
import type { RegistryReference } from '../../reference.ts';
import { readBlob } from './blob-stream.ts';
import type { RegistryClient } from './client.ts';
import { headManifest } from './manifests.ts';
import { gapOf, problemOf, RegistryError } from './problem.ts';
import { fetchOrGap, referrersOf } from './referrers.ts';
import { listTags, newestTags } from './tags.ts';

export interface ReaderOptions {
  /** Which tags to read instead of the reference's own. */
  readonly tags?: 'all' | { readonly newest: number } | { readonly like: string };
  /** Of images for several platforms, these alone; all where it is left out. */
  readonly platforms?: readonly Platform[];
  /** Whether signatures, SBOMs and provenance that refer to the images are read too; true where it is left out. */
  readonly referrers?: boolean;
}

/**
 * A reference in a registry. Tags are resolved once, at the start of `manifests`, and everything is read by digest from then on.
 * Each manifest comes once; where several tags lead to it they are named together.
 */
export function readRegistryImage(client: RegistryClient, reference: RegistryReference, options: ReaderOptions = {}): ImageReader {
  const { host, repository, text } = reference;
  return {
    repository: `oci:${host}/${repository}`,
    reference: text,
    manifests: (signal) => manifestsOf(client, reference, options, signal),
    read: (blob: BlobRef, signal: AbortSignal) => readBlob(client, repository, blob, signal),
    close: async () => {},
  };
}

async function* manifestsOf(
  client: RegistryClient,
  reference: RegistryReference,
  options: ReaderOptions,
  signal: AbortSignal,
): AsyncGenerator<FoundManifest> {
  const { repository } = reference;
  const seen = new Set<string>();
  const chosen = await choose(client, reference, options, signal);
  for (const gap of chosen.gaps) yield { gap };
  const resolved = await resolve(client, repository, chosen.names, signal);
  for (const gap of resolved.gaps) yield { gap };
  const fetch = (child: BlobRef) => fetchOrGap(client, repository, child.digest, signal);

  const subjects: string[] = [];

  for await (const { name, tags, stored } of rootsOf(resolved, seen, (one) => fetchOrGap(client, repository, one, signal))) {
    if ('gap' in stored) {
      yield stored;
      continue;
    }
    const tagsOf = (digest: string) => resolved.tagsOf.get(digest) ?? [];
    yield* walkManifests(
      { ...stored, name, tags },
      {
        fetch,
        seen,
        tagsOf,
        onVisit: (digest) => subjects.push(digest),
        ...(options.platforms !== undefined && { platforms: options.platforms }),
      },
    );
  }
  if (options.referrers !== false) yield* referrersOf(client, repository, subjects, { seen, signal });
}

type Fetched = Awaited<ReturnType<typeof fetchOrGap>>;

/** The digest of a tag is the registry's word for it. Where nothing is found by it, the tags themselves are asked for. */
async function* rootsOf(
  { roots }: Resolved,
  seen: ReadonlySet<string>,
  fetch: (name: string) => Promise<Fetched>,
): AsyncGenerator<Root & { readonly stored: Fetched }> {
  const begin = async ({ name }: Root) => (seen.has(name) ? undefined : fetch(name));
  for await (const [root, stored] of inTurn(roots, tagsAtOnce, begin)) {
    if (stored === undefined || seen.has(root.name)) continue;
    const isThere = !('gap' in stored) || stored.gap.reason !== 'unavailable';
    if (isThere || root.tags.length === 0 || root.tags.includes(root.name)) yield { ...root, stored };
    else for (const tag of root.tags) yield { name: tag, tags: [tag], stored: await fetch(tag) };
  }
}

interface Chosen {
  readonly names: readonly string[];
  readonly gaps: readonly ImageGap[];
}

async function choose(
  client: RegistryClient,
  reference: RegistryReference,
  { tags: wanted }: ReaderOptions,
  signal: AbortSignal,
): Promise<Chosen> {
  const { repository, tag, digest } = reference;
  if (wanted === undefined) return { names: [digest ?? tag ?? 'latest'], gaps: [] };
  const { names: tags, gap } = await listTags(client, repository, signal);
  const gaps = gap === undefined ? [] : [gap];
  if (tags.length === 0 && gap === undefined) return { names: [], gaps: [unavailable(repository, 'the repository has no tags')] };
  if (wanted === 'all' || tags.length === 0) return { names: tags, gaps };
  if ('like' in wanted) {
    const names = tags.filter(globMatcher(wanted.like));
    const all = tags.length === 1 ? 'its only tag is not' : `none of its ${tags.length} tags is`;
    const none = unavailable(repository, `${all} like "${wanted.like}"`);
    return { names, gaps: names.length === 0 ? [...gaps, none] : gaps };
  }
  const newest = await newestTags(client, repository, { tags, count: wanted.newest }, signal);
  return { names: newest.tags, gaps: [...gaps, ...newest.gaps] };
}

const unavailable = (subject: string, detail: string): ImageGap => ({ reason: 'unavailable', subject, detail });

interface Root {
  readonly name: string;
  readonly tags: readonly string[];
}

interface Resolved {
  readonly roots: readonly Root[];
  readonly tagsOf: ReadonlyMap<string, readonly string[]>;
  readonly gaps: readonly ImageGap[];
}

/** One tag is read as it stands; of several, those that are the same manifest are found first. */
async function resolve(client: RegistryClient, repository: string, names: readonly string[], signal: AbortSignal): Promise<Resolved> {
  const [only] = names;
  const isDigest = (name: string) => name.includes(':');
  if (names.length === 1 && only !== undefined)
    return { roots: [{ name: only, tags: isDigest(only) ? [] : [only] }], tagsOf: new Map(), gaps: [] };
  const slots = pLimit(tagsAtOnce);
  const found = await Promise.all(names.map((tag) => slots(() => manifestBehind(client, repository, tag, signal))));
  const tagsOf = new Map<string, string[]>();
  const gaps: ImageGap[] = [];
  for (const [at, tag] of names.entries()) {
    const name = found[at] ?? tag;
    if (typeof name === 'string') tagsOf.set(name, [...(tagsOf.get(name) ?? []), tag]);
    else gaps.push(name);
  }
  return { roots: [...tagsOf].map(([name, tags]) => ({ name, tags })), tagsOf, gaps };
}

/** They are small, and a repository may have thousands. */
const tagsAtOnce = 8;

/** Digest of a tag's manifest. A registry that does not say is asked for the manifest itself, under the tag. */
async function manifestBehind(client: RegistryClient, repository: string, tag: string, signal: AbortSignal): Promise<string | ImageGap> {
  try {
    const { exists, digest } = await headManifest(client, repository, tag, signal);
    if (!exists) throw new RegistryError({ kind: 'http', host: client.host, status: 404 });
    return digest !== undefined && parseDigest(digest) !== undefined ? digest : tag;
  } catch (error) {
    return gapOf(problemOf(error), tag);
  }
}
