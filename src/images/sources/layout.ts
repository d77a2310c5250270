import { gapOf, readMemberAsBlob } from './checked-blob.ts';
import { parseDigest } from '../digest.ts';
import type { BlobRef, FoundManifest, ImageGap, ImageReader, Platform } from '../image.ts';
import { type StoredManifest, walkManifests } from '../manifests/manifest-tree.ts';
import { type ChildRef, parseManifest } from '../manifests/parse-manifest.ts';
import type { FileReference } from '../reference.ts';
import { UsageError } from '../../model/usage-error.ts';
import { ListUnreadable, MemberMissing, type MemberStore } from './member-store.ts';
import { archiveName } from './piped-name.ts';
import { bytesUpTo } from '../bytes-up-to.ts';

const maxManifestBytes = 4 * 1024 * 1024;
const maxIndexBytes = 64 * 1024 * 1024;

/**
 * An OCI image layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md . All images of its index, or the one
 * with the reference's tag or digest. `beside` names further images of the same file. Closes `store` in the end.
 * Throws a UsageError for an index that cannot be read, and a tag that is not in it.
 */
export async function readLayout(
  store: MemberStore,
  reference: FileReference,
  { beside, platforms }: { readonly beside?: ImageReader | undefined; readonly platforms?: readonly Platform[] | undefined } = {},
): Promise<ImageReader> {
  const index = await readIndex(store, reference);
  const members = choose(index.children, reference);
  return {
    repository: `oci-layout:${archiveName(reference.path, store.name, members.map(fullNameOf))}`,
    reference: reference.text,
    manifests: (signal) => manifestsOf(store, { ...index, members, beside, platforms }, signal),
    read: (blob, signal) => readBlob(store, blob, signal, beside),
    extent: async (blob) => {
      const here = parseDigest(blob.digest) && (await store.extent(blobPath(blob.digest)));
      return here ?? beside?.extent?.(blob);
    },
    close: () => store.close(),
  };
}

interface Index {
  readonly bytes: Uint8Array;
  readonly children: readonly ChildRef[];
}

async function readIndex(store: MemberStore, { path }: FileReference): Promise<Index> {
  const bytes = await bytesUpTo(store.stream('index.json', new AbortController().signal), maxIndexBytes);
  const children = bytes && parseManifest(bytes, 'application/vnd.oci.image.index.v1+json')?.children;
  if (bytes === undefined || children === undefined)
    throw new ListUnreadable(`"${path}" is no image: its index.json is not an OCI index`, {
      hint: 'it may have been cut off; write it again',
    });
  if (children.length === 0) throw new UsageError(`"${path}" holds no image: its index.json names none`);
  return { bytes, children };
}

function choose(children: readonly ChildRef[], { path, tag, digest }: FileReference): readonly ChildRef[] {
  if (tag === undefined && digest === undefined) return children;
  const found = children.filter((child) =>
    digest === undefined ? namesOf(child).some((name) => name === tag || name.endsWith(`:${tag}`)) : child.digest === digest,
  );
  if (found.length > 0) return found;
  const names = [...new Set(children.flatMap(namesOf))].slice(0, 10);
  throw new UsageError(`"${path}" holds no image ${JSON.stringify(digest ?? tag)}`, {
    hint: names.length === 0 ? 'its images have no tags: leave the tag out' : `it holds ${names.join(', ')}`,
  });
}

/** The tag, and the full name where containerd or docker wrote the layout. */
function namesOf({ annotations = {} }: ChildRef): readonly string[] {
  const names = [annotations['org.opencontainers.image.ref.name'], annotations['io.containerd.image.name']];
  return names.filter((name) => name !== undefined && name !== '') as readonly string[];
}

const fullNameOf = (child: ChildRef): string => namesOf(child).find((name) => /[:/]/.test(name)) ?? '';

interface Chosen extends Index {
  readonly members: readonly ChildRef[];
  readonly beside: ImageReader | undefined;
  readonly platforms: readonly Platform[] | undefined;
}

async function* manifestsOf(
  store: MemberStore,
  { bytes, children, members, beside, platforms }: Chosen,
  signal: AbortSignal,
): AsyncGenerator<FoundManifest> {
  for (const gap of store.problems) yield { gap };
  const tags = new Map<string, string[]>();
  for (const child of children) {
    const [name] = namesOf(child);
    if (name !== undefined) tags.set(child.digest, [...(tags.get(child.digest) ?? []), name]);
  }
  const configs = new Set<string>();
  const chosen = new Set(members.map(({ digest }) => digest));
  const root = { bytes, name: 'index.json', tags: [], only: (child: ChildRef) => chosen.has(child.digest) };
  for await (const one of walkManifests(root, {
    fetch: (child) => fetch(store, child, signal),
    tagsOf: (digest) => tags.get(digest) ?? [],
    seen: new Set(),
    ...(platforms !== undefined && { platforms }),
  })) {
    if ('digest' in one && one.config !== undefined) configs.add(one.config.digest);
    yield one;
  }
  if (beside === undefined || members.length < children.length) return;
  for await (const one of beside.manifests(signal)) {
    if (isNew(one, store, configs)) yield one;
  }
}

function isNew(one: FoundManifest, { problems }: MemberStore, configs: ReadonlySet<string>): boolean {
  if ('leftOut' in one) return true;
  return 'gap' in one ? !problems.includes(one.gap) : one.config === undefined || !configs.has(one.config.digest);
}

async function fetch(store: MemberStore, { digest }: ChildRef, signal: AbortSignal): Promise<StoredManifest | { readonly gap: ImageGap }> {
  try {
    const bytes = await bytesUpTo(store.stream(blobPath(digest), signal), maxManifestBytes);
    if (bytes !== undefined) return { bytes };
    return {
      gap: { reason: 'too-large', subject: digest, detail: `its manifest is longer than ${maxManifestBytes} bytes, and was not read` },
    };
  } catch (error) {
    return { gap: gapOf(error, digest, signal) };
  }
}

async function* readBlob(
  store: MemberStore,
  blob: BlobRef,
  signal: AbortSignal,
  beside: ImageReader | undefined,
): AsyncGenerator<Uint8Array> {
  // What the disk does not say is told where it is read.
  if (beside !== undefined && !(await store.has(blobPath(blob.digest)).catch(() => true))) return yield* beside.read(blob, signal);
  yield* readMemberAsBlob(store, blobPath(blob.digest), blob, signal);
}

function blobPath(digest: string): string {
  const parsed = parseDigest(digest);
  // References to blobs come from parsed manifests, which hold no other digests.
  if (parsed === undefined) throw new MemberMissing(`"${digest}" is no digest`);
  return `blobs/${parsed.algorithm}/${parsed.hex}`;
}
