import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makeAuthority } from '../../src/demo/certificates.ts';
import { createAgents, OfflineError } from '../../src/http/agents.ts';
import { UsageError } from '../../src/model/usage-error.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: http.Server): Promise<number> {
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function startProxy(): Promise<ConnectProxy> {
  const proxy = await startConnectProxy();
  closing.push(() => void proxy.close());
  return proxy;
}

function get(client: typeof http | typeof https, url: string, agent: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    client
      .get(url, { agent }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
}

async function startTls(host: string): Promise<{ readonly port: number; readonly ca: string }> {
  const authority = await makeAuthority(new Date());
  const certificate = await authority.issue([host, '127.0.0.1']);
  const port = await listen(https.createServer(certificate, (_, response) => response.end('over TLS')));
  return { port, ca: authority.caPem };
}

test('plain and TLS requests go through the proxy of their host, and loopback never does', async () => {
  const proxy = await startProxy();
  const { port, ca } = await startTls('cloud.example');
  const proxyFor = (url: string) => (url.includes('direct.example') ? '' : proxy.url);
  const agents = createAgents({ env: { HTTPS_PROXY: proxy.url }, ca, proxyFor });
  expect(await get(http, 'http://cloud.example/a', agents.http)).toBe('through the proxy');
  expect(await get(https, `https://cloud.example:${port}/b`, agents.https)).toBe('over TLS');
  expect(await get(https, `https://127.0.0.1:${port}/c`, agents.https)).toBe('over TLS');
  expect(proxy.asked).toEqual(['GET http://cloud.example/a', `CONNECT cloud.example:${port}`]);
});

test('whoever wants to know is told what time each host says it is, also through a proxy', async () => {
  const proxy = await startProxy();
  const { port, ca } = await startTls('cloud.example');
  const plain = await listen(http.createServer((_, response) => response.setHeader('date', 'Mon, 01 Jun 2026 12:00:00 GMT').end()));
  const seen: [string, boolean][] = [];
  const agents = createAgents({
    env: { HTTPS_PROXY: proxy.url },
    ca,
    proxyFor: () => proxy.url,
    onDate: (host, date) => seen.push([host, date === 'Mon, 01 Jun 2026 12:00:00 GMT']),
  });
  await get(http, `http://127.0.0.1:${plain}/`, agents.http);
  expect(await get(https, `https://cloud.example:${port}/b`, agents.https)).toBe('over TLS');
  expect(seen).toEqual([
    ['127.0.0.1', true],
    ['cloud.example', false],
  ]);
});

test('the environment names the proxy and its exceptions', async () => {
  const proxy = await startProxy();
  const names = { http_proxy: proxy.url, NO_PROXY: 'direct.example' };
  const before = { ...process.env };
  Object.assign(process.env, names);
  closing.push(() => {
    for (const name of Object.keys(names)) delete process.env[name];
    Object.assign(process.env, before);
  });
  const agents = createAgents({ env: process.env });
  expect(await get(http, 'http://cloud.example/x', agents.http)).toBe('through the proxy');
  await expect(get(http, 'http://direct.example.invalid:9/', createAgents({ env: {} }).http)).rejects.toThrow('ENOTFOUND');
  expect(proxy.asked).toEqual(['GET http://cloud.example/x']);
});

test("a certificate of the user's own authority is trusted, an unknown one is not", async () => {
  const { port, ca } = await startTls('127.0.0.1');
  expect(await get(https, `https://127.0.0.1:${port}/`, createAgents({ env: {}, ca }).https)).toBe('over TLS');
  await expect(get(https, `https://127.0.0.1:${port}/`, createAgents({ env: {} }).https)).rejects.toThrow('certificate');
});

test('an offline run refuses every connection', () => {
  const agents = createAgents({ env: {}, offline: true });
  expect(() => http.get('http://127.0.0.1:1/', { agent: agents.http })).toThrow(OfflineError);
  expect(() => https.get('https://127.0.0.1:1/', { agent: agents.https })).toThrow('"127.0.0.1" was tried in an offline run');
});

test('a proxy without a scheme is spoken to in plain http, as curl does', async () => {
  const proxy = await startProxy();
  const { port, ca } = await startTls('cloud.example');
  const agents = createAgents({ env: { HTTPS_PROXY: proxy.host }, ca, proxyFor: () => `https://${proxy.host}` });
  expect(await get(https, `https://cloud.example:${port}/`, agents.https)).toBe('over TLS');
  expect(proxy.asked).toEqual([`CONNECT cloud.example:${port}`]);
});

test('a proxy that is none of http is a mistake of the user, whose password is not repeated', () => {
  const env = { ALL_PROXY: 'socks5://me:word@127.0.0.1:1080' };
  expect(() => createAgents({ env })).toThrow(UsageError);
  expect(() => createAgents({ env })).toThrow(/^ALL_PROXY names a proxy of the kind "socks5", which is not spoken here$/);
  expect(() => createAgents({ env: { https_proxy: 'http://a b' } })).toThrow(/^https_proxy holds no address of a proxy$/);
});
