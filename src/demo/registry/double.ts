import { randomBytes } from 'node:crypto';
import type http from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, type Tls } from '../listen.ts';
import type { Repository } from './content.ts';
import { sha256 } from './content.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
  /** Accepted in the place of the password, as a refresh token. */
  readonly identityToken?: string;
}

export interface RegistryDoubleOptions {
  readonly repositories: { readonly [name: string]: Repository };
  readonly tls?: Tls;
  /** `basic`: a password on every request. `bearer`: a token of this server's own token service. Without it all is open. */
  readonly auth?: {
    readonly kind: 'basic' | 'bearer';
    readonly logins: readonly Login[];
    readonly anonymous?: readonly string[];
    readonly realm?: string;
    readonly expiresInS?: number;
  };
  /** Blobs are on another server, behind addresses that are good for so many requests; which breaks off what is asked for from its start. */
  readonly redirect?: { readonly uses: number; readonly breaksAfter?: number };
  /** Serves the referrers API of OCI 1.1; without it, 404. */
  readonly referrers?: boolean;
  /** Entries of one page of a listing. */
  readonly pageSize?: number;
  /** How links to further pages are written; by default relative, in angle brackets. */
  readonly linkStyle?: 'absolute' | 'bare';
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization?: string;
  readonly range?: string;
  readonly accept?: string;
}

export interface RegistryDouble {
  /** `127.0.0.1:PORT`, as a reference names it. */
  readonly host: string;
  readonly origin: string;
  /** Requests to the registry, its token service, and the store that it redirects to. */
  readonly requests: readonly SeenRequest[];
  readonly tokenRequests: readonly SeenRequest[];
  readonly storeRequests: readonly SeenRequest[];
  close(): Promise<void>;
}

/** A registry on loopback that speaks the pull side of the OCI distribution specification 1.1. */
export async function startRegistryDouble(options: RegistryDoubleOptions): Promise<RegistryDouble> {
  const requests: SeenRequest[] = [];
  const tokenRequests: SeenRequest[] = [];
  const storeRequests: SeenRequest[] = [];
  const issued = new Map<string, { readonly scopes: readonly string[]; readonly endsAt: number }>();
  const signed = new Map<string, { readonly digest: string; uses: number }>();
  const blobs = new Map(Object.values(options.repositories).flatMap((repository) => [...repository.blobs]));

  const store = await listen((request, response) => {
    storeRequests.push(seen(request));
    const key = new URL(request.url ?? '/', 'http://store').searchParams.get('signature') ?? '';
    const grant = signed.get(key);
    if (request.headers.authorization !== undefined) return send(response, 400, 'a login has no place here');
    if (grant === undefined || grant.uses === 0) return send(response, 403, 'expired');
    grant.uses -= 1;
    const bytes = blobs.get(grant.digest);
    if (bytes === undefined) return send(response, 404, 'none');
    const { breaksAfter } = options.redirect ?? {};
    if (breaksAfter === undefined || request.headers.range !== undefined)
      return sendBytes(request, response, bytes, 'application/octet-stream');
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, breaksAfter), () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
  }, options.tls);

  const server = await listen((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry');
    if (url.pathname === '/token') {
      tokenRequests.push(seen(request));
      return void answerToken(request, response, url);
    }
    requests.push(seen(request));
    const scope = scopeOf(url.pathname);
    if (!mayRead(request, scope)) return challenge(response, scope);
    answer(request, response, url);
  }, options.tls);

  function mayRead({ headers }: http.IncomingMessage, scope: string): boolean {
    const { auth } = options;
    if (auth === undefined) return true;
    const [, kind = '', value = ''] = /^(\w+) (.+)$/.exec(headers.authorization ?? '') ?? [];
    if (auth.kind === 'basic') return kind === 'Basic' && loginOf(value) !== undefined;
    const token = issued.get(value);
    return kind === 'Bearer' && token !== undefined && token.endsAt > Date.now() && (scope === '' || token.scopes.includes(scope));
  }

  function loginOf(encoded: string): Login | undefined {
    const given = Buffer.from(encoded, 'base64').toString('utf8');
    return options.auth?.logins.find(({ username, password }) => given === `${username}:${password}`);
  }

  function challenge(response: http.ServerResponse, scope: string): void {
    const realm = options.auth?.realm ?? `${server.origin}/token`;
    const named = scope === '' ? '' : `,scope="${scope}"`;
    const header =
      options.auth?.kind === 'basic' ? 'Basic realm="registry"' : `Bearer realm="${realm}",service="registry, of the demo"${named}`;
    response.setHeader('www-authenticate', header);
    sendError(response, 401, 'UNAUTHORIZED');
  }

  async function answerToken(request: http.IncomingMessage, response: http.ServerResponse, url: URL): Promise<void> {
    const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    const [, basic] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const byToken =
      options.auth?.logins.some(({ identityToken }) => identityToken !== undefined && identityToken === form.get('refresh_token')) === true;
    const isOpen = scopes.every((scope) => options.auth?.anonymous?.includes(scope.split(':')[1] ?? '') === true);
    const isAllowed = basic === undefined ? byToken || isOpen : loginOf(basic) !== undefined;
    if (!isAllowed) return sendError(response, 401, 'UNAUTHORIZED');
    const token = randomBytes(16).toString('base64url');
    const expiresInS = options.auth?.expiresInS ?? 300;
    issued.set(token, { scopes, endsAt: Date.now() + expiresInS * 1000 });
    sendJson(response, 200, { token, expires_in: expiresInS });
  }

  function answer(request: http.IncomingMessage, response: http.ServerResponse, url: URL): void {
    if (url.pathname === '/v2/') return sendJson(response, 200, {});
    if (url.pathname === '/v2/_catalog') return sendPage(response, url, 'repositories', Object.keys(options.repositories).toSorted());
    const [, name = '', kind = '', rest = ''] = /^\/v2\/(.+?)\/(manifests|blobs|tags|referrers)\/([^/]+)$/.exec(url.pathname) ?? [];
    const repository = options.repositories[name];
    if (repository === undefined) return sendError(response, 404, 'NAME_UNKNOWN');
    if (kind === 'tags') return sendPage(response, url, 'tags', [...repository.tags.keys()].toSorted());
    if (kind === 'referrers' && options.referrers === true) return sendReferrers(response, repository, rest);
    if (kind === 'manifests') return sendManifest(request, response, repository, rest);
    const bytes = repository.blobs.get(rest);
    if (kind !== 'blobs' || bytes === undefined) return sendError(response, 404, kind === 'blobs' ? 'BLOB_UNKNOWN' : 'UNSUPPORTED');
    if (options.redirect === undefined) return sendBytes(request, response, bytes, 'application/octet-stream', rest);
    const key = randomBytes(8).toString('hex');
    signed.set(key, { digest: rest, uses: options.redirect.uses });
    response.setHeader('location', `${store.origin}/${rest}?signature=${key}`);
    send(response, 307, '');
  }

  function sendPage(response: http.ServerResponse, url: URL, member: string, all: readonly string[]): void {
    const last = url.searchParams.get('last') ?? '';
    const size = Math.min(options.pageSize ?? 1000, Number(url.searchParams.get('n') ?? 1000));
    const rest = all.filter((name) => last === '' || name > last);
    const page = rest.slice(0, size);
    if (rest.length > size) {
      const next = `${url.pathname}?last=${encodeURIComponent(page.at(-1) ?? '')}&n=${size}`;
      const target = options.linkStyle === 'absolute' ? `<${server.origin}${next}>` : options.linkStyle === 'bare' ? next : `<${next}>`;
      response.setHeader('link', `${target}; rel="next"`);
    }
    sendJson(response, 200, member === 'tags' ? { name: url.pathname.split('/')[2] ?? '', tags: page } : { repositories: page });
  }

  return {
    host: `127.0.0.1:${server.port}`,
    origin: server.origin,
    requests,
    tokenRequests,
    storeRequests,
    close: async () => {
      await Promise.all([server.close(), store.close()]);
    },
  };
}

