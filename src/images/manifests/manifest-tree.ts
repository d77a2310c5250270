import { digestOf, isDigestOf, parseDigest } from '../digest.ts';
import type { FoundManifest, ImageGap, ImageManifest, Platform } from '../image.ts';
import { inTurn } from '../in-turn.ts';
import { isBlobMember, isImageConfig, isManifestType } from './media-types.ts';
import { cutPlatforms, platformText } from './platforms.ts';
import { type ChildRef, type ParsedManifest, parseManifest } from './parse-manifest.ts';
import { schema1Digest } from './schema1.ts';

/** A manifest or index as stored. */
export interface StoredManifest {
  readonly bytes: Uint8Array;
  /** What the source calls it; the document itself wins. */
  readonly mediaType?: string;
}

export interface Root extends StoredManifest {
  /** Tag or digest, for the text of a gap. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly role?: 'referrer';
  /** Which members of the root itself are read; all where it is left out. */
  readonly only?: (child: ChildRef) => boolean;
}

export interface TreeOptions {
  /** A manifest by its digest. Its bytes are verified here. */
  readonly fetch: (child: ChildRef) => Promise<StoredManifest | { readonly gap: ImageGap }>;
  /** Tags that lead straight to a digest. */
  readonly tagsOf?: (digest: string) => readonly string[];
  /** Digests that were handed out; shared by the trees of one reader. */
  readonly seen: Set<string>;
  /** Told of each image and index, attestations and referrers left out: what further things can be attached to. */
  readonly onVisit?: (digest: string) => void;
  /** Of an index for several platforms, these alone; all where it is left out. */
  readonly platforms?: readonly Platform[];
  readonly maxDepth?: number;
  readonly maxManifests?: number;
}

/**
 * Every manifest below a root: all platforms, nested indexes, attestations. An index without a readable member comes itself, as an
 * artifact without layers, so that its annotations are seen.
 */
export async function* walkManifests(root: Root, options: TreeOptions): AsyncGenerator<FoundManifest> {
  const { maxDepth = 8, maxManifests = 20_000, seen } = options;

  async function* visit(stored: StoredManifest, place: Place): AsyncGenerator<FoundManifest> {
    const parsed = parseManifest(stored.bytes, stored.mediaType);
    if (parsed === undefined) {
      yield gap('malformed', place.name, 'it is no manifest of an image: not JSON, or without layers and members');
      return;
    }
    const digest = parsed.isSchema1 ? schema1Digest(stored.bytes) : digestOf(stored.bytes, algorithmOf(place.digest));
    if (place.digest !== undefined && place.digest !== digest)
      yield gap('malformed', place.digest, `its manifest is another one: ${digest}; that one was read`);
    if (seen.has(digest)) return;
    seen.add(digest);
    if (place.role === undefined) options.onVisit?.(digest);
    if (parsed.problems.length > 0) yield gap('malformed', digest, inOneSentence(parsed.problems));
    const tags = [...new Set([...place.tags, ...(options.tagsOf?.(digest) ?? [])])];
    const raw = [stored.bytes, ...place.above];
    let isEmpty = true;
    const content = contentOf(parsed);
    if (content !== undefined) {
      isEmpty = false;
      yield manifestOf(digest, { ...parsed, content }, raw, { ...place, tags });
    }
    const { kept, left, isMissing } = cutPlatforms(
      (parsed.children ?? []).filter((child) => !isBlobMember(child.mediaType)),
      options.platforms,
    );
    if (isMissing) yield gap('unavailable', digest, `it has no image for the chosen platform; it has ${left.map(platformText).join(', ')}`);
    else for (const platform of left) yield { leftOut: `images for ${platformText(platform)}` };
    // What is no manifest is read as a blob: an index may name anything.
    const strange: ChildRef[] = [];
    const started = new Set<string>();
    const begin = async (child: ChildRef) => {
      const isOfUse = place.depth < maxDepth && seen.size < maxManifests && !seen.has(child.digest) && !started.has(child.digest);
      started.add(child.digest);
      return isOfUse ? options.fetch(child) : undefined;
    };
    const members = kept.filter((one) => place.depth > 0 || root.only?.(one) !== false);
    for await (const [child, begun] of inTurn(members, membersAtOnce, begin)) {
      if (seen.has(child.digest)) {
        isEmpty = false;
        continue;
      }
      if (place.depth >= maxDepth) {
        yield gap('too-large', child.digest, `it is more than ${maxDepth} indexes deep, and was not read`);
        continue;
      }
      if (seen.size >= maxManifests) {
        yield gap('too-large', child.digest, `there are more than ${maxManifests} manifests; this one and those after it were not read`);
        return;
      }
      const found = begun ?? (await options.fetch(child));
      if (content === undefined && !isManifestType(child.mediaType) && isNoManifest(found)) {
        strange.push(child);
        continue;
      }
      if ('gap' in found) {
        yield found;
        continue;
      }
      isEmpty = false;
      yield* visit(found, placeOf(child, raw, tags, place));
    }
    if (isEmpty || strange.length > 0) yield manifestOf(digest, { ...parsed, content: { layers: strange } }, raw, { ...place, tags });
  }

  yield* visit(root, {
    name: root.name,
    tags: root.tags,
    above: [],
    depth: 0,
    ...(parseDigest(root.name) !== undefined && { digest: root.name }),
    ...(root.role !== undefined && { role: root.role }),
  });
}

