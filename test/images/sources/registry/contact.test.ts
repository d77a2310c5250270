import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { makeAuthority } from '../../../../src/demo/certificates.ts';
import { type RegistryDouble, startRegistryDouble } from '../../../../src/demo/registry/double.ts';
import { createAgents } from '../../../../src/http/agents.ts';
import { adviceForPrivate, publicName } from '../../../../src/images/sources/registry/private-address.ts';
import type { RegistryWorld } from '../../../../src/images/sources/registry/world.ts';
import { manifestsOf, oneImage, openReference, registryWorld } from '../../../support/registry-client.ts';
import { openRegistry } from '../../../../src/images/sources/registry/client.ts';
import { freePort } from '../../../support/registry-programs.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function start(options: Partial<Parameters<typeof startRegistryDouble>[0]> = {}): Promise<RegistryDouble> {
  const double = await startRegistryDouble({ repositories: { 'team/app': oneImage(1000).repository }, ...options });
  closing.push(() => double.close());
  return double;
}

/** Notes each wait before another try. */
function patience(): { readonly world: Partial<RegistryWorld>; readonly waits: number[] } {
  const waits: number[] = [];
  return { waits, world: { random: () => 0.99, sleep: async (ms) => void waits.push(ms) } };
}

const gapsOf = async (text: string, world: Partial<RegistryWorld>) =>
  (await manifestsOf(openReference(text, world, { referrers: false }))).gaps;

describe('a registry that cannot be reached', () => {
  test('is tried a second time after less than a second, and then given up', async () => {
    const { world, waits } = patience();
    const host = `127.0.0.1:${await freePort()}`;
    const gaps = await gapsOf(`${host}/team/app`, world);
    expect(gaps).toEqual([{ reason: 'unavailable', subject: 'latest', detail: `${host} could not be reached (ECONNREFUSED)` }]);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThan(1000);
  });

  test('is given up for all of its images at once', async () => {
    const { world, waits } = patience();
    const client = openRegistry(`127.0.0.1:${await freePort()}`, registryWorld(world));
    const { readRegistryImage } = await import('../../../../src/images/sources/registry/reader.ts');
    const { parseRegistryReference } = await import('../../../../src/images/reference.ts');
    const read = (name: string) => manifestsOf(readRegistryImage(client, parseRegistryReference(`${client.host}/${name}`)));
    const together = await Promise.all(['a', 'b', 'c', 'd'].map(read));
    const later = await read('e');
    expect([...together, later].map(({ gaps }) => gaps.map(({ reason }) => reason))).toEqual(
      Array.from({ length: 5 }, () => ['unavailable']),
    );
    expect(waits).toHaveLength(4);
  });

  test('has all the patience there is once it has answered', async () => {
    const double = await start();
    const { world, waits } = patience();
    const reader = openReference(`${double.host}/team/app`, world, { referrers: false });
    const { manifests } = await manifestsOf(reader);
    await double.close();
    const { blobOf } = await import('../../../support/registry-client.ts');
    const { gap } = await blobOf(reader, manifests[0]!.layers[0]!);
    expect(gap).toMatchObject({ reason: 'unavailable' });
    expect(waits).toHaveLength(4);
  });

  test('and that gives no connection at all is waited for twice', async () => {
    // TLS never begins: to the client the connection does not come about.
    const sockets = new Set<net.Socket>();
    const silent = net.createServer((socket) => void sockets.add(socket.on('error', () => {})));
    await new Promise<void>((done) => void silent.listen(0, '127.0.0.1', done));
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { world, waits } = patience();
    const port = (silent.address() as AddressInfo).port;
    const gaps = await gapsOf(`127.0.0.1:${port}/team/app`, { ...world, limits: { connectMs: 100 } });
    expect(gaps).toMatchObject([{ reason: 'unavailable', detail: `127.0.0.1:${port} gave no connection within 0.1 s` }]);
    expect(waits).toHaveLength(1);
  });
});