function sendManifest(request: http.IncomingMessage, response: http.ServerResponse, { manifests, tags }: Repository, name: string): void {
  const found = manifests.get(tags.get(name) ?? name);
  if (found === undefined) return sendError(response, 404, 'MANIFEST_UNKNOWN');
  sendBytes(request, response, found.bytes, found.mediaType, sha256(found.bytes));
}

function sendReferrers(response: http.ServerResponse, { manifests }: Repository, subject: string): void {
  const members = [...manifests].filter(([, { subject: of }]) => of === subject);
  sendJson(response, 200, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: members.map(([digest, { mediaType, bytes }]) => ({ mediaType, digest, size: bytes.length })),
  });
}

/** With `Range` as an object store has it: from a byte to the end. */
function sendBytes(request: http.IncomingMessage, response: http.ServerResponse, bytes: Uint8Array, type: string, digest?: string): void {
  response.setHeader('content-type', type);
  if (digest !== undefined) response.setHeader('docker-content-digest', digest);
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const from = start === undefined ? 0 : Number(start);
  if (start !== undefined && from >= bytes.length) {
    response.setHeader('content-range', `bytes */${bytes.length}`);
    return send(response, 416, '');
  }
  if (start !== undefined) response.setHeader('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
  response.setHeader('content-length', bytes.length - from);
  response.writeHead(start === undefined ? 200 : 206);
  response.end(request.method === 'HEAD' ? undefined : bytes.subarray(from));
}

function scopeOf(path: string): string {
  if (path === '/v2/_catalog') return 'registry:catalog:*';
  const [, name] = /^\/v2\/(.+?)\/(?:manifests|blobs|tags|referrers)\//.exec(path) ?? [];
  return name === undefined ? '' : `repository:${name}:pull`;
}

function seen({ method = 'GET', url = '/', headers }: http.IncomingMessage): SeenRequest {
  const { authorization, range, accept } = headers;
  return {
    method,
    path: url,
    ...(authorization !== undefined && { authorization }),
    ...(range !== undefined && { range }),
    ...(accept !== undefined && { accept }),
  };
}

const sendError = (response: http.ServerResponse, status: number, code: string): void =>
  sendJson(response, status, { errors: [{ code, message: code.toLowerCase() }] });

function sendJson(response: http.ServerResponse, status: number, body: object): void {
  response.setHeader('content-type', 'application/json');
  send(response, status, JSON.stringify(body));
}

function send(response: http.ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