/** Members of one index that are read before their turn. */
const membersAtOnce = 8;

/** What a document holds by itself: blobs among the members of an index are as good as layers. */
function contentOf({ content, children = [] }: ParsedManifest): ParsedManifest['content'] {
  const blobs = children.filter(({ mediaType }) => isBlobMember(mediaType));
  if (blobs.length === 0) return content;
  return { ...content, layers: [...(content?.layers ?? []), ...blobs] };
}

function isNoManifest(found: StoredManifest | { readonly gap: ImageGap }): boolean {
  if ('gap' in found) return found.gap.reason === 'unavailable' || found.gap.reason === 'too-large';
  return parseManifest(found.bytes, found.mediaType) === undefined;
}

interface Place {
  readonly name: string;
  /** The digest that it was asked by. */
  readonly digest?: string;
  readonly tags: readonly string[];
  /** Bytes of the indexes above. */
  readonly above: readonly Uint8Array[];
  readonly depth: number;
  readonly role?: 'referrer' | 'attestation';
  readonly platform?: Platform;
  readonly artifactType?: string;
}

function placeOf(child: ChildRef, above: readonly Uint8Array[], tags: readonly string[], { depth, role }: Place): Place {
  const own = isAttestation(child) ? ('attestation' as const) : role;
  return {
    name: child.digest,
    digest: child.digest,
    tags,
    above,
    depth: depth + 1,
    ...(own !== undefined && { role: own }),
    ...(child.platform !== undefined && { platform: child.platform }),
    ...(child.artifactType !== undefined && { artifactType: child.artifactType }),
  };
}

// https://docs.docker.com/build/metadata/attestations/attestation-storage/
function isAttestation({ annotations, platform }: ChildRef): boolean {
  if (annotations?.['vnd.docker.reference.type'] === 'attestation-manifest') return true;
  return platform?.os === 'unknown' && platform.architecture === 'unknown';
}

function manifestOf(digest: string, parsed: ParsedManifest, raw: readonly Uint8Array[], place: Place): ImageManifest {
  const { config, layers } = parsed.content ?? { layers: [] };
  const artifactType = parsed.artifactType ?? place.artifactType;
  const isImage = parsed.isSchema1 || (config !== undefined && isImageConfig(config.mediaType) && artifactType === undefined);
  return {
    digest,
    mediaType: parsed.mediaType,
    role: place.role ?? (isImage ? 'image' : 'artifact'),
    ...(artifactType !== undefined && { artifactType }),
    ...(parsed.subject !== undefined && { subject: parsed.subject }),
    ...(place.platform !== undefined && { platform: place.platform }),
    ...(config !== undefined && { config }),
    layers,
    annotations: parsed.annotations,
    raw,
    tags: place.tags,
  };
}

function algorithmOf(digest: string | undefined): 'sha256' | 'sha384' | 'sha512' {
  if (digest?.startsWith('sha512:') === true) return 'sha512';
  return digest?.startsWith('sha384:') === true ? 'sha384' : 'sha256';
}

const gap = (reason: ImageGap['reason'], subject: string, detail: string) => ({ gap: { reason, subject, detail } });

/** All of them are one gap of the manifest. */
function inOneSentence(problems: readonly string[]): string {
  const more = problems.length > mostProblems ? [`and ${problems.length - mostProblems} more of the kind`] : [];
  return [...problems.slice(0, mostProblems), ...more].join('; ');
}

const mostProblems = 5;

/** For a source that verifies: true if a manifest is what its digest names, signed schema 1 included. */
export function isManifestOf(digest: string, bytes: Uint8Array): boolean {
  return isDigestOf(digest, bytes) || schema1Digest(bytes) === digest;
}
