import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeAuthority } from '../../../../src/demo/certificates.ts';
import { type RegistryDouble, type RegistryDoubleOptions, startRegistryDouble } from '../../../../src/demo/registry/double.ts';
import { createAgents } from '../../../../src/http/agents.ts';
import { parseChallenges } from '../../../../src/images/sources/registry/challenge.ts';
import type { RegistryWorld } from '../../../../src/images/sources/registry/world.ts';
import { openRegistry } from '../../../../src/images/sources/registry/client.ts';
import { listTags } from '../../../../src/images/sources/registry/tags.ts';
import { dockerLogins } from '../../../../src/images/sources/registry/docker-config.ts';
import { isOwnRealm } from '../../../../src/images/sources/registry/realm.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { blobOf, manifestsOf, oneImage, openReference, registryWorld } from '../../../support/registry-client.ts';

const { repository, layer } = oneImage(50_000);
const login = { username: 'puller', password: `p:${randomBytes(9).toString('hex')}`, identityToken: randomBytes(9).toString('hex') };
const credential = { kind: 'password', username: login.username, password: login.password } as const;
const closing: (() => Promise<unknown>)[] = [];
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'aispm-test-'));
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await rm(home, { recursive: true });
});

async function start(options: Partial<RegistryDoubleOptions>): Promise<RegistryDouble> {
  const double = await startRegistryDouble({ repositories: { 'team/app': repository }, ...options });
  closing.push(() => double.close());
  return double;
}

async function pull(host: string, world: Partial<RegistryWorld> = {}) {
  const reader = openReference(`${host}/team/app`, world, { referrers: false });
  const seen = await manifestsOf(reader);
  const first = seen.manifests[0]?.layers[0];
  const blob = first && (await blobOf(reader, first));
  return { gaps: [...seen.gaps, ...(blob?.gap === undefined ? [] : [blob.gap])], isWhole: blob?.bytes.equals(layer) === true };
}

async function serve(answer: http.RequestListener): Promise<number> {
  const server = http.createServer(answer);
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  closing.push(() => new Promise((done) => (server.close(done), server.closeAllConnections())));
  return (server.address() as AddressInfo).port; // listening on a port
}

/** A server that notes what it is asked, and answers nothing that could be used. */
async function startListener(): Promise<{ readonly port: number; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const port = await serve((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    response.writeHead(404).end();
  });
  return { port, asked };
}

