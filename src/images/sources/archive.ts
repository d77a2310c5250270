import path from 'node:path/posix';
import { isJsonList, isJsonObject, jsonIn, type JsonObject } from '../../model/json.ts';
import { UsageError } from '../../model/usage-error.ts';
import { magicBytes, sniffCompression } from '../unpack/decompress.ts';
import { digestOf, parseDigest } from '../digest.ts';
import { BlobFailed, type BlobRef, type FoundManifest, type ImageGap, type ImageManifest, type ImageReader } from '../image.ts';
import type { FileReference } from '../reference.ts';
import { gapOf, readMemberAsBlob } from './checked-blob.ts';
import { computedDigest, digestInName } from './member-digest.ts';
import { ListUnreadable, type MemberStore } from './member-store.ts';
import { archiveName } from './piped-name.ts';
import { bytesUpTo } from '../bytes-up-to.ts';

const maxDocumentBytes = 16 * 1024 * 1024;
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerConfig = 'application/vnd.docker.container.image.v1+json';
const dockerLayer = 'application/vnd.docker.image.rootfs.diff.tar';

/** An image of the archive's manifest.json. */
interface Entry {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

/**
 * What `docker save` and its like write: manifest.json, configurations, layers (some as links to others). All images, or the one of
 * the reference's name. Layers have no digest of their own there: an uncompressed one goes by its diff id, which is its digest.
 * Closes `store` in the end. Throws a UsageError for a manifest.json that cannot be read, and a name that is not in it.
 */
export async function readDockerArchive(
  store: MemberStore,
  reference: Pick<FileReference, 'path' | 'text'> & { readonly tag?: string | undefined; readonly digest?: string | undefined },
): Promise<ImageReader> {
  const { bytes, entries } = await readEntries(store, reference.path);
  const chosen = await choose(store, entries, reference);
  const names = chosen.flatMap(({ tags }) => (tags.length === 0 ? [''] : tags));
  const name = archiveName(reference.path, store.name, names);
  // Which member holds a blob: known once the manifests have been read.
  const members = new Map<string, string>();
  return {
    repository: `docker-archive:${name}`,
    reference: reference.text,
    manifests: (signal) => manifestsOf(store, { bytes, entries: chosen, members }, signal),
    read: (blob, signal) => read(store, members, blob, signal),
    extent: async ({ digest }) => store.extent(members.get(digest) ?? ''),
    close: () => store.close(),
  };
}

async function readEntries(store: MemberStore, file: string): Promise<{ readonly bytes: Uint8Array; readonly entries: readonly Entry[] }> {
  const bytes = await bytesUpTo(store.stream('manifest.json', new AbortController().signal), maxDocumentBytes);
  const list = bytes === undefined ? undefined : jsonIn(bytes);
  const entries = Array.isArray(list) ? list.map(entryOf) : [];
  // Of another form: an image's own manifest beside its blobs.
  if (isJsonObject(list) && (isJsonList(list['layers']) || isJsonList(list['manifests'])))
    throw new ListUnreadable(`"${file}" is no image that is read here: its manifest.json is that of skopeo's "dir:"`, {
      hint: `write it as a layout first: skopeo copy dir:${file} oci:NEW`,
    });
  if (bytes === undefined || entries.length === 0 || entries.includes(undefined))
    throw new ListUnreadable(`"${file}" is no image: its manifest.json is not that of a docker archive`, {
      hint: 'it may have been cut off; write it again',
    });
  return { bytes, entries: entries as readonly Entry[] }; // none is undefined
}

function entryOf(value: unknown): Entry | undefined {
  const { Config, RepoTags, Layers } = isJsonObject(value) ? value : ({} as JsonObject);
  if (typeof Config !== 'string' || !isJsonList(Layers) || !Layers.every((name) => typeof name === 'string')) return undefined;
  const tags = isJsonList(RepoTags) ? RepoTags.filter((tag) => typeof tag === 'string') : [];
  return { config: Config, tags, layers: Layers };
}

async function choose(
  store: MemberStore,
  entries: readonly Entry[],
  { path: file, tag, digest }: { readonly path: string; readonly tag?: string | undefined; readonly digest?: string | undefined },
): Promise<readonly Entry[]> {
  if (tag === undefined && digest === undefined) return entries;
  const found: Entry[] = [];
  for (const entry of entries) {
    const isWanted = digest === undefined ? entry.tags.some((name) => isNamed(name, tag ?? '')) : (await imageId(store, entry)) === digest;
    if (isWanted) found.push(entry);
  }
  if (found.length > 0) return found;
  const names = entries.flatMap(({ tags }) => tags).slice(0, 10);
  throw new UsageError(`"${file}" holds no image ${JSON.stringify(digest ?? tag)}`, {
    hint: names.length === 0 ? 'its images have no names: leave the name out' : `it holds ${names.join(', ')}`,
  });
}

/** `app` and `app:latest` name `registry.example/team/app:latest`; so does `latest`. */
function isNamed(name: string, wanted: string): boolean {
  const full = wanted.includes(':') || name.endsWith(`:${wanted}`) ? wanted : `${wanted}:latest`;
  return name === full || name.endsWith(`/${full}`) || name.endsWith(`:${full}`);
}

async function imageId(store: MemberStore, { config }: Entry): Promise<string | undefined> {
  const bytes = (await store.has(config))
    ? await bytesUpTo(store.stream(config, new AbortController().signal), maxDocumentBytes)
    : undefined;
  return bytes && digestOf(bytes);
}

interface Archive {
  readonly bytes: Uint8Array;
  readonly entries: readonly Entry[];
  readonly members: Map<string, string>;
}

async function* manifestsOf(store: MemberStore, archive: Archive, signal: AbortSignal): AsyncGenerator<FoundManifest> {
  for (const gap of store.problems) yield { gap };
  for (const entry of archive.entries) {
    try {
      yield* await foundOf(store, entry, archive, signal);
    } catch (error) {
      yield { gap: gapOf(error, entry.config, signal) };
    }
  }
}

async function foundOf(store: MemberStore, entry: Entry, archive: Archive, signal: AbortSignal): Promise<readonly FoundManifest[]> {
  const config = await document(store, entry.config, signal);
  const known = 'bytes' in config ? configOf(config.bytes, entry) : undefined;
  if (known !== undefined) archive.members.set(known.blob.digest, entry.config);
  const { layers, gaps } = await layersOf(store, entry, known?.diffIds ?? [], archive.members, signal);
  const image: ImageManifest = {
    // What has no configuration to be named by is named by the list of what it is made of.
    digest: known?.blob.digest ?? digestOf(Buffer.from(JSON.stringify([entry.config, ...entry.layers]))),
    mediaType: dockerManifest,
    role: 'image',
    ...(known !== undefined && { config: known.blob }),
    layers,
    annotations: {},
    raw: [archive.bytes, ...(await oldDocuments(store, entry, signal))],
    tags: entry.tags,
  };
  const own = known?.gap ?? ('gap' in config ? config.gap : undefined);
  const isThere = known !== undefined || layers.length > 0;
  return [...(own === undefined ? gaps : [own, ...gaps]).map((one) => ({ gap: one })), ...(isThere ? [image] : [])];
}

function configOf(bytes: Uint8Array, { config }: Entry) {
  const digest = digestOf(bytes);
  const named = digestInName(config);
  const isOther = named !== undefined && named !== digest;
  const detail = `its bytes are not those that its name says: ${digest}`;
  return {
    blob: { digest, size: bytes.length, mediaType: dockerConfig },
    diffIds: diffIdsOf(bytes),
    ...(isOther && { gap: { reason: 'malformed' as const, subject: config, detail } }),
  };
}

async function layersOf(
  store: MemberStore,
  entry: Entry,
  diffIds: readonly (string | undefined)[],
  members: Map<string, string>,
  signal: AbortSignal,
): Promise<{ readonly layers: readonly BlobRef[]; readonly gaps: readonly ImageGap[] }> {
  const layers: BlobRef[] = [];
  const gaps: ImageGap[] = [];
  for (const [at, member] of entry.layers.entries()) {
    try {
      const layer = await layerOf(store, member, diffIds[at], signal);
      members.set(layer.digest, member);
      layers.push(layer);
    } catch (error) {
      const one = gapOf(error, diffIds[at] ?? member, signal);
      gaps.push({ ...one, detail: `a layer is missing: ${one.detail}` });
    }
  }
  return { layers, gaps };
}

async function layerOf(store: MemberStore, member: string, diffId: string | undefined, signal: AbortSignal): Promise<BlobRef> {
  const isPacked = sniffCompression(await headOf(store, member, signal)) !== 'none';
  const mediaType = isPacked ? `${dockerLayer}.gzip` : dockerLayer;
  const known = digestInName(member) ?? (isPacked ? undefined : diffId);
  return { digest: known ?? (await computedDigest(store, member, signal)), mediaType };
}

async function headOf(store: MemberStore, member: string, signal: AbortSignal): Promise<Uint8Array> {
  for await (const chunk of store.stream(member, signal)) return chunk.subarray(0, magicBytes);
  return new Uint8Array(0);
}

function diffIdsOf(config: Uint8Array): readonly (string | undefined)[] {
  const document = jsonIn(config);
  const rootfs = isJsonObject(document) ? document['rootfs'] : undefined;
  const ids = isJsonObject(rootfs) ? rootfs['diff_ids'] : undefined;
  return isJsonList(ids) ? ids.map((id) => (typeof id === 'string' && parseDigest(id) !== undefined ? id : undefined)) : [];
}

/** Older versions keep a configuration beside each layer, and a list of names: keys can lie in them too. */
async function oldDocuments(store: MemberStore, { layers }: Entry, signal: AbortSignal): Promise<readonly Uint8Array[]> {
  const names = [
    'repositories',
    ...layers.filter((name) => path.basename(name) === 'layer.tar').map((name) => path.join(path.dirname(name), 'json')),
  ];
  const found: Uint8Array[] = [];
  for (const name of names) {
    const bytes = (await store.has(name)) ? await bytesUpTo(store.stream(name, signal), maxDocumentBytes) : undefined;
    if (bytes !== undefined) found.push(bytes);
  }
  return found;
}

async function document(
  store: MemberStore,
  member: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array } | { readonly gap: ImageGap }> {
  if (!(await store.has(member))) return gap('unavailable', member, 'the configuration of an image is not in the archive');
  const bytes = await bytesUpTo(store.stream(member, signal), maxDocumentBytes);
  return bytes === undefined ? gap('too-large', member, `it is longer than ${maxDocumentBytes} bytes, and was not read`) : { bytes };
}

async function* read(
  store: MemberStore,
  members: ReadonlyMap<string, string>,
  blob: BlobRef,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const member = members.get(blob.digest);
  if (member === undefined) throw new BlobFailed({ reason: 'unavailable', subject: blob.digest, detail: 'it is not in the archive' });
  yield* readMemberAsBlob(store, member, blob, signal);
}

const gap = (reason: ImageGap['reason'], subject: string, detail: string) => ({ gap: { reason, subject, detail } });
