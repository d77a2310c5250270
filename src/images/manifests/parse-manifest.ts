import { isJsonList, isJsonObject, type Json, jsonIn, type JsonObject } from '../../model/json.ts';
import { parseDigest } from '../digest.ts';
import type { BlobRef, Platform } from '../image.ts';
import { isForeignLayer } from './media-types.ts';

/** A member of an index. */
export interface ChildRef extends BlobRef {
  readonly platform?: Platform;
  readonly artifactType?: string;
}

/** What a manifest says. A document that is both an index and a manifest is read as both: clients differ in which one they take. */
export interface ParsedManifest {
  readonly mediaType: string;
  readonly artifactType?: string;
  /** The digest of what it is attached to. */
  readonly subject?: string;
  readonly annotations: { readonly [name: string]: string };
  /** Present for an index. */
  readonly children?: readonly ChildRef[];
  /** Present for a manifest. */
  readonly content?: { readonly config?: BlobRef; readonly layers: readonly BlobRef[] };
  readonly isSchema1: boolean;
  /** Members that are not what the specification says, one sentence each; the rest is read. */
  readonly problems: readonly string[];
}

/** Reads an OCI or Docker manifest or index. `undefined`: it is none. https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): ParsedManifest | undefined {
  const document = jsonIn(bytes);
  if (!isJsonObject(document)) return undefined;
  const { mediaType, artifactType, manifests, layers, blobs, config, fsLayers } = document;
  const subject = isJsonObject(document['subject']) ? document['subject']['digest'] : undefined;
  const isSchema1 = document['schemaVersion'] === 1 && isJsonList(fsLayers);
  const problems: string[] = [];
  const note = (problem: string) => void problems.push(problem);
  const contentOf = (): ParsedManifest['content'] => {
    if (isSchema1) return { layers: schema1Layers(fsLayers, note) };
    const listed = isJsonList(layers) ? layers : blobs;
    if (!isJsonList(listed) && !isJsonObject(config)) return undefined;
    const settings = isJsonObject(config) ? blobOf(config, 'the configuration', note) : undefined;
    return { ...(settings !== undefined && { config: settings }), layers: blobsOf(isJsonList(listed) ? listed : [], 'layer', note) };
  };
  const content = contentOf();
  const children = isJsonList(manifests) ? childrenOf(manifests, note) : undefined;
  if (content === undefined && children === undefined) return undefined;
  return {
    mediaType: typeof mediaType === 'string' ? mediaType : (contentType?.split(';')[0]?.trim() ?? guessType(children, isSchema1)),
    ...(typeof artifactType === 'string' && artifactType !== '' && { artifactType }),
    ...(typeof subject === 'string' && parseDigest(subject) !== undefined && { subject }),
    annotations: annotationsOf(document),
    ...(children !== undefined && { children }),
    ...(content !== undefined && { content }),
    isSchema1,
    problems,
  };
}

const guessType = (children: unknown, isSchema1: boolean): string =>
  isSchema1
    ? 'application/vnd.docker.distribution.manifest.v1+json'
    : children === undefined
      ? 'application/vnd.oci.image.manifest.v1+json'
      : 'application/vnd.oci.image.index.v1+json';

type Note = (problem: string) => void;

function blobsOf(list: readonly Json[], what: string, note: Note): readonly BlobRef[] {
  return list.flatMap((item, at) => blobOf(item, `${what} ${at + 1}`, note) ?? []);
}

function childrenOf(list: readonly Json[], note: Note): readonly ChildRef[] {
  return list.flatMap((item, at): readonly ChildRef[] => {
    const blob = blobOf(item, `member ${at + 1} of the index`, note);
    if (blob === undefined || !isJsonObject(item)) return [];
    const platform = platformOf(item['platform']);
    const { artifactType } = item;
    return [{ ...blob, ...(platform !== undefined && { platform }), ...(typeof artifactType === 'string' && { artifactType }) }];
  });
}

function blobOf(value: Json | undefined, what: string, note: Note): BlobRef | undefined {
  const { digest, size, mediaType, urls } = isJsonObject(value) ? value : {};
  if (typeof digest !== 'string' || parseDigest(digest) === undefined) {
    note(`${what} has no digest that could be asked for`);
    return undefined;
  }
  const type = typeof mediaType === 'string' ? mediaType : '';
  const hasSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  if (!hasSize) note(`${what} (${digest}) has no size`);
  const annotations = isJsonObject(value) ? annotationsOf(value) : {};
  const isForeign = isForeignLayer(type) || (isJsonList(urls) && urls.length > 0);
  return {
    digest,
    ...(hasSize && { size }),
    mediaType: type,
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(isForeign && { isForeign: true as const }),
  };
}

/** Schema 1 lists the newest layer first, and no sizes. */
function schema1Layers(list: readonly Json[], note: Note): readonly BlobRef[] {
  return list.toReversed().flatMap((item, at): readonly BlobRef[] => {
    const digest = isJsonObject(item) ? item['blobSum'] : undefined;
    if (typeof digest === 'string' && parseDigest(digest) !== undefined)
      return [{ digest, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }];
    note(`layer ${at + 1} has no digest that could be asked for`);
    return [];
  });
}

function platformOf(value: Json | undefined): Platform | undefined {
  if (!isJsonObject(value)) return undefined;
  const { os, architecture, variant } = value;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  return { os, architecture, ...(typeof variant === 'string' && variant !== '' && { variant }) };
}

function annotationsOf({ annotations }: JsonObject): { readonly [name: string]: string } {
  if (!isJsonObject(annotations)) return {};
  return Object.fromEntries(Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