describe('a registry is read', () => {
  test('without a login', async () => {
    const double = await start({});
    expect(await pull(double.host)).toEqual({ gaps: [], isWhole: true });
    expect(double.requests.some(({ authorization }) => authorization !== undefined)).toBe(false);
  });

  test('with a password, which is sent only when it is asked for', async () => {
    const double = await start({ auth: { kind: 'basic', logins: [login] } });
    expect(await pull(double.host, { credentials: async () => ({ credential }) })).toEqual({ gaps: [], isWhole: true });
    expect(double.requests.find(({ path }) => path.includes('manifests'))?.authorization).toBeUndefined();
  });

  test.each([
    ['the password', credential],
    ['an identity token', { kind: 'identity-token', token: login.identityToken } as const],
  ])('with a token for %s, one for both requests, its scope percent-encoded', async (_, used) => {
    const double = await start({ auth: { kind: 'bearer', logins: [login] } });
    expect(await pull(double.host, { credentials: async () => ({ credential: used }) })).toEqual({ gaps: [], isWhole: true });
    expect(double.tokenRequests).toHaveLength(1);
    if (used.kind === 'password') expect(double.tokenRequests[0]?.path).toContain('scope=repository%3Ateam%2Fapp%3Apull');
    if (used.kind === 'password') expect(double.tokenRequests[0]?.path).toContain('service=registry%2C+of+the+demo');
  });

  test('with an anonymous token', async () => {
    const double = await start({ auth: { kind: 'bearer', logins: [], anonymous: ['team/app'] } });
    expect(await pull(double.host)).toEqual({ gaps: [], isWhole: true });
    expect(double.tokenRequests[0]?.authorization).toBeUndefined();
  });

  test('with a token that ends in between, and a new one', async () => {
    const double = await start({ auth: { kind: 'bearer', logins: [login], expiresInS: 0.3 } });
    const reader = openReference(`${double.host}/team/app`, { credentials: async () => ({ credential }) }, { referrers: false });
    const { manifests } = await manifestsOf(reader);
    await new Promise((done) => setTimeout(done, 400));
    expect((await blobOf(reader, manifests[0]!.layers[0]!)).gap).toBeUndefined();
    expect(double.tokenRequests.length).toBeGreaterThan(1);
  });

  test('over TLS by an authority of its own', async () => {
    const authority = await makeAuthority(new Date());
    const double = await start({
      tls: await authority.issue(['127.0.0.1']),
      auth: { kind: 'bearer', logins: [login] },
      redirect: { uses: 1 },
    });
    const credentials = async () => ({ credential });
    expect(await pull(double.host, { credentials, agents: createAgents({ env: {}, ca: authority.caPem }) })).toEqual({
      gaps: [],
      isWhole: true,
    });
    const untrusted = await pull(double.host, { credentials });
    expect(untrusted.gaps).toMatchObject([{ reason: 'unavailable', detail: expect.stringContaining('is not trusted') }]);
    expect(untrusted.gaps[0]?.detail).toContain('--ca-file');
  });

  test.each([
    ['that has ended', -10, '127.0.0.1', 'has expired (CERT_HAS_EXPIRED)'],
    ['that begins later', 10, '127.0.0.1', 'is not valid yet (CERT_NOT_YET_VALID)'],
    ['of another name', 0, 'registry.example', 'is for another name (ERR_TLS_CERT_ALTNAME_INVALID)'],
  ])('never by a certificate %s, and says what is wrong with it', async (_, days, name, says) => {
    const authority = await makeAuthority(new Date(Date.now() + days * 24 * 3_600_000));
    const double = await start({ tls: await authority.issue([name]) });
    const { gaps } = await pull(double.host, { agents: createAgents({ env: {}, ca: authority.caPem }) });
    expect(gaps).toMatchObject([{ reason: 'unavailable', detail: expect.stringContaining(`the certificate of ${double.host} ${says}`) }]);
    expect(double.requests).toEqual([]);
  });

  test('through a proxy, which alone resolves its name', async () => {
    const double = await start({ auth: { kind: 'bearer', logins: [login] } });
    const asked: string[] = [];
    const proxy = http.createServer((request, response) => {
      const url = new URL(request.url ?? '/');
      asked.push(url.host);
      const headers = { ...request.headers, host: url.host };
      request.pipe(
        http.request(`${double.origin}${url.pathname}${url.search}`, { method: request.method, headers, agent: false }, (answer) => {
          // The realm is written with the address of the double, which is not the registry's name.
          const challenge = answer.headers['www-authenticate']?.replace(double.origin, 'http://registry.invalid');
          response.writeHead(answer.statusCode ?? 502, {
            ...answer.headers,
            ...(challenge !== undefined && { 'www-authenticate': challenge }),
          });
          answer.pipe(response);
        }),
      );
    });
    await new Promise<void>((done) => void proxy.listen(0, '127.0.0.1', done));
    closing.push(() => new Promise((done) => (proxy.close(done), proxy.closeAllConnections())));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const agents = createAgents({ env: { HTTP_PROXY: url }, proxyFor: () => url });
    const world = { agents, plainHttp: ['registry.invalid'], credentials: async () => ({ credential }) };
    expect(await pull('registry.invalid', world)).toEqual({ gaps: [], isWhole: true });
    expect(new Set(asked)).toEqual(new Set(['registry.invalid']));
  });

  test('under another address than its name, which the login still belongs to', async () => {
    const double = await start({ auth: { kind: 'basic', logins: [login] } });
    const asked: string[] = [];
    const result = await pull('registry.example', {
      address: (host) => (host === 'registry.example' ? new URL(double.origin) : undefined),
      credentials: async (host) => (asked.push(host), { credential }),
    });
    expect(result).toEqual({ gaps: [], isWhole: true });
    expect(asked).toEqual(['registry.example']);
  });
});

