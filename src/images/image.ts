import type { GapReason } from '../model/gap.ts';
import type { HeldExtent } from './sources/extent.ts';

/** A blob as a manifest names it. Nothing of it has been read yet. */
export interface BlobRef {
  /** Declared, `<algorithm>:<hex>`; whoever reads the blob computes it again. */
  readonly digest: string;
  /** Declared, bytes as stored. */
  readonly size?: number;
  readonly mediaType: string;
  readonly annotations?: { readonly [name: string]: string };
  /** Foreign layers name addresses of their own. They are never fetched; the blob is asked of the registry like any other. */
  readonly isForeign?: true;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** One manifest of a reference: a platform's image, an attestation, a referrer, or an artifact that is no image. */
export interface ImageManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly role: 'image' | 'attestation' | 'referrer' | 'artifact';
  readonly artifactType?: string;
  /** The digest of what it is attached to. */
  readonly subject?: string;
  readonly platform?: Platform;
  readonly config?: BlobRef;
  readonly layers: readonly BlobRef[];
  readonly annotations: { readonly [name: string]: string };
  /** The raw bytes of the manifest (and of the indexes above it): keys can lie in them too. */
  readonly raw: readonly Uint8Array[];
  readonly tags: readonly string[];
}

/** Something of an image that should have been read and was not. `subject`: digest, tag or path inside the source. */
export interface ImageGap {
  readonly reason: GapReason;
  readonly subject: string;
  readonly detail: string;
}

/** Thrown by `read` where a blob cannot be had, or is not what its digest and size say. What was yielded before stays valid for matching. */
export class BlobFailed extends Error {
  override readonly name = 'BlobFailed';
  readonly gap: ImageGap;
  /** Other bytes came than the digest names, over a network: the next time it may be the right ones. */
  readonly mayDiffer: boolean;
  constructor(gap: ImageGap, { mayDiffer = false, ...options }: { readonly cause?: unknown; readonly mayDiffer?: boolean } = {}) {
    super(gap.detail, options);
    this.gap = gap;
    this.mayDiffer = mayDiffer;
  }
}

/** What is found below a reference: a manifest, something that could not be read, or what is left out by the user's choice. */
export type FoundManifest = ImageManifest | { readonly gap: ImageGap } | { readonly leftOut: string };

/** One reference, resolved once. Lazy: nothing but manifests is held in memory. */
export interface ImageReader {
  /** `oci:<host>/<repository>`; for files `oci-layout:<name>` or `docker-archive:<name>` (no absolute path). */
  readonly repository: string;
  /** As the user wrote it, or as an asset names it. */
  readonly reference: string;
  /** Every manifest below the reference: all platforms, nested indexes, attestations, referrers. */
  manifests(signal: AbortSignal): AsyncIterable<FoundManifest>;
  /** The bytes as stored, in chunks of any size, each valid until the next is asked for. Digest and size are checked on the way; a mismatch throws BlobFailed at the end. */
  read(blob: BlobRef, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Where a blob lies on disk as it is, for who reads it elsewhere and checks it there; undefined for one that only `read` can say something about. */
  extent?(blob: BlobRef): Promise<HeldExtent | undefined>;
  close(): Promise<void>;
}
