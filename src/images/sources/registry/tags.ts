import { isJsonObject, jsonIn } from '../../../model/json.ts';
import type { ImageGap } from '../../image.ts';
import { parseManifest } from '../../manifests/parse-manifest.ts';
import type { RegistryClient } from './client.ts';
import { readBlob } from './blob-stream.ts';
import { readManifest } from './manifests.ts';
import { listNames, type NameList } from './pages.ts';
import { gapOf, problemOf, RegistryError } from './problem.ts';
import { pullScope } from './scope.ts';
import { BlobFailed, type BlobRef } from '../../image.ts';
import { bytesUpTo } from '../../bytes-up-to.ts';

/** All tags of a repository, in the registry's order. What tools attach to images (`sha256-HEX.sig`) is none of them. */
export async function listTags(client: RegistryClient, repository: string, signal: AbortSignal): Promise<NameList> {
  const { names, gap } = await listNames(client, {
    path: `/v2/${repository}/tags/list?n=1000`,
    scope: pullScope(repository),
    member: 'tags',
    what: 'the list of tags',
    isName: (text) => /^\w[\w.-]{0,127}$/.test(text),
    subject: repository,
    signal,
  });
  const tags = names.filter((tag) => !/^sha(256|512)-[0-9a-f]{64,}/.test(tag));
  return { names: tags, ...(gap !== undefined && { gap }) };
}

export interface NewestTags {
  readonly tags: readonly string[];
  readonly gaps: readonly ImageGap[];
}

const maxDated = 2000;
const atOnce = 4;

/**
 * The N newest tags, by when their image was created. A registry tells no dates: the configuration of every tag is read for it
 * (two or three small requests each). Where dates are equal or missing, the higher version is newer.
 */
export async function newestTags(
  client: RegistryClient,
  repository: string,
  { tags, count }: { readonly tags: readonly string[]; readonly count: number },
  signal: AbortSignal,
): Promise<NewestTags> {
  if (tags.length <= count) return { tags, gaps: [] };
  const ordered = tags.toSorted((a, b) => byVersion(b, a));
  const asked = ordered.slice(0, maxDated);
  const dated: { readonly tag: string; readonly created: number }[] = [];
  const gaps: ImageGap[] = [];
  const queue = asked.values();
  const work = async () => {
    for (const tag of queue) {
      const found = await createdOf(client, repository, tag, signal);
      if (typeof found === 'number') dated.push({ tag, created: found });
      else gaps.push(found);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (asked.length < ordered.length) {
    const detail = `the repository has ${ordered.length} tags; the dates of ${asked.length} were compared`;
    gaps.push({ reason: 'too-large', subject: repository, detail });
  }
  const newest = dated.toSorted((a, b) => b.created - a.created || byVersion(b.tag, a.tag)).slice(0, count);
  return { tags: newest.map(({ tag }) => tag), gaps };
}

const collator = { numeric: true } as const;

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', collator);
}

async function createdOf(client: RegistryClient, repository: string, tag: string, signal: AbortSignal): Promise<number | ImageGap> {
  try {
    let name = tag;
    for (let depth = 0; depth < 8; depth += 1) {
      const { bytes, mediaType } = await readManifest(client, repository, name, signal);
      const parsed = parseManifest(bytes, mediaType);
      const config = parsed?.content?.config;
      if (config !== undefined) return dateIn(await readConfig(client, repository, config, signal));
      const child = parsed?.children?.[0];
      if (child === undefined) return 0;
      name = child.digest;
    }
    return 0;
  } catch (error) {
    if (error instanceof BlobFailed) return { ...error.gap, subject: tag, detail: `its date is not known: ${error.gap.detail}` };
    const { reason, detail } = gapOf(problemOf(error), tag);
    return { reason, subject: tag, detail: `its date is not known: ${detail}` };
  }
}

async function readConfig(client: RegistryClient, repository: string, blob: BlobRef, signal: AbortSignal): Promise<Buffer> {
  const bytes = await bytesUpTo(readBlob(client, repository, blob, signal), maxConfigBytes);
  if (bytes === undefined)
    throw new RegistryError({ kind: 'too-large', detail: `its configuration is longer than ${maxConfigBytes} bytes` });
  return bytes;
}

const maxConfigBytes = 8 * 1024 * 1024;

function dateIn(config: Buffer): number {
  const document = jsonIn(config);
  const created = isJsonObject(document) ? document['created'] : undefined;
  const at = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  return Number.isNaN(at) ? 0 : at;
}
