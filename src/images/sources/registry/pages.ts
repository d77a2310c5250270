import { isJsonList, isJsonObject, jsonIn } from '../../../model/json.ts';
import type { ImageGap } from '../../image.ts';
import type { RegistryClient } from './client.ts';
import { gapOf, problemOf, RegistryError, type RegistryProblem } from './problem.ts';
import { howMany } from '../../../model/words.ts';

export interface PageOptions {
  readonly path: string;
  readonly scope: string;
  /** Member of each page that holds the list. */
  readonly member: string;
  readonly accept?: string;
  readonly what: string;
  readonly signal: AbortSignal;
}

export interface Page {
  readonly items: readonly unknown[];
  readonly isLast: boolean;
}

/** Names of a listing, each once. */
export interface NameList {
  readonly names: readonly string[];
  /** Why there may be more: what was listed until then stands. */
  readonly gap?: ImageGap;
  /** What the registry did, where the gap is of its doing. */
  readonly problem?: RegistryProblem;
}

const maxNames = 1_000_000;

/**
 * All names of a listing over its pages. What is no name, a page that cannot be had, and pages without end are a gap; nothing throws
 * for what a registry does. `subject`: what the list is one of, for the gap.
 */
export async function listNames(
  client: RegistryClient,
  { isName, subject, ...options }: PageOptions & { readonly isName: (text: string) => boolean; readonly subject: string },
): Promise<NameList> {
  const names = new Set<string>();
  const seen = new Set<unknown>();
  let strange = 0;
  try {
    for await (const { items, isLast } of readPages(client, options)) {
      const before = seen.size;
      for (const item of items) {
        if (seen.has(item)) continue;
        seen.add(item);
        if (typeof item === 'string' && isName(item)) names.add(item);
        else strange += 1;
      }
      if (seen.size === before && !isLast) throw endless(options, client);
      if (seen.size > maxNames)
        throw new RegistryError({ kind: 'too-large', detail: `it has more than ${maxNames} entries; the rest was not listed` });
    }
  } catch (error) {
    const problem = problemOf(error);
    const gap = gapOf(problem, subject);
    const some = names.size === 0 ? '' : ` to its end (${names.size} entries were)`;
    return { names: [...names], gap: { ...gap, detail: `${options.what} could not be read${some}: ${gap.detail}` }, problem };
  }
  if (strange === 0) return { names: [...names] };
  const detail = `${howMany(strange, 'entry', 'entries')} of ${options.what} could not be asked for: no name of the specification`;
  return { names: [...names], gap: { reason: 'malformed', subject, detail } };
}

const endless = ({ what }: PageOptions, { host }: RegistryClient): RegistryError =>
  new RegistryError({ kind: 'malformed', detail: `${what} of ${host} never ends: its pages repeat` });

const maxPages = 10_000;
const maxPageBytes = 16 * 1024 * 1024;

/**
 * A listing, page by page. Only the question of a `Link` is taken, and asked at the same path of the same registry: a link can lead
 * nowhere else, and one without angle brackets, port or host works as well. Throws RegistryError; a page that comes again ends it.
 */
export async function* readPages(client: RegistryClient, options: PageOptions): AsyncGenerator<Page> {
  const asked = new Set<string>();
  let path = options.path;
  for (;;) {
    if (asked.has(path) || asked.size >= maxPages) throw endless(options, client);
    asked.add(path);
    const { body, headers } = await client.read(path, {
      scope: options.scope,
      maxBytes: maxPageBytes,
      what: options.what,
      headers: { accept: options.accept ?? 'application/json' },
      signal: options.signal,
    });
    const query = nextQuery(headers['link']);
    yield { items: itemsOf(body, options, client.host), isLast: query === undefined };
    if (query === undefined) return;
    path = `${options.path.replace(/\?.*$/, '')}${query}`;
  }
}

function itemsOf(body: Buffer, { member, what }: PageOptions, host: string): readonly unknown[] {
  const malformed = () => new RegistryError({ kind: 'malformed', detail: `${what} of ${host} is not what the specification says` });
  const page = jsonIn(body);
  if (page === undefined) throw malformed();
  const items = isJsonObject(page) ? page[member] : undefined;
  // An empty list is null with some registries.
  if (items === null || (items === undefined && isJsonObject(page) && !('errors' in page))) return [];
  if (!isJsonList(items)) throw malformed();
  return items;
}

function nextQuery(link: string | string[] | undefined): string | undefined {
  const text = Array.isArray(link) ? link.join(', ') : (link ?? '');
  if (!/rel\s*=\s*"?next"?/i.test(text)) return undefined;
  const target = /<([^>]*)>/.exec(text)?.[1] ?? text.split(';')[0] ?? '';
  const at = target.indexOf('?');
  return at < 0 ? undefined : target.slice(at).trim();
}
