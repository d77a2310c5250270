import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { listRepositories } from '../../../../src/images/sources/registry/catalogue.ts';
import { openRegistry } from '../../../../src/images/sources/registry/client.ts';
import type { RegistryWorld } from '../../../../src/images/sources/registry/world.ts';
import { registryWorld } from '../../../support/registry-client.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  closing.push(() => (server.close(), server.closeAllConnections()));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on a port
}

function json(response: http.ServerResponse, status: number, body: object, headers: http.OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const signal = new AbortController().signal;
const list = (host: string, world: Partial<RegistryWorld> = {}) => listRepositories(openRegistry(host, registryWorld(world)), signal);

const login = { username: 'robot$scan', password: 'p' } as const;
const credentials: RegistryWorld['credentials'] = async () => ({ credential: { kind: 'password', ...login } });
const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
const open = Array.from({ length: 3 }, (_, n) => `library/open-${n}`);
const own = [...open, ...Array.from({ length: 230 }, (_, n) => `ml/app-${n}`)];

/** As Harbor answers: the catalogue is for administrators, its own interface shows public repositories to everybody. */
async function startHarbor({ hasAllRepositories = true }: { readonly hasAllRepositories?: boolean } = {}) {
  const asked: string[] = [];
  const host = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://harbor');
    asked.push(`${pathname} ${request.headers.authorization?.split(' ')[0] ?? 'anonymous'}`);
    const seen = request.headers.authorization === basic ? own : open;
    const page = (all: readonly string[]) => {
      const [at, size] = [Number(searchParams.get('page')), Number(searchParams.get('page_size'))];
      json(
        response,
        200,
        all.slice((at - 1) * size, at * size).map((name, id) => ({ id, name })),
      );
    };
    if (pathname === '/v2/' || pathname === '/v2/_catalog') {
      const challenge = `Bearer realm="http://${request.headers.host}/service/token",service="harbor-registry"`;
      return json(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] }, { 'www-authenticate': challenge });
    }
    if (pathname === '/service/token') return json(response, 200, { token: 'without-the-right', expires_in: 1800 });
    if (pathname === '/api/v2.0/systeminfo') return json(response, 200, { auth_mode: 'db_auth', self_registration: false });
    if (pathname === '/api/v2.0/repositories' && hasAllRepositories) return page(seen);
    if (pathname === '/api/v2.0/projects') return page([...new Set(seen.map((name) => name.split('/')[0] ?? ''))]);
    const [, project] = /^\/api\/v2\.0\/projects\/([^/]+)\/repositories$/.exec(pathname) ?? [];
    if (project !== undefined) return page(seen.filter((name) => name.startsWith(`${project}/`)));
    json(response, 404, { errors: [{ code: 'NOT_FOUND' }] });
  });
  return { host, asked };
}

describe('a Harbor whose catalogue is refused', () => {
  test.each([
    ['all at once', true],
    ['by project, where it is older', false],
  ])('is listed by its own interface, %s', async (_, hasAllRepositories) => {
    const { host, asked } = await startHarbor({ hasAllRepositories });
    expect(await list(host, { credentials })).toEqual({ names: own });
    expect(asked).toContain('/api/v2.0/systeminfo anonymous');
  });

  test('shows its public repositories without a login, which is a gap', async () => {
    const { host } = await startHarbor();
    expect(await list(host)).toEqual({
      names: open,
      gap: {
        reason: 'denied',
        subject: host,
        detail: `only the public repositories of this Harbor were listed: sign in with "docker login ${host}"`,
      },
    });
  });
});

test.each([403, 404, 405])(
  'a catalogue that is refused with %s is a gap that says what to do, and no login is sent where none was asked for',
  async (status) => {
    const asked: string[] = [];
    const host = await serve((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? 'anonymous'}`);
      json(response, status, { errors: [{ code: 'DENIED' }] });
    });
    const { names, gap } = await list(host, { credentials });
    expect(names).toEqual([]);
    expect(gap?.detail).toMatch(/^the catalogue could not be read: .*; list its repositories yourself, and pass them with --from-file$/);
    expect(asked).toEqual(['/v2/_catalog?n=1000 anonymous', '/api/v2.0/systeminfo anonymous']);
  },
);

test.each([
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com', 'aws ecr describe-repositories'],
  ['lab.azurecr.io', 'az acr repository list'],
  ['lab-registry.cn-hangzhou.cr.aliyuncs.com', 'aliyun cr ListRepository'],
  ['docker.io', 'docker search'],
  ['ghcr.io', 'gh api'],
  ['us-docker.pkg.dev', 'gcloud artifacts'],
])('%s without a catalogue: the gap names the way of its vendor', async (name, command) => {
  const host = await serve((_, response) => json(response, 405, { errors: [{ code: 'UNSUPPORTED' }] }));
  const { gap } = await list(name, { address: () => new URL(`http://${host}`) });
  expect(gap).toMatchObject({ reason: 'unavailable', subject: name });
  expect(gap?.detail).toContain(`(${command}`);
});