describe('a login that is refused, or missing, is a gap that says what to do', () => {
  test.each(['basic', 'bearer'] as const)('%s', async (kind) => {
    const double = await start({ auth: { kind, logins: [login] } });
    const wrong = { ...credential, password: 'wrong' };
    for (const credentials of [async () => ({}), async () => ({ credential: wrong })]) {
      const { gaps } = await pull(double.host, { credentials });
      expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining(`"docker login ${double.host}"`) }]);
      expect(gaps[0]?.detail).not.toContain(wrong.password);
    }
  });
});

describe('a login that ends while it is used', () => {
  /** Logins of this run, each with a password of its own; the registry knows the newest alone. */
  function shortLived(kind: 'basic' | 'bearer') {
    const accepted: { username: string; password: string; identityToken: string }[] = [];
    const made: string[] = [];
    let current: string | undefined;
    const end = () => void accepted.splice(0);
    const credentials: RegistryWorld['credentials'] = async () => {
      if (current === undefined) {
        current = randomBytes(9).toString('hex');
        made.push(current);
        accepted.splice(0, Infinity, { username: 'temporary', password: current, identityToken: current });
      }
      const mine = current;
      const credential =
        kind === 'basic'
          ? ({ kind: 'password', username: 'temporary', password: mine } as const)
          : ({ kind: 'identity-token', token: mine } as const);
      return { credential, forget: () => void (current === mine && (current = undefined)) };
    };
    return { credentials, made, end, auth: { kind, logins: accepted, ...(kind === 'bearer' && { expiresInS: 0.5 }) } };
  }

  test.each(['basic', 'bearer'] as const)('is made anew, once: %s', async (kind) => {
    const { credentials, made, end, auth } = shortLived(kind);
    const { host } = await start({ auth });
    const reader = openReference(`${host}/team/app`, { credentials }, { referrers: false });
    const seen = await manifestsOf(reader);
    end();
    if (kind === 'bearer') await new Promise((done) => setTimeout(done, 600));
    const [first] = seen.manifests[0]?.layers ?? [];
    const blob = first && (await blobOf(reader, first));
    expect([seen.gaps, blob?.gap, blob?.bytes.equals(layer), made.length]).toEqual([[], undefined, true, 2]);
  });

  test('is made anew, once, whoever of many finds out first', async () => {
    const { credentials, made, end, auth } = shortLived('basic');
    const { host } = await start({ auth });
    const client = openRegistry(host, registryWorld({ credentials }));
    const ask = () =>
      client.read('/v2/team/app/tags/list', {
        scope: 'repository:team/app:pull',
        signal: AbortSignal.timeout(5000),
        maxBytes: 1000,
        what: 'tags',
      });
    await ask();
    end();
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect([answers.map(({ status }) => status), made.length]).toEqual([Array.from({ length: 40 }, () => 200), 2]);
  });

  test('and one that never worked is not', async () => {
    const { credentials, made, auth } = shortLived('basic');
    const { host } = await start({ auth: { ...auth, logins: [] } });
    expect(await pull(host, { credentials })).toMatchObject({ gaps: [{ reason: 'denied' }] });
    expect(made).toHaveLength(1);
  });

  test('is made anew where the registry says it with 403, as Amazon ECR does', async () => {
    const { credentials, made } = shortLived('basic');
    const message = 'Your authorization token has expired. Reauthenticate and try again.';
    let used: string | undefined;
    const port = await serve((request, response) => {
      const sent = request.headers.authorization;
      used ??= sent;
      response.setHeader('content-type', 'application/json');
      if (sent === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('{}');
      else if (request.url?.includes('/tags/') === true) response.writeHead(200).end('{"name":"app","tags":["a"]}');
      else if (sent === used) response.writeHead(403).end(JSON.stringify({ errors: [{ code: 'DENIED', message }] }));
      else response.writeHead(404).end('{}');
    });
    const reader = openReference(`127.0.0.1:${port}/app`, { credentials }, { tags: 'all', referrers: false });
    const { gaps } = await manifestsOf(reader);
    expect([made.length, gaps]).toEqual([2, [{ reason: 'unavailable', subject: 'a', detail: `127.0.0.1:${port} does not have it (404)` }]]);
  });

  test('and a token that ends is asked for once by all that wait for it', async () => {
    const double = await start({ auth: { kind: 'bearer', logins: [login] } });
    const client = openRegistry(double.host, registryWorld({ credentials: async () => ({ credential }) }));
    const ask = () =>
      client.read('/v2/team/app/tags/list', {
        scope: 'repository:team/app:pull',
        signal: AbortSignal.timeout(5000),
        maxBytes: 1000,
        what: 'tags',
      });
    await Promise.all(Array.from({ length: 16 }, ask));
    expect(double.tokenRequests).toHaveLength(1);
  });
});

test('a refusal without a login says so', async () => {
  const port = await serve((_, response) => void response.writeHead(403).end());
  expect((await pull(`127.0.0.1:${port}`)).gaps[0]?.detail).toBe(
    `127.0.0.1:${port} refuses the read (403): no login was sent; sign in with "docker login 127.0.0.1:${port}"`,
  );
});

describe('the login goes nowhere else', () => {
  test('not to the host that blobs are redirected to', async () => {
    const double = await start({ auth: { kind: 'basic', logins: [login] }, redirect: { uses: 1 } });
    expect(await pull(double.host, { credentials: async () => ({ credential }) })).toEqual({ gaps: [], isWhole: true });
    expect(double.storeRequests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('not to a token service on another host', async () => {
    const listener = await startListener();
    const double = await start({ auth: { kind: 'bearer', logins: [login], realm: `http://localhost:${listener.port}/token` } });
    const { gaps } = await pull(double.host, { credentials: async () => ({ credential }) });
    expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining(`pass --token-host localhost:${listener.port}`) }]);
    expect(listener.asked.join()).not.toContain('Basic');
    expect(listener.asked.join()).not.toContain(login.username);
  });

  test.each([
    ['goes with a redirect of the token service to another port of its host', '127.0.0.1', true],
    ['stays behind where the token service redirects to another host', 'localhost', false],
  ])('it %s', async (_, name, isSent) => {
    const seen: string[] = [];
    let target = '';
    const redirecting = await serve((request, response) => {
      seen.push(`realm ${request.headers.authorization === undefined ? 'without' : 'with'} login`);
      response.writeHead(307, { location: `${target}${request.url?.replace('/realm', '/token')}` }).end();
    });
    const double = await start({
      auth: { kind: 'bearer', logins: [login], anonymous: ['team/app'], realm: `http://127.0.0.1:${redirecting}/realm` },
    });
    target = double.origin.replace('127.0.0.1', name);
    expect(await pull(double.host, { credentials: async () => ({ credential }) })).toEqual({ gaps: [], isWhole: true });
    expect(seen).toEqual(['realm with login']);
    expect(double.tokenRequests.map(({ authorization }) => authorization !== undefined)).toEqual([isSent]);
  });

  test('and a token service that redirects without end is a refusal', async () => {
    let asked = 0;
    const circle = await serve((request, response) => {
      asked += 1;
      response.writeHead(302, { location: request.url }).end();
    });
    const double = await start({ auth: { kind: 'bearer', logins: [], realm: `http://127.0.0.1:${circle}/realm` } });
    expect((await pull(double.host)).gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining('(302)') }]);
    expect(asked).toBe(4);
  });

  test('and an address that has run out is asked for anew', async () => {
    const double = await start({ redirect: { uses: 0 } });
    const { gaps } = await pull(double.host);
    expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining('(403)') }]);
    expect(double.storeRequests.length).toBe(5);
    expect(gaps[0]?.detail).not.toContain('signature');
  });

  test.each([
    ['https://registry.example/token', 'https://registry.example', true],
    ['https://registry.example:8443/token', 'https://registry.example', true],
    ['https://auth.registry.example/token', 'https://registry.example', true],
    ['https://auth.docker.io/token', 'https://registry-1.docker.io', true],
    ['https://gitlab.com/jwt/auth', 'https://registry.gitlab.com', true],
    ['https://dockerauth.cn-hangzhou.aliyuncs.com/auth', 'https://lab-registry.cn-hangzhou.cr.aliyuncs.com', true],
    ['https://dockerauth.cn-hangzhou.aliyuncs.com/auth', 'https://registry.cn-hangzhou.aliyuncs.com', true],
    ['https://dockerauth.cn-hangzhou.aliyuncs.com/auth', 'https://crpi-0a1b.cn-hangzhou.personal.cr.aliyuncs.com', true],
    ['https://dockerauth.cn-beijing.aliyuncs.com/auth', 'https://crpi-0a1b.cn-hangzhou.personal.cr.aliyuncs.com', false],
    ['https://public.ecr.aws/token/', 'https://public.ecr.aws', true],
    ['https://dockerauth.cn-beijing.aliyuncs.com/auth', 'https://lab-registry.cn-hangzhou.cr.aliyuncs.com', false],
    ['https://dockerauth.cn-hangzhou.aliyuncs.com.evil.example/auth', 'https://lab-registry.cn-hangzhou.cr.aliyuncs.com', false],
    ['https://evil.example/token', 'https://registry.example', false],
    ['https://notregistry.example/token', 'https://registry.example', false],
    ['http://registry.example/token', 'https://registry.example', false],
    ['https://me@registry.example/token', 'https://registry.example', false],
    ['https://other.azurecr.io/token', 'https://lab.azurecr.io', false],
  ])('realm %s of %s: %s', (realm, registry, expected) => {
    expect(isOwnRealm(new URL(realm), new URL(registry), [])).toBe(expected);
  });

  test('but to a host that the user trusts', () => {
    expect(isOwnRealm(new URL('https://sso.example/t'), new URL('https://registry.example'), ['sso.example'])).toBe(true);
  });
});

