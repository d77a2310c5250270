import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { makeAuthority } from '../../../../src/demo/certificates.ts';
import { startRegistryDouble } from '../../../../src/demo/registry/double.ts';
import { createAgents } from '../../../../src/http/agents.ts';
import type { RegistryWorld } from '../../../../src/images/sources/registry/world.ts';
import { type ConnectProxyOptions, startConnectProxy } from '../../../support/connect-proxy.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { blobOf, manifestsOf, oneImage, openReference } from '../../../support/registry-client.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const { repository, layer } = oneImage(50_000);
const login = { username: 'puller', password: randomBytes(9).toString('hex') };

/** A registry over TLS that can be reached by a proxy alone. */
async function behindProxy(options: ConnectProxyOptions = {}, env: (url: string) => string = (url) => url) {
  const authority = await makeAuthority(new Date());
  const double = await startRegistryDouble({
    repositories: { 'team/app': repository },
    tls: await authority.issue(['registry.example']),
    auth: { kind: 'basic', logins: [login] },
  });
  const proxy = await startConnectProxy({ port: Number(new URL(double.origin).port), ...options });
  closing.push(
    () => double.close(),
    () => proxy.close(),
  );
  const url = env(proxy.url);
  const agents = createAgents({ env: { HTTPS_PROXY: url }, ca: authority.caPem, proxyFor: () => url });
  const credentials: RegistryWorld['credentials'] = async () => ({ credential: { kind: 'password', ...login } });
  const waits: number[] = [];
  const world: Partial<RegistryWorld> = { agents, credentials, sleep: async (ms) => void waits.push(ms) };
  return { proxy, double, world, waits };
}

async function pull(world: Partial<RegistryWorld>) {
  const reader = openReference('registry.example/team/app', world, { referrers: false });
  const { manifests, gaps } = await manifestsOf(reader);
  const first = manifests[0]?.layers[0];
  const blob = first && (await blobOf(reader, first));
  return { gaps: [...gaps, ...(blob?.gap === undefined ? [] : [blob.gap])], isWhole: blob?.bytes.equals(layer) === true };
}

test('a registry is read through a tunnel of a proxy that wants a login, and TLS stays between it and us', async () => {
  const { proxy, world } = await behindProxy({ login: `me:${randomBytes(9).toString('hex')}` });
  expect(await pull(world)).toEqual({ gaps: [], isWhole: true });
  expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT registry.example:443']));
});

test('a login that the proxy does not take is a gap that says so, and holds none of it', async () => {
  const word = randomBytes(9).toString('hex');
  const { world, double, waits } = await behindProxy({ login: 'me:right' }, (url) => url.replace('me:right', `me:${word}`));
  const { gaps } = await pull(world);
  expect(gaps).toMatchObject([
    {
      reason: 'denied',
      detail: 'the proxy on the way to registry.example asks for a login (407): put user and password into HTTPS_PROXY or HTTP_PROXY',
    },
  ]);
  expect(JSON.stringify(gaps)).not.toContain(word);
  expect([double.requests, waits]).toEqual([[], []]);
});

test.each([
  [403, 'denied', 0],
  [503, 'unavailable', 1],
] as const)('a proxy that answers %i is named, not the registry', async (refuses, reason, tries) => {
  const { world, waits } = await behindProxy({ refuses });
  const { gaps } = await pull(world);
  expect(gaps).toMatchObject([{ reason, detail: `the proxy gives no connection to registry.example (${refuses})` }]);
  expect(waits).toHaveLength(tries);
});

test('a proxy that is not there is a gap', async () => {
  const { proxy, world, waits } = await behindProxy();
  await proxy.close();
  const { gaps } = await pull(world);
  expect(gaps).toMatchObject([{ reason: 'unavailable', detail: expect.stringContaining('(ECONNREFUSED)') }]);
  expect(waits).toHaveLength(1);
});

test('a redirect to an address is judged although the name of the registry is known to the proxy alone', async () => {
  const double = await startRegistryDouble({ repositories: { 'team/app': repository } });
  const location = 'http://127.0.0.2:9/blob';
  const faults = await startFaultProxy(double.origin, [
    { path: /\/blobs\//, fault: { kind: 'status', status: 307, headers: { location } } },
  ]);
  const proxy = await startConnectProxy({ port: Number(new URL(faults.origin).port) });
  closing.push(
    () => double.close(),
    () => faults.close(),
    () => proxy.close(),
  );
  const { gaps } = await pull({
    agents: createAgents({ env: { HTTP_PROXY: proxy.url }, proxyFor: () => proxy.url }),
    plainHttp: ['registry.example'],
    addresses: { resolve: async () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })) },
  });
  expect(gaps).toMatchObject([
    { reason: 'denied', detail: 'registry.example leads to 127.0.0.2, a loopback address, which is not gone to' },
  ]);
});
