import { digestOf } from '../digest.ts';
import { BlobFailed, type FoundManifest, type ImageReader } from '../image.ts';
import type { FileReference } from '../reference.ts';
import { readMemberAsBlob } from './checked-blob.ts';
import { computedDigest, digestInName } from './member-digest.ts';
import type { MemberStore } from './member-store.ts';

/**
 * What is left of an image whose list is lost: archives have it at their end, so that one that was cut off lacks it, and its layers
 * can still be read. They come as one artifact, without names, order and platforms. `undefined`: the store holds no blob.
 */
export async function readRemains(
  store: MemberStore,
  { text, form }: Pick<FileReference, 'text' | 'form'>,
  why: string,
): Promise<ImageReader | undefined> {
  const names = (await store.blobs()).toSorted();
  if (names.length === 0) return undefined;
  const isLayout = form !== 'docker-archive' && names.some((name) => name.startsWith('blobs/'));
  const members = new Map<string, string>();
  return {
    repository: `${isLayout ? 'oci-layout' : 'docker-archive'}:${store.name}`,
    reference: text,
    manifests: (signal) => manifestsOf(store, { names, members, why }, signal),
    async *read(blob, signal) {
      const member = members.get(blob.digest);
      if (member === undefined) throw new BlobFailed({ reason: 'unavailable', subject: blob.digest, detail: 'it is not in the archive' });
      yield* readMemberAsBlob(store, member, blob, signal);
    },
    close: () => store.close(),
  };
}

interface Remains {
  readonly names: readonly string[];
  readonly members: Map<string, string>;
  readonly why: string;
}

async function* manifestsOf(store: MemberStore, { names, members, why }: Remains, signal: AbortSignal): AsyncGenerator<FoundManifest> {
  const blobs = names.length === 1 ? 'its only blob was read as it lies' : `its ${names.length} blobs were read as they lie`;
  const damage = store.problems.map(({ detail }) => `; ${detail}`).join('');
  // One gap: those of the store as a whole are of the same reason and subject.
  yield { gap: { reason: 'malformed', subject: store.name, detail: `${why}: ${blobs}, without names, order and platforms${damage}` } };
  for (const name of names) members.set(digestInName(name) ?? (await computedDigest(store, name, signal)), name);
  yield {
    // Nothing says what it is: the list of what is left stands for it.
    digest: digestOf(Buffer.from(names.join('\n'))),
    mediaType: '',
    role: 'artifact',
    layers: [...members.keys()].map((digest) => ({ digest, mediaType: '' })),
    annotations: {},
    raw: [],
    tags: [],
  };
}