describe('a registry that is named by its address in a private network', () => {
  test.each([
    ['registry-vpc.cn-hangzhou.aliyuncs.com', 'registry.cn-hangzhou.aliyuncs.com'],
    ['registry-internal.cn-beijing.aliyuncs.com', 'registry.cn-beijing.aliyuncs.com'],
    ['lab-registry-vpc.cn-hangzhou.cr.aliyuncs.com', 'lab-registry.cn-hangzhou.cr.aliyuncs.com'],
    ['dsw-registry-vpc.cn-hangzhou.cr.aliyuncs.com', 'dsw-registry.cn-hangzhou.cr.aliyuncs.com'],
    ['crpi-0a1b2c-vpc.cn-hangzhou.personal.cr.aliyuncs.com', 'crpi-0a1b2c.cn-hangzhou.personal.cr.aliyuncs.com'],
    ['crpi-0a1b2c.cn-hangzhou.personal.cr.aliyuncs.com', undefined],
    ['registry.cn-hangzhou.aliyuncs.com', undefined],
    ['registry-vpc.cn-hangzhou.aliyuncs.com.evil.example', undefined],
    ['registry-vpc.example', undefined],
  ])('%s is in public %s', (host, name) => {
    expect(publicName(host)).toBe(name);
  });

  const inside = 'lab-registry-vpc.cn-hangzhou.cr.aliyuncs.com';
  const outside = 'lab-registry.cn-hangzhou.cr.aliyuncs.com';

  async function world(names: { readonly [host: string]: string }, more: Partial<RegistryWorld> = {}) {
    const authority = await makeAuthority(new Date());
    const tls = await authority.issue([inside, outside]);
    const login = { username: 'puller', password: 'p' };
    const double = await start({ tls, auth: { kind: 'basic', logins: [login] } });
    const port = new URL(double.origin).port;
    const agents = createAgents({ env: {}, ca: authority.caPem });
    // A name of the outside has no port: every connection is led to the double's.
    const connect = agents.https.createConnection.bind(agents.https);
    agents.https.createConnection = (options, done) => connect({ ...options, port: Number(port) }, done);
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      const address = names[host];
      if (address === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      return [address];
    };
    const credentials: RegistryWorld['credentials'] = async (host) =>
      host === outside ? { credential: { kind: 'password', ...login } } : {};
    return { double, asked, world: { agents, addresses: { resolve }, credentials, ...more } };
  }

  test('is read by its public name where the private one leads nowhere, with the login of the public one', async () => {
    const place = await world({ [outside]: '127.0.0.1' });
    const { manifests, gaps } = await manifestsOf(openReference(`${inside}/team/app`, place.world, { referrers: false }));
    expect([manifests.length, gaps]).toEqual([1, []]);
    expect(place.asked[0]).toBe(inside);
  });

  test('is read by it where it answers', async () => {
    const place = await world({ [inside]: '127.0.0.1' });
    const { manifests, gaps } = await manifestsOf(openReference(`${inside}/team/app`, place.world, { referrers: false }));
    expect([manifests.length, gaps]).toEqual([1, []]);
    expect(place.asked).not.toContain(outside);
  });

  test('is a gap that says what to do where neither does', async () => {
    const place = await world({});
    const gaps = await gapsOf(`${inside}/team/app`, place.world);
    expect(gaps).toMatchObject([
      {
        reason: 'unavailable',
        detail: expect.stringMatching(/^lab-registry\.cn-hangzhou.* \(ENOTFOUND\): it is the address inside of a VPC.*scan from inside/),
      },
    ]);
  });

  test('says so for private endpoints of other clouds', () => {
    expect(adviceForPrivate('lab.privatelink.azurecr.io')).toContain('it is a private endpoint');
    expect(adviceForPrivate('vpce-1-2.dkr.ecr.us-east-1.vpce.amazonaws.com')).toContain('it is a private endpoint');
    expect(adviceForPrivate('lab.azurecr.io')).toBeUndefined();
  });
});

describe('a registry that an asset names', () => {
  test.each(['127.0.0.1', '[::1]', 'localhost', '2130706433', '0x7f.1', '[::ffff:7f00:1]'])('is never this machine: %s', async (name) => {
    const double = await start();
    const host = `${name}:${new URL(double.origin).port}`;
    const gaps = await gapsOf(`${host}/team/app`, { namedBy: 'asset' });
    expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining('a loopback address, which is not gone to') }]);
    expect(double.requests).toEqual([]);
  });

  test('is never a name that leads to this machine, or to where its cloud answers', async () => {
    const double = await start();
    for (const [kind, namedBy] of [
      ['loopback', 'asset'],
      ['link-local', 'asset'],
      ['link-local', 'user'],
    ] as const) {
      const addresses = { resolve: async () => ['127.0.0.1'], kindOf: () => kind };
      const gaps = await gapsOf(`registry.example:${new URL(double.origin).port}/team/app`, { namedBy, addresses });
      expect(gaps).toMatchObject([{ reason: 'denied', detail: expect.stringContaining(`is at a ${kind} address`) }]);
    }
    expect(double.requests).toEqual([]);
  });

  test('is read where the user says that it is there', async () => {
    const double = await start();
    expect(await gapsOf('localhost:5000/team/app', { namedBy: 'asset', address: () => new URL(double.origin) })).toEqual([]);
  });
});
