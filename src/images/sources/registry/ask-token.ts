import { isJsonObject, jsonIn } from '../../../model/json.ts';
import type { RegistryCredential } from '../../../model/registry-credential.ts';
import type { AddressGuard } from './address-guard.ts';
import type { Challenge } from './challenge.ts';
import { RegistryError } from './problem.ts';
import { isOwnRealm } from './realm.ts';
import { parseRetryAfter } from './retry.ts';
import { readBody, send, type Wire, type WireRequest } from './wire.ts';

export interface TokenOptions {
  /** The registry, as the user knows it. */
  readonly host: string;
  /** Where its requests go. */
  readonly origin: URL;
  /** Hosts of token services that the user trusts with the login. */
  readonly trustedRealms: readonly string[];
  readonly wire: Wire;
  readonly guard: AddressGuard;
  readonly now: () => Date;
}

/** A header, and when it is no longer good. */
export interface Kept {
  readonly header: string;
  readonly endsAt: number;
}

/** What is to be said where a refusal follows. */
export interface Noted {
  readonly get: () => string | undefined;
  readonly add: (note: string) => void;
}

const maxTokenBytes = 1024 * 1024;
const maxRedirects = 3;

/**
 * Asks the token service that a challenge names. The login goes there only if the service belongs to the registry, and with a
 * redirect only if that is so of the next place, too: else the question is asked without it. Throws RegistryError.
 */
export async function askToken(
  { params }: Challenge,
  { scope, login }: { readonly scope: string; readonly login: RegistryCredential | undefined },
  options: TokenOptions,
  signal: AbortSignal,
  note: Noted,
): Promise<Kept> {
  const { host, wire, now } = options;
  const asked = now().getTime();
  let realm = realmOf(params['realm'], host);
  for (let hops = 0; ; hops += 1) {
    const used = loginAt(realm, login, options, note);
    const request = await questionAt(realm, { service: params['service'], wanted: params['scope'] ?? scope, used }, options);
    const answer = await send(request, wire, signal);
    const status = answer.statusCode ?? 0;
    const { location, 'retry-after': retryAfter } = answer.headers;
    if (request.method === 'GET' && [301, 302, 303, 307, 308].includes(status) && location !== undefined && hops < maxRedirects) {
      answer.destroy();
      realm = nextRealm(location, request.url, host);
      continue;
    }
    const body = await readBody(answer, realm.host, { limits: wire.limits, maxBytes: maxTokenBytes, what: 'the token' }, signal);
    if (status !== 200) throw refusal(status, realm, { host, hasLogin: used !== undefined, note: note.get() }, retryAfter, now());
    const { token, expiresInS } = tokenIn(body, realm.host);
    // A tenth of its life early, and never for less than a moment: some are issued for seconds.
    return { header: `Bearer ${token}`, endsAt: asked + expiresInS * 900 };
  }
}

export const basicHeader = ({ username, password }: Extract<RegistryCredential, { readonly kind: 'password' }>): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function loginAt(
  realm: URL,
  login: RegistryCredential | undefined,
  { host, origin, trustedRealms }: TokenOptions,
  note: Noted,
): RegistryCredential | undefined {
  if (isOwnRealm(realm, origin, trustedRealms)) return login;
  if (realm.protocol !== 'https:' && origin.protocol === 'https:')
    throw new RegistryError({
      kind: 'refused-target',
      detail: `${host} asks to sign in over plain http at ${realm.host}, which is not done`,
    });
  if (login !== undefined)
    note.add(
      `the login was not sent to ${realm.host}, which is not ${host}'s own host: if it is to be trusted with it, pass --token-host ${realm.host}`,
    );
  return undefined;
}

interface Question {
  readonly service: string | undefined;
  readonly wanted: string;
  readonly used: RegistryCredential | undefined;
}

async function questionAt(realm: URL, { service, wanted, used }: Question, { origin, guard }: TokenOptions): Promise<WireRequest> {
  await guard.demand(realm);
  const lookup = realm.hostname === origin.hostname ? guard.own : guard.elsewhere;
  const common = { 'user-agent': 'aispm', accept: 'application/json' };
  if (used?.kind !== 'identity-token')
    return {
      method: 'GET',
      url: withQuery(realm, service, wanted, used),
      headers: { ...common, ...(used !== undefined && { authorization: basicHeader(used) }) },
      lookup,
    };
  return {
    method: 'POST',
    url: realm,
    headers: { ...common, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'aispm',
      ...(service !== undefined && { service }),
      scope: wanted,
      refresh_token: used.token,
    }).toString(),
    lookup,
  };
}

function nextRealm(location: string, from: URL, host: string): URL {
  return realmOf(URL.canParse(location, from.href) ? new URL(location, from).href : undefined, host);
}

function realmOf(text: string | undefined, host: string): URL {
  if (text !== undefined && URL.canParse(text)) {
    const url = new URL(text);
    if ((url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '') return url;
  }
  throw new RegistryError({ kind: 'malformed', detail: `${host} asks to sign in at a place that is no address` });
}

/** `:` and `/` of a scope are percent-encoded; several scopes are parameters of their own. */
function withQuery(realm: URL, service: string | undefined, scope: string, login: RegistryCredential | undefined): URL {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.delete('scope');
  for (const one of scope.split(' ').filter((text) => text !== '')) url.searchParams.append('scope', one);
  if (login?.kind === 'password') url.searchParams.set('account', login.username);
  return url;
}

interface Refused {
  readonly host: string;
  readonly hasLogin: boolean;
  readonly note: string | undefined;
}

function refusal(status: number, realm: URL, { host, hasLogin, note }: Refused, retryAfter: string | undefined, now: Date): RegistryError {
  if (status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(retryAfter, now);
    return new RegistryError({ kind: 'http', host: realm.host, status, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }
  const detail = hasLogin
    ? `${realm.host} refused the login to ${host} (${status}): sign in again with "docker login ${host}"`
    : `${realm.host} gives no anonymous access to ${host} (${status}): sign in with "docker login ${host}"`;
  return new RegistryError({ kind: 'sign-in', detail: note === undefined ? detail : `${detail}; ${note}` });
}

function tokenIn(body: Buffer, host: string): { readonly token: string; readonly expiresInS: number } {
  const answer = jsonIn(body);
  const { token, access_token, expires_in } = isJsonObject(answer) ? answer : {};
  const value = typeof token === 'string' && token !== '' ? token : access_token;
  // A header holds no line breaks: what has some was never a token.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
    throw new RegistryError({ kind: 'malformed', detail: `${host} answered without a token` });
  return { token: value, expiresInS: typeof expires_in === 'number' && expires_in > 0 ? expires_in : 60 };
}
