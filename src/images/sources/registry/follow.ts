import type http from 'node:http';
import type { AddressGuard } from './address-guard.ts';
import { RegistryError } from './problem.ts';
import type { RegistryWorld } from './world.ts';
import { send, type Wire } from './wire.ts';

export interface Opened {
  /** 200, 206 or what the caller said it accepts. */
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The host that answered, after redirects. */
  readonly host: string;
  readonly isRedirected: boolean;
  readonly answer: http.IncomingMessage;
}

export interface Question {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: { readonly [name: string]: string };
  readonly signal: AbortSignal;
}

export interface Way {
  readonly origin: URL;
  readonly guard: AddressGuard;
  readonly wire: Wire;
  readonly world: RegistryWorld;
  /** The registry itself answered. */
  readonly onAnswer: () => void;
}

/** Sends the login to the registry's own origin and nowhere else; leaves TLS never; goes to addresses that the guard lets through. */
export async function follow(start: URL, authorization: string | undefined, options: Question, way: Way): Promise<Opened> {
  const { origin, guard, wire, world, onAnswer } = way;
  let url = start;
  for (let hops = 0; ; hops += 1) {
    const isOwn = url.origin === origin.origin;
    const started = world.now().getTime();
    await guard.demand(url);
    const answer = await send(
      {
        method: options.method ?? 'GET',
        url,
        headers: {
          'user-agent': 'aispm',
          // Bytes are counted and hashed as they are stored.
          'accept-encoding': 'identity',
          ...options.headers,
          ...(isOwn && authorization !== undefined && { authorization }),
        },
        lookup: isOwn ? guard.own : guard.elsewhere,
      },
      wire,
      options.signal,
    );
    if (isOwn) onAnswer();
    const status = answer.statusCode ?? 0;
    world.debug?.(
      `${options.method ?? 'GET'} ${url.host} ${isOwn ? url.pathname : '(elsewhere)'} ${status} ${world.now().getTime() - started} ms`,
    );
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
      return { status, headers: answer.headers, host: url.host, isRedirected: hops > 0, answer };
    answer.destroy();
    if (hops === maxRedirects) throw lost(`${origin.host} redirects more than ${maxRedirects} times`);
    url = nextUrl(location, url, origin);
  }
}

function nextUrl(location: string, from: URL, origin: URL): URL {
  if (!URL.canParse(location, from.href)) throw lost(`${from.host} redirects to something that is no address`);
  const url = new URL(location, from);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw lost(`${from.host} redirects to ${url.protocol}, which is not followed`);
  if (url.protocol === 'http:' && origin.protocol === 'https:')
    throw lost(`${from.host} redirects from TLS to plain http, which is not followed`);
  if (url.username !== '' || url.password !== '')
    throw lost(`${from.host} redirects to an address with a password in it, which is not followed`);
  return url;
}

const maxRedirects = 5;

const lost = (detail: string): RegistryError => new RegistryError({ kind: 'refused-target', detail });
