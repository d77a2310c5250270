import { createHash } from 'node:crypto';
import type { JsonObject } from '../../model/json.ts';

/** What a registry holds under one name. Grows while images are put in. */
export interface Repository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Uint8Array; readonly subject?: string }>;
  readonly tags: Map<string, string>;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export function emptyRepository(): Repository {
  return { blobs: new Map(), manifests: new Map(), tags: new Map() };
}

export function putBlob({ blobs }: Repository, bytes: Uint8Array, mediaType: string): Descriptor {
  const digest = sha256(bytes);
  blobs.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Any document as a manifest; under a tag, if one is given. */
export function putManifest(repository: Repository, document: JsonObject, tag?: string): Descriptor {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = sha256(bytes);
  const mediaType = typeof document['mediaType'] === 'string' ? document['mediaType'] : 'application/vnd.oci.image.manifest.v1+json';
  const subject = (document['subject'] as { readonly digest?: string } | undefined)?.digest; // absent, or a descriptor that a caller wrote
  repository.manifests.set(digest, { mediaType, bytes, ...(subject !== undefined && { subject }) });
  if (tag !== undefined) repository.tags.set(tag, digest);
  return { mediaType, digest, size: bytes.length };
}

export interface ImageParts {
  /** The image's configuration; `rootfs.diff_ids` is the caller's. */
  readonly config: JsonObject;
  readonly layers: readonly { readonly bytes: Uint8Array; readonly mediaType?: string }[];
  readonly tag?: string;
  readonly annotations?: { readonly [name: string]: string };
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** An OCI image of blobs that the caller made. */
export function putImage(repository: Repository, { config, layers, tag, annotations }: ImageParts): Descriptor {
  const document = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { ...putBlob(repository, Buffer.from(JSON.stringify(config)), 'application/vnd.oci.image.config.v1+json') },
    layers: layers.map(({ bytes, mediaType = layerType }) => ({ ...putBlob(repository, bytes, mediaType) })),
    ...(annotations !== undefined && { annotations }),
  };
  return putManifest(repository, document, tag);
}

/** An index over images, each with the platform that it is for. */
export function putIndex(
  repository: Repository,
  members: readonly (Descriptor & { readonly platform?: JsonObject; readonly annotations?: JsonObject })[],
  tag?: string,
): Descriptor {
  const document = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: members.map((member) => ({ ...member })),
  };
  return putManifest(repository, document, tag);
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
