import { homedir } from 'node:os';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../model/usage-error.ts';
import { parseImageList, parsePlatformChoice } from '../scan/images/image-list.ts';
import type { ImageRequest } from '../scan/images/read-images.ts';
import type { ImageChoice } from '../scan/images/run-images.ts';
import { parseRegistryChoice } from '../scan/images/wanted-registries.ts';
import { parseDuration } from './durations.ts';
import { parseShard, readCa, readDigestKey, readFileOf } from './requests.ts';
import { parseSize } from './sizes.ts';

type Environment = { readonly [name: string]: string | undefined };

export interface ImageFlags {
  readonly 'plain-http'?: readonly string[] | undefined;
  readonly tags?: string | undefined;
  readonly platform?: readonly string[] | undefined;
  readonly 'token-host'?: readonly string[] | undefined;
  readonly 'max-image-size'?: string | undefined;
  readonly 'max-layers'?: number | undefined;
  readonly 'cache-dir'?: string | undefined;
  readonly 'no-cache'?: boolean | undefined;
  readonly 'ca-file'?: string | undefined;
  readonly endpoint?: readonly string[] | undefined;
  readonly timeout: string;
  readonly offline?: boolean | undefined;
  readonly concurrency?: number | undefined;
}

export interface ImageRequestOptions {
  readonly env: Environment;
  readonly version: string;
  readonly warn: (text: string) => void;
}

/** How the flags want images to be read; which images is the caller's business. */
export async function imageRequest(
  flags: ImageFlags,
  { env, version, warn }: ImageRequestOptions,
): Promise<Omit<ImageRequest, 'references'>> {
  const digestKey = await readDigestKey(env);
  const tags = flags.tags === undefined ? undefined : parseTags(flags.tags);
  const platforms = (flags.platform ?? []).map(parsePlatformChoice);
  return {
    plainHttp: flags['plain-http'] ?? [],
    ...(flags['ca-file'] !== undefined && { ca: await readCa(flags['ca-file']) }),
    timeoutMs: parseDuration(flags.timeout, 'timeout'),
    offline: flags.offline === true,
    endpoints: flags.endpoint ?? [],
    ...(tags !== undefined && { tags }),
    ...(platforms.length > 0 && { platforms }),
    tokenHosts: (flags['token-host'] ?? []).map((text) => text.toLowerCase()),
    ...(flags['max-image-size'] !== undefined && { maxImageBytes: parseSize(flags['max-image-size'], 'max-image-size') }),
    ...(flags['max-layers'] !== undefined && { maxLayers: flags['max-layers'] }),
    ...(flags['no-cache'] !== true && { cache: { dir: flags['cache-dir'] ?? userCacheFolder(env), limitBytes: cacheLimitBytes } }),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    ...(digestKey !== undefined && { digestKey }),
    toolVersion: version,
    warn,
  };
}

/** The images that a cloud scan looks into, or none. */
export async function imageChoice(
  flags: ImageFlags & { readonly images: string },
  options: ImageRequestOptions,
): Promise<{ readonly images?: ImageChoice }> {
  if (flags.images === 'none') return {};
  const { concurrency: _, ...request } = await imageRequest(flags, options);
  return { images: { ...request, of: flags.images === 'all' ? 'all' : 'ai' } };
}

export interface ImageListFlags {
  readonly registry?: readonly string[] | undefined;
  readonly 'from-file'?: string | undefined;
  readonly shard?: string | undefined;
  readonly 'stdin-name'?: string | undefined;
}

/** Which images the user named: words of the command line, lines of a file, whole registries. */
export async function imageList(
  words: readonly string[],
  flags: ImageListFlags,
  { stdin, signal }: { readonly stdin: Readable & { readonly isTTY?: boolean }; readonly signal: AbortSignal },
): Promise<Pick<ImageRequest, 'references' | 'registries' | 'shard' | 'stdin' | 'stdinName'>> {
  const file = flags['from-file'];
  const registries = (flags.registry ?? []).map(parseRegistryChoice);
  if (words.length === 0 && registries.length === 0 && file === undefined)
    throw new UsageError('the name of an image is missing', { hint: 'name one or more, or use --registry or --from-file; see --help' });
  const listed = file === undefined ? [] : await referencesIn(file, stdin);
  const references = [...words, ...listed];
  if (file === '-' && references.some(isPiped))
    throw new UsageError('both the list of images and an image are to come from stdin', { hint: 'write one of them to a file' });
  return {
    references,
    // Nobody types an archive.
    ...(references.some(isPiped) && stdin.isTTY !== true && { stdin: untilAborted(stdin, signal) }),
    ...(flags['stdin-name'] !== undefined && { stdinName: parseStdinName(flags['stdin-name']) }),
    registries,
    ...(flags.shard !== undefined && { shard: parseShard(flags.shard) }),
  };
}

/** It stands in ids of assets and in addresses of results. */
function parseStdinName(text: string): string {
  if (/^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(text) && text.length <= 255) return text;
  throw new UsageError(`--stdin-name "${text}" is no name`, {
    hint: 'write letters, digits, ".", "_", "-" and "/", for example acme/chat',
  });
}

const isPiped = (reference: string): boolean => /^(?:[a-z-]+:)?-(?:$|:)/.test(reference);

/** An interruption ends it as the end of the pipe does. */
async function* untilAborted(stdin: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* addAbortSignal(signal, stdin) as AsyncIterable<Uint8Array>; // no encoding was set: a stream of buffers
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function referencesIn(file: string, stdin: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const bytes = file === '-' ? await buffer(stdin) : await readFileOf(file, 'the list of images', '--from-file');
  return parseImageList(bytes, file);
}

/** What was seen in a layer takes some kilobytes. */
const cacheLimitBytes = 256 * 2 ** 20;

function parseTags(text: string): NonNullable<ImageRequest['tags']> {
  if (text === 'all') return 'all';
  const newest = /^newest=(\d{1,6})$/.exec(text)?.[1];
  if (newest !== undefined && Number(newest) > 0) return { newest: Number(newest) };
  if (/^[\w.*?-]{1,128}$/.test(text)) return { like: text };
  throw new UsageError(`--tags "${text}" chooses no tags`, { hint: "write all, newest=5, or a glob such as 'v1.*'" });
}

/** Where the system wants caches to be. */
function userCacheFolder(env: Environment): string {
  const home = env['HOME'] ?? homedir();
  if (env['XDG_CACHE_HOME']) return path.join(env['XDG_CACHE_HOME'], 'aispm', 'layers');
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'aispm', 'layers');
  if (process.platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'aispm', 'Cache', 'layers');
  return path.join(home, '.cache', 'aispm', 'layers');
}
