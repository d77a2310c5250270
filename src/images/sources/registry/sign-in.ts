import { isJsonObject } from '../../../model/json.ts';
import type { RegistryCredential } from '../../../model/registry-credential.ts';
import type { AddressGuard } from './address-guard.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { CredentialSource, KnownLogin } from './login.ts';
import { RegistryError } from './problem.ts';
import { isOwnRealm } from './realm.ts';
import { readBody, send, type Wire } from './wire.ts';

export interface SignInOptions {
  /** As the user knows it; what logins are looked up by. */
  readonly host: string;
  /** Where its requests go. */
  readonly origin: URL;
  readonly credentials: CredentialSource;
  /** Hosts of token services that the user trusts with the login. */
  readonly trustedRealms: readonly string[];
  readonly wire: Wire;
  readonly guard: AddressGuard;
  readonly now: () => Date;
}

export interface SignIn {
  /** The header for a scope, if one is known and still good. */
  known(scope: string): string | undefined;
  /** Answers a 401: a new header, or RegistryError where there is no way in. */
  answer(header: string, scope: string, signal: AbortSignal): Promise<string>;
  /** Why a login that exists was not used, for the sentence of a refusal. */
  note(): string | undefined;
}

interface Kept {
  readonly header: string;
  readonly endsAt: number;
}

/** Basic and Bearer as registries speak them: https://distribution.github.io/distribution/spec/auth/token/ */
export function openSignIn(options: SignInOptions): SignIn {
  const kept = new Map<string, Kept>();
  let login: Promise<KnownLogin> | undefined;
  let loginEndsAt = Number.POSITIVE_INFINITY;
  let note: string | undefined;

  async function credential(signal: AbortSignal): Promise<RegistryCredential | undefined> {
    if (options.now().getTime() >= loginEndsAt) login = undefined;
    login ??= options.credentials(options.host, signal);
    const found = await login;
    note ??= found.note;
    loginEndsAt = (found.endsAt?.getTime() ?? Number.POSITIVE_INFINITY) - renewBeforeMs;
    return found.credential;
  }

  return {
    known(scope) {
      const entry = kept.get(scope) ?? kept.get('');
      return entry !== undefined && entry.endsAt > options.now().getTime() ? entry.header : undefined;
    },
    note: () => note,
    async answer(header, scope, signal) {
      const challenges = parseChallenges(header);
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      const login = await credential(signal);
      if (bearer !== undefined) {
        const issued = await askToken(bearer, scope, login, options, signal, { get: () => note, add: (text) => (note ??= text) });
        kept.set(scope, issued);
        return issued.header;
      }
      if (!challenges.some(({ scheme }) => scheme === 'basic')) {
        const asked = challenges.map(({ scheme }) => scheme).join(', ') || 'nothing that can be understood';
        throw new RegistryError({
          kind: 'unsupported',
          detail: `${options.host} asks for a login by ${asked}; Basic and Bearer are known`,
        });
      }
      if (login?.kind !== 'password') throw new RegistryError({ kind: 'sign-in', detail: noLogin(options.host, note) });
      const basic = basicHeader(login);
      // One header for every repository.
      kept.set('', { header: basic, endsAt: loginEndsAt });
      return basic;
    },
  };
}

function noLogin(host: string, note: string | undefined): string {
  return `${host} asks for a login: sign in with "docker login ${host}"${note === undefined ? '' : `; ${note}`}`;
}

const basicHeader = ({ username, password }: Extract<RegistryCredential, { readonly kind: 'password' }>): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const renewBeforeMs = 2 * 60_000;

const maxTokenBytes = 1024 * 1024;

async function askToken(
  { params }: Challenge,
  scope: string,
  login: RegistryCredential | undefined,
  options: SignInOptions,
  signal: AbortSignal,
  note: { readonly get: () => string | undefined; readonly add: (note: string) => void },
): Promise<Kept> {
  const { host, origin, wire, guard, now } = options;
  const realm = realmOf(params['realm'], host);
  const isTrusted = isOwnRealm(realm, origin, options.trustedRealms);
  if (!isTrusted && realm.protocol !== 'https:' && origin.protocol === 'https:')
    throw new RegistryError({
      kind: 'refused-target',
      detail: `${host} asks to sign in over plain http at ${realm.host}, which is not done`,
    });
  if (!isTrusted && login !== undefined)
    note.add(
      `the login was not sent to ${realm.host}, which is not ${host}'s own host: if it is to be trusted with it, pass --token-host ${realm.host}`,
    );
  const used = isTrusted ? login : undefined;
  const wanted = params['scope'] ?? scope;
  const { service } = params;
  await guard.demand(realm);
  const lookup = realm.hostname === origin.hostname ? guard.own : guard.elsewhere;
  const common = { 'user-agent': 'aispm', accept: 'application/json' };
  const request =
    used?.kind === 'identity-token'
      ? {
          method: 'POST' as const,
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
        }
      : {
          method: 'GET' as const,
          url: withQuery(realm, service, wanted, used),
          headers: { ...common, ...(used !== undefined && { authorization: basicHeader(used) }) },
          lookup,
        };
  const asked = now().getTime();
  const answer = await send(request, wire, signal);
  const status = answer.statusCode ?? 0;
  const body = await readBody(answer, realm.host, { limits: wire.limits, maxBytes: maxTokenBytes, what: 'the token' }, signal);
  if (status !== 200)
    throw refusal(status, realm, { host, hasLogin: used !== undefined, note: note.get() }, answer.headers['retry-after'], now());
  const { token, expiresInS } = tokenIn(body, realm.host);
  // A tenth of its life early, and never for less than a moment: some are issued for seconds.
  return { header: `Bearer ${token}`, endsAt: asked + expiresInS * 900 };
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
  for (const one of scope.split(' ').filter((text) => text !== '')) url.searchParams.append('scope', one);
  if (login?.kind === 'password') url.searchParams.set('account', login.username);
  return url;
}

interface Asked {
  readonly host: string;
  readonly hasLogin: boolean;
  readonly note: string | undefined;
}

function refusal(status: number, realm: URL, { host, hasLogin, note }: Asked, retryAfter: string | undefined, now: Date): RegistryError {
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
  const answer = parse(body);
  const { token, access_token, expires_in } = isJsonObject(answer) ? answer : {};
  const value = typeof token === 'string' && token !== '' ? token : access_token;
  // A header holds no line breaks: what has some was never a token.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
    throw new RegistryError({ kind: 'malformed', detail: `${host} answered without a token` });
  return { token: value, expiresInS: typeof expires_in === 'number' && expires_in > 0 ? expires_in : 60 };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Seconds, or an HTTP date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function parseRetryAfter(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