describe('a registry leads us nowhere that it should not', () => {
  const redirecting = async (location: string) => {
    const double = await start({});
    const proxy = await startFaultProxy(double.origin, [
      { path: /\/blobs\//, fault: { kind: 'status', status: 307, headers: { location } } },
    ]);
    closing.push(() => proxy.close());
    return proxy;
  };

  test('not to an address of a forbidden kind, by number or by name', async () => {
    const listener = await startListener();
    for (const name of ['127.0.0.1', 'inside.example']) {
      const proxy = await redirecting(`http://${name}:${listener.port}/secret`);
      const { gaps } = await pull(`registry.example`, {
        address: () => new URL(proxy.origin.replace('127.0.0.1', 'registry.example')),
        // The registry is of the internet here, and everything else on this machine is inside.
        addresses: { resolve: async () => ['127.0.0.1'], kindOf: (_, host) => (host === 'registry.example' ? 'public' : 'private') },
      });
      expect(gaps).toMatchObject([
        { reason: 'denied', detail: `registry.example leads to ${name}, a private address, which is not gone to` },
      ]);
    }
    expect(listener.asked).toEqual([]);
  });

  test.each([
    ['file:///etc/hostname', 'redirects to file:, which is not followed'],
    ['http://me:pw@127.0.0.1:1/', 'redirects to an address with a password in it'],
    ['http://[', 'redirects to something that is no address'],
  ])('not to %s', async (location, detail) => {
    const { gaps } = await pull((await redirecting(location)).host);
    expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining(detail) }]);
  });

  test('not in a circle', async () => {
    const double = await start({});
    const proxy = await startFaultProxy(double.origin, [
      { path: /\/blobs\//, fault: { kind: 'status', status: 302, headers: { location: '/v2/team/app/blobs/again' } } },
    ]);
    closing.push(() => proxy.close());
    const { gaps } = await pull(proxy.host);
    expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining('redirects more than 5 times') }]);
  });

  test('and plain http is spoken to nobody but this machine, unless it is asked for', async () => {
    const double = await start({});
    const port = new URL(double.origin).port;
    const addresses = { resolve: async () => ['127.0.0.1'] };
    const text = `registry.example:${port}`;
    const strict = await pull(text, { addresses, attempts: 1 });
    expect(strict.gaps).toMatchObject([{ reason: 'unavailable' }]);
    expect(double.requests).toEqual([]);
    expect(await pull(text, { addresses, plainHttp: [text] })).toEqual({ gaps: [], isWhole: true });
  });
});

