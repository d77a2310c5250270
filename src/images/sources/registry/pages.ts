import { isJsonObject } from '../../../model/json.ts';
import type { RegistryClient } from './client.ts';
import { RegistryError } from './problem.ts';

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
  readonly bytes: Buffer;
}

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
    if (asked.has(path) || asked.size >= maxPages)
      throw new RegistryError({ kind: 'malformed', detail: `${options.what} of ${client.host} never ends: its pages repeat` });
    asked.add(path);
    const { body, headers } = await client.read(path, {
      scope: options.scope,
      maxBytes: maxPageBytes,
      what: options.what,
      headers: { accept: options.accept ?? 'application/json' },
      signal: options.signal,
    });
    yield { items: itemsOf(body, options, client.host), bytes: body };
    const query = nextQuery(headers['link']);
    if (query === undefined) return;
    path = `${options.path.replace(/\?.*$/, '')}${query}`;
  }
}

function itemsOf(body: Buffer, { member, what }: PageOptions, host: string): readonly unknown[] {
  const malformed = () => new RegistryError({ kind: 'malformed', detail: `${what} of ${host} is not what the specification says` });
  let page: unknown;
  try {
    page = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed();
  }
  const items = isJsonObject(page) ? page[member] : undefined;
  // An empty list is null with some registries.
  if (items === null || (items === undefined && isJsonObject(page) && !('errors' in page))) return [];
  if (!Array.isArray(items)) throw malformed();
  return items as readonly unknown[];
}

function nextQuery(link: string | string[] | undefined): string | undefined {
  const text = Array.isArray(link) ? link.join(', ') : (link ?? '');
  if (!/rel\s*=\s*"?next"?/i.test(text)) return undefined;
  const target = /<([^>]*)>/.exec(text)?.[1] ?? text.split(';')[0] ?? '';
  const at = target.indexOf('?');
  return at < 0 ? undefined : target.slice(at).trim();
}