describe("Docker's configuration", () => {
  const ask = async (config: unknown, host: string, env: { readonly [name: string]: string } = {}) => {
    await mkdir(join(home, '.docker'), { recursive: true });
    await writeFile(join(home, '.docker/config.json'), typeof config === 'string' ? config : JSON.stringify(config));
    return dockerLogins({ HOME: home, PATH: process.env['PATH'] ?? '', ...env })(host, new AbortController().signal);
  };
  const auth = Buffer.from('me:a:b').toString('base64');
  const mine = { credential: { kind: 'password', username: 'me', password: 'a:b' } };

  test.each([
    ['registry.example', 'registry.example'],
    ['registry.example:5000', 'registry.example:5000'],
    ['https://registry.example/v1/', 'registry.example'],
    ['https://index.docker.io/v1/', 'docker.io'],
  ])('knows a login under %s', async (key, host) => {
    expect(await ask({ auths: { [key]: { auth } } }, host)).toEqual(mine);
    expect(await ask({ auths: { [key]: { auth } } }, 'other.example')).toEqual({});
  });

  test('knows identity tokens', async () => {
    expect(await ask({ auths: { 'a.example': { auth, identitytoken: 'abc' } } }, 'a.example')).toEqual({
      credential: { kind: 'identity-token', token: 'abc' },
    });
  });

  test.each([
    ['no JSON', '{"auths": {"a.example": {"auth": "c2VjcmV0"', 'cannot be read: it is not JSON'],
    ['a list', '[1]', 'cannot be read: it is not JSON'],
    ['a login of another form', { auths: { 'a.example': { auth: 'c2VjcmV0' } } }, 'is not of the form user:password'],
  ])('that is %s is told where a login is refused, without its content', async (_, config, says) => {
    const { note = '' } = await ask(config, 'a.example');
    expect(note).toContain(says);
    expect(note).not.toMatch(/c2VjcmV0|secret/);
    const double = await start({ auth: { kind: 'basic', logins: [login] } });
    const { gaps } = await pull(double.host, { credentials: dockerLogins({ HOME: home }) });
    if (typeof config === 'string') expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining(says) }]);
  });

  test('that is missing, or a folder, ends nothing', async () => {
    expect(await dockerLogins({ HOME: join(home, 'nowhere') })('a.example', new AbortController().signal)).toEqual({});
    expect(await dockerLogins({})('a.example', new AbortController().signal)).toEqual({});
    const { note } = await dockerLogins({ REGISTRY_AUTH_FILE: home })('a.example', new AbortController().signal);
    expect(note).toContain('cannot be read (EISDIR)');
  });

  test('is one of several places: the first that knows the host holds', async () => {
    const places = {
      XDG_RUNTIME_DIR: 'run/containers/auth.json',
      HOME: 'home/.docker/config.json',
      REGISTRY_AUTH_FILE: 'named.json',
    } as const;
    const env: { [name: string]: string } = {};
    const signal = new AbortController().signal;
    for (const [name, file] of Object.entries(places)) {
      await mkdir(join(home, file, '..'), { recursive: true });
      await writeFile(join(home, file), JSON.stringify({ auths: { 'a.example': { auth: Buffer.from(`${name}:x`).toString('base64') } } }));
      env[name] = join(home, name === 'REGISTRY_AUTH_FILE' ? file : (file.split('/')[0] ?? ''));
      expect(await dockerLogins(env)('a.example', signal)).toEqual({ credential: { kind: 'password', username: name, password: 'x' } });
    }
    const text = JSON.stringify({ auths: { 'a.example': { username: 'inline', password: 'x' } } });
    const ofEnvironment = dockerLogins({ ...env, DOCKER_AUTH_CONFIG: text });
    expect(await ofEnvironment('a.example', signal)).toMatchObject({ credential: { username: 'inline' } });
    expect(await dockerLogins({ ...env, DOCKER_AUTH_CONFIG: '{"a' })('a.example', signal)).toMatchObject({
      credential: { username: 'REGISTRY_AUTH_FILE' },
    });
  });

  test('may hold logins for parts of a host: the most exact one is used, and none outside of its part', async () => {
    const entry = (username: string) => ({ auth: Buffer.from(`${username}:x`).toString('base64') });
    await mkdir(join(home, '.docker'), { recursive: true });
    const knows = async (auths: object, host: string, repository?: string) => {
      await writeFile(join(home, '.docker/config.json'), JSON.stringify({ auths }));
      const known = await dockerLogins({ HOME: home })(host, new AbortController().signal, repository);
      return known.credential?.kind === 'password' ? known.credential.username : known;
    };
    const some = { 'a.example/team': entry('team'), 'a.example/team/app': entry('app') };
    const from = `"${join(home, '.docker/config.json')}"`;
    const alone = { note: `the login in ${from} is for "a.example/team" alone` };
    expect(await knows(some, 'a.example', 'team/app')).toBe('app');
    expect(await knows(some, 'a.example', 'team/app/sub')).toBe('app');
    expect(await knows(some, 'a.example', 'team/other')).toBe('team');
    expect(await knows(some, 'a.example', 'team')).toBe('team');
    expect(await knows(some, 'a.example', 'teams/app')).toEqual(alone);
    expect(await knows(some, 'a.example', 'other')).toEqual(alone);
    expect(await knows(some, 'a.example')).toEqual(alone);
    expect(await knows(some, 'a.example.evil', 'team/app')).toEqual({});
    expect(await knows({ ...some, 'a.example': entry('all') }, 'a.example', 'other')).toBe('all');
    expect(await knows({ ...some, 'a.example': entry('all') }, 'a.example', 'team/x')).toBe('team');
    expect(await knows({ 'a.example/v2/': entry('old') }, 'a.example', 'other')).toBe('old');
    expect(await knows({ 'docker.io/acme': entry('acme') }, 'docker.io', 'acme/app')).toBe('acme');
    expect(await knows({ 'docker.io/acme': entry('acme') }, 'docker.io', 'library/nginx')).not.toBe('acme');
  });

  test('a login for a part of a host is sent for the repositories of that part alone', async () => {
    const logins = ['all', 'team'].map((username) => ({ username, password: 'x' }));
    const double = await start({ auth: { kind: 'basic', logins } });
    const entry = (username: string) => ({ auth: Buffer.from(`${username}:x`).toString('base64') });
    await mkdir(join(home, '.docker'), { recursive: true });
    const auths = { [double.host]: entry('all'), [`${double.host}/team`]: entry('team') };
    await writeFile(join(home, '.docker/config.json'), JSON.stringify({ auths }));
    const client = openRegistry(double.host, registryWorld({ credentials: dockerLogins({ HOME: home }) }));
    const signal = new AbortController().signal;
    for (const repository of ['app', 'team/app', 'other']) await listTags(client, repository, signal);
    const sent = double.requests.map(({ path, authorization = '' }) => [
      path.split('/tags')[0],
      Buffer.from(authorization.replace('Basic ', ''), 'base64').toString(),
    ]);
    expect(sent).toEqual([
      ['/v2/app', ''],
      ['/v2/app', 'all:x'],
      ['/v2/team/app', 'team:x'],
      ['/v2/other', 'all:x'],
    ]);
  });

  const helper = async (name: string, script: string) => {
    await mkdir(join(home, 'bin'), { recursive: true });
    await writeFile(join(home, 'bin', `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    await chmod(join(home, 'bin', `docker-credential-${name}`), 0o755);
    return { PATH: `${join(home, 'bin')}:${process.env['PATH']}` };
  };

  test('names helpers: that of the host before the common one, and both before the file', async () => {
    const env = await helper('one', 'read -r host; printf \'{"ServerURL":"%s","Username":"%s","Secret":"s"}\' "$host" "$host"');
    await helper('two', `printf '{"Username":"<token>","Secret":"t"}'`);
    const config = { auths: { 'a.example': { auth } }, credsStore: 'two', credHelpers: { 'a.example': 'one' } };
    expect(await ask(config, 'a.example', env)).toEqual({ credential: { kind: 'password', username: 'a.example', password: 's' } });
    expect(await ask(config, 'b.example', env)).toEqual({ credential: { kind: 'identity-token', token: 't' } });
    expect(await ask({ credHelpers: { 'https://index.docker.io/v1/': 'one' } }, 'docker.io', env)).toMatchObject({
      credential: { username: 'https://index.docker.io/v1/' },
    });
  });

  test('the login in the file holds where the helper knows none, and the helper is started once', async () => {
    const env = await helper('one', 'echo asked >> "$ASKED"; exit 1');
    const asked = join(home, 'asked');
    const config = { auths: { 'a.example': { auth } }, credsStore: 'one' };
    await mkdir(join(home, '.docker'), { recursive: true });
    await writeFile(join(home, '.docker/config.json'), JSON.stringify(config));
    const logins = dockerLogins({ HOME: home, ASKED: asked, ...env });
    for (const repository of ['app', 'team/app', undefined])
      expect(await logins('a.example', new AbortController().signal, repository)).toEqual(mine);
    expect(await readFile(asked, 'utf8')).toBe('asked\n');
  });

  test.each([
    ['that has none', `echo 'credentials not found in native keychain'; exit 1`, {}],
    ['that answers emptily', `printf '{"Username":"","Secret":""}'`, {}],
    ['that fails', 'echo oops; exit 3', { note: 'docker-credential-one did not give the login (exit 3)' }],
    ['that answers nonsense', 'echo oops', { note: 'docker-credential-one answered with something that is no login' }],
  ])('asks a helper %s', async (_, script, expected) => {
    const env = await helper('one', script);
    expect(await ask({ credsStore: 'one' }, 'a.example', env)).toEqual(expected);
  });

  test('ends a helper that hangs, with all that it started', async () => {
    const env = await helper('one', 'sleep 600');
    await mkdir(join(home, '.docker'), { recursive: true });
    await writeFile(join(home, '.docker/config.json'), '{"credsStore":"one"}');
    const logins = dockerLogins({ HOME: home, ...env }, { helperTimeoutMs: 200 });
    expect(await logins('a.example', new AbortController().signal)).toEqual({
      note: 'docker-credential-one did not give the login (it did not answer within 0.2 s)',
    });
  });

  test('and a helper that floods its output is ended', async () => {
    const env = await helper('one', 'exec yes');
    expect((await ask({ credsStore: 'one' }, 'a.example', env)).note).toContain('docker-credential-one did not give the login');
  });

  test.each(['../evil', 'a b', 'A', 'x;y', '/bin/sh'])('starts no program for the helper name %s', async (name) => {
    expect((await ask({ credsStore: name }, 'a.example')).note).toContain('names a credential helper that is none');
  });

  test('says when a helper is not installed', async () => {
    expect(await ask({ credsStore: 'nowhere' }, 'a.example')).toEqual({
      note: 'docker-credential-nowhere did not give the login (it is not installed)',
    });
  });
});

test.each([
  ['Basic realm="a, b"', [{ scheme: 'basic', params: { realm: 'a, b' } }]],
  [
    'bearer Realm="https://a/t",SERVICE=s,scope="repository:a:pull,push repository:b:pull"',
    [{ scheme: 'bearer', params: { realm: 'https://a/t', service: 's', scope: 'repository:a:pull,push repository:b:pull' } }],
  ],
  [
    'Negotiate abc==, Basic realm="x", Bearer realm="y" , service = "z"',
    [
      { scheme: 'negotiate', params: {} },
      { scheme: 'basic', params: { realm: 'x' } },
      { scheme: 'bearer', params: { realm: 'y', service: 'z' } },
    ],
  ],
  [String.raw`Basic realm="a\"b"`, [{ scheme: 'basic', params: { realm: 'a"b' } }]],
  ['', []],
  ['=broken', []],
])('the challenges of %s', (header, expected) => {
  expect(parseChallenges(header)).toEqual(expected);
});
