import { randomBytes } from 'node:crypto';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { putImage } from '../../../../src/demo/registry/content.ts';
import { type RegistryDouble, startRegistryDouble } from '../../../../src/demo/registry/double.ts';
import { type FaultProxy, type FaultRule, type NetworkFault, startFaultProxy } from '../../../support/fault-proxy.ts';
import { blobOf, type BlobRead, manifestsOf, oneImage, openReference, type Seen } from '../../../support/registry-client.ts';

const { repository, layer } = oneImage();
const blobs = /\/blobs\//;
const manifests = /\/manifests\//;

let registry: RegistryDouble;
const open: Pick<FaultProxy, 'close'>[] = [];

beforeEach(async () => {
  registry = await startRegistryDouble({ repositories: { app: repository } });
});
afterEach(async () => {
  await Promise.all([registry.close(), ...open.splice(0).map((proxy) => proxy.close())]);
});

async function read(rules: readonly FaultRule[]): Promise<Seen & { readonly layer: BlobRead; readonly requests: readonly string[] }> {
  const proxy = await startFaultProxy(registry.origin, rules);
  open.push(proxy);
  const reader = openReference(`${proxy.host}/app`, {}, { referrers: false });
  const seen = await manifestsOf(reader);
  const [blob] = seen.manifests[0]?.layers ?? [];
  const result = blob === undefined ? { bytes: Buffer.alloc(0) } : await blobOf(reader, blob);
  return { ...seen, layer: result, requests: proxy.requests };
}

const passing: readonly (readonly [name: string, fault: NetworkFault, times: number])[] = [
  ['a reset in the middle', { kind: 'reset', after: 100_000 }, 3],
  ['a reset before the first byte', { kind: 'reset', after: 0 }, 2],
  ['a connection that closes early', { kind: 'close', after: 150_001 }, 2],
  ['a stall', { kind: 'stall', after: 70_000 }, 1],
  ['no headers', { kind: 'no-headers' }, 1],
  ['502', { kind: 'status', status: 502, body: '<html>' }, 3],
  ['429 with seconds', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 2],
  ['429 with a date', { kind: 'status', status: 429, headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() } }, 2],
  ['a length that is too large', { kind: 'length', by: 1000 }, 1],
  ['no length', { kind: 'no-length' }, 1],
  ['an answer that is short and says that it is whole', { kind: 'short', bytes: 120_000 }, 1],
  ['more bytes than the blob has', { kind: 'long', bytes: 5000 }, 1],
  ['a wrong digest in a header', { kind: 'headers', set: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }, 9],
  ['no content type', { kind: 'headers', set: { 'content-type': undefined } }, 9],
];

describe('a layer comes whole in spite of', () => {
  test.each(passing)('%s', async (_, fault, times) => {
    const result = await read([{ path: blobs, fault, times }]);
    expect(result.gaps).toEqual([]);
    expect(result.layer.gap).toBeUndefined();
    expect(result.layer.bytes.equals(layer)).toBe(true);
  });

  test('a range that is ignored after a reset', async () => {
    const result = await read([
      { path: blobs, fault: { kind: 'reset', after: 100_000 }, times: 1 },
      { path: blobs, fault: { kind: 'range-ignored' }, times: 1 },
    ]);
    expect(result.layer.bytes.equals(layer)).toBe(true);
    expect(result.requests.filter((request) => blobs.test(request)).at(-1)).toMatch(/bytes=\d+-$/);
  });

  test.each<readonly [string, NetworkFault]>([
    ['a proxy that refuses parts', { kind: 'status', status: 403 }],
    ['a server that knows no parts', { kind: 'status', status: 400 }],
    ['a server that breaks on parts', { kind: 'status', status: 500 }],
    ['a server that says there is no more', { kind: 'status', status: 416 }],
    ['parts that are always reset', { kind: 'reset', after: 0 }],
    ['parts without a place', { kind: 'headers', set: { 'content-range': undefined } }],
    ['parts of another unit', { kind: 'headers', set: { 'content-range': 'pages 1-2/3' } }],
  ])('%s, after a reset: the whole is asked for', async (_, fault) => {
    const result = await read([
      { path: blobs, fault, isRange: true },
      { path: blobs, fault: { kind: 'reset', after: 100_000 }, times: 1 },
    ]);
    expect([result.layer.gap, result.layer.bytes.equals(layer)]).toEqual([undefined, true]);
  });

  test('a part that nobody asked for, and that does not say where it is from', async () => {
    const server = http.createServer((request, response) => {
      if (!blobs.test(request.url ?? '')) return void response.writeHead(307, { location: `${registry.origin}${request.url}` }).end();
      response.writeHead(206, { 'content-length': layer.length });
      response.end(layer);
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    open.push({ close: async () => void server.close() });
    const { port } = server.address() as AddressInfo; // listening on a port
    const reader = openReference(`127.0.0.1:${port}/app`, {}, { referrers: false });
    const { manifests: seen } = await manifestsOf(reader);
    const result = await blobOf(reader, seen[0]!.layers[0]!);
    expect([result.gap, result.bytes.equals(layer)]).toEqual([undefined, true]);
  });

  test('a range that starts elsewhere after a reset', async () => {
    const result = await read([
      { path: blobs, fault: { kind: 'reset', after: 100_000 }, times: 1 },
      { path: blobs, fault: { kind: 'wrong-range', by: 1000 }, times: 1 },
    ]);
    expect(result.layer.gap).toBeUndefined();
    expect(result.layer.bytes.equals(layer)).toBe(true);
  });
});

test('a layer of many megabytes comes whole although every answer ends after one', async () => {
  const { repository: large, layer: bytes } = oneImage(7_000_000);
  const double = await startRegistryDouble({ repositories: { app: large } });
  const proxy = await startFaultProxy(double.origin, [{ path: blobs, fault: { kind: 'close', after: 1_000_000 } }]);
  open.push(proxy, double);
  const reader = openReference(`${proxy.host}/app`, {}, { referrers: false });
  const { manifests: seen } = await manifestsOf(reader);
  const result = await blobOf(reader, seen[0]!.layers[0]!);
  expect([result.gap, result.bytes.equals(bytes)]).toEqual([undefined, true]);
});

test('after a reset only the rest is asked for', async () => {
  const { requests } = await read([{ path: blobs, fault: { kind: 'reset', after: 200_000 }, times: 1 }]);
  const [first, second, ...more] = requests.filter((request) => blobs.test(request));
  expect(first).not.toContain('bytes=');
  const from = Number(/bytes=(\d+)-$/.exec(second ?? '')?.[1]);
  expect(from).toBeGreaterThan(0);
  expect(from).toBeLessThanOrEqual(200_000);
  expect(more).toEqual([]);
});

const lasting: readonly (readonly [name: string, fault: NetworkFault, reason: string, detail: string])[] = [
  ['resets without end', { kind: 'reset', after: 0 }, 'unavailable', 'could not be reached (ECONNRESET)'],
  ['an answer that always closes early', { kind: 'close', after: 50_000 }, 'unavailable', 'could not be reached'],
  ['silence', { kind: 'no-headers' }, 'unavailable', 'gave no answer within 0.3 s'],
  ['a stall that never ends', { kind: 'stall', after: 0 }, 'unavailable', 'sent nothing for 0.3 s'],
  ['a registry that is out of order', { kind: 'status', status: 503 }, 'unavailable', 'answered 503'],
  ['a registry that has enough', { kind: 'status', status: 429 }, 'throttled', 'limits the rate of pulls (429)'],
  ['a wait of a day', { kind: 'status', status: 429, headers: { 'retry-after': '86400' } }, 'throttled', 'it says to wait 24 hours'],
  ['a refusal', { kind: 'status', status: 403 }, 'denied', 'refuses the read (403)'],
  ['a blob that is not there', { kind: 'status', status: 404 }, 'unavailable', 'does not have it (404)'],
  ['a byte that is another one', { kind: 'flip', at: 1234 }, 'malformed', 'its bytes are not those of its digest'],
  [
    'an answer that is always empty',
    { kind: 'short', bytes: 0 },
    'malformed',
    'its bytes are not those of its digest: 0 bytes where 300000 are declared',
  ],
  ['an answer that never ends', { kind: 'endless' }, 'too-large', 'did not end after'],
];

describe('a named gap, and no hang, comes of', () => {
  test.each(lasting)(
    '%s',
    async (_, fault, reason, detail) => {
      const { layer: result, manifests: seen } = await read([{ path: blobs, fault }]);
      expect(result.gap).toMatchObject({ reason, subject: seen[0]?.layers[0]?.digest });
      expect(result.gap?.detail).toContain(detail);
    },
    20_000,
  );

  test.each([
    ['no JSON', { kind: 'body', text: '<html>' }, 'malformed', 'it is no manifest of an image'],
    ['JSON that is no manifest', { kind: 'body', text: '{"hello": 1}' }, 'malformed', 'it is no manifest of an image'],
    ['a manifest of 5 MB', { kind: 'body', text: `{"x":"${'y'.repeat(5_000_000)}"}` }, 'too-large', 'is longer than 4194304 bytes'],
    ['an endless manifest', { kind: 'endless' }, 'too-large', 'is longer than 4194304 bytes'],
    ['no such tag', { kind: 'status', status: 404 }, 'unavailable', 'does not have it (404)'],
    [
      'an error page of many megabytes',
      { kind: 'status', status: 500, headers: { 'content-type': 'application/json' }, body: 'x'.repeat(9_000_000) },
      'unavailable',
      'answered 500',
    ],
    ['a stalled manifest', { kind: 'stall', after: 10 }, 'unavailable', 'sent nothing for 0.3 s'],
  ] as const)(
    'a manifest that is %s',
    async (_, fault, reason, detail) => {
      const { gaps, manifests: seen } = await read([{ path: manifests, fault }]);
      expect(seen).toEqual([]);
      expect(gaps).toMatchObject([{ reason, subject: 'latest' }]);
      expect(gaps[0]?.detail).toContain(detail);
    },
    20_000,
  );
});

test.each([
  ['packed unasked', { kind: 'packed' }],
  ['said to be packed, and not', { kind: 'headers', set: { 'content-encoding': 'gzip' } }],
  ['of another type', { kind: 'headers', set: { 'content-type': 'text/html', 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }],
] as const)('a manifest that is %s is read all the same', async (_, fault) => {
  const { gaps, manifests: seen } = await read([{ path: manifests, fault }]);
  expect([gaps, seen.map(({ tags }) => tags)]).toEqual([[], [['latest']]]);
});

test('a server that speaks something else is said to', async () => {
  const server = net.createServer(
    (socket) =>
      void socket
        .on('error', () => {})
        .resume()
        .end('SSH-2.0-OpenSSH_9.2\r\n'),
  );
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  open.push({ close: () => new Promise((done) => void server.close(() => done())) });
  const { port } = server.address() as AddressInfo; // listening on a port
  const { gaps } = await manifestsOf(openReference(`127.0.0.1:${port}/app`, { plainHttp: [`127.0.0.1:${port}`] }, { referrers: false }));
  expect(gaps).toMatchObject([
    { reason: 'unavailable', detail: `127.0.0.1:${port} answered with something that is no HTTP (HPE_INVALID_CONSTANT)` },
  ]);
});

test('a packed bomb in the place of a manifest stops at the same limit', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 'x'));
  const server = http.createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  open.push({ close: () => new Promise((done) => (server.close(() => done()), server.closeAllConnections())) });
  const { port } = server.address() as AddressInfo; // listening on a port
  const { gaps } = await manifestsOf(openReference(`127.0.0.1:${port}/app`, {}, { referrers: false }));
  expect(gaps).toMatchObject([{ reason: 'too-large', detail: expect.stringContaining('is longer than 4194304 bytes') }]);
});

test('what came before the damage is kept', async () => {
  const { layer: result } = await read([
    { path: blobs, fault: { kind: 'close', after: 90_000 }, times: 1 },
    { path: blobs, fault: { kind: 'status', status: 404 } },
  ]);
  expect(result.bytes.length).toBeGreaterThan(0);
  expect(result.bytes.equals(layer.subarray(0, result.bytes.length))).toBe(true);
  expect(result.gap?.detail).toContain(`${result.bytes.length} of 300000 bytes were read`);
});

test('a run that is interrupted says so and ends at once', async () => {
  const proxy = await startFaultProxy(registry.origin, [{ path: blobs, fault: { kind: 'stall', after: 1000 } }]);
  open.push(proxy);
  const reader = openReference(`${proxy.host}/app`, { limits: { idleMs: 60_000 } }, { referrers: false });
  const { manifests: seen } = await manifestsOf(reader);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  const result = await blobOf(reader, seen[0]!.layers[0]!, stop.signal);
  expect(result.gap?.reason).toBe('interrupted');
});

test('a trickle is given up, whatever the idle limit says', async () => {
  const proxy = await startFaultProxy(registry.origin, [{ path: blobs, fault: { kind: 'trickle', bytes: 10, everyMs: 20 } }]);
  open.push(proxy);
  const reader = openReference(`${proxy.host}/app`, { attempts: 1, limits: { idleMs: 300, paceMs: 400 } }, { referrers: false });
  const { manifests: seen } = await manifestsOf(reader);
  const result = await blobOf(reader, seen[0]!.layers[0]!);
  expect(result.gap).toMatchObject({ reason: 'unavailable', detail: expect.stringContaining('bytes in 0.4 s') });
});

test('a registry that stalls on every layer has all tries for three of them, and one for each of the others', async () => {
  const { repository: many } = oneImage(1000);
  const layers = Array.from({ length: 6 }, () => randomBytes(1000));
  const config = { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [] } };
  putImage(many, { config, layers: layers.map((bytes) => ({ bytes })), tag: 'latest' });
  const double = await startRegistryDouble({ repositories: { app: many } });
  const proxy = await startFaultProxy(double.origin, [{ path: blobs, fault: { kind: 'stall', after: 10 } }]);
  open.push(proxy, double);
  const reader = openReference(`${proxy.host}/app`, { limits: { idleMs: 40, headersMs: 300 }, attempts: 3 }, { referrers: false });
  const { manifests: seen } = await manifestsOf(reader);
  const tries: number[] = [];
  for (const one of seen[0]?.layers ?? []) {
    const before = proxy.requests.length;
    expect((await blobOf(reader, one)).gap).toMatchObject({ reason: 'unavailable' });
    tries.push(proxy.requests.length - before);
  }
  expect(tries).toEqual([3, 3, 3, 1, 1, 1]);
});

test('an address that is good for one request is asked for anew after a break, and only the rest is read', async () => {
  const double = await startRegistryDouble({ repositories: { app: repository }, redirect: { uses: 1, breaksAfter: 120_000 } });
  try {
    const reader = openReference(`${double.host}/app`, {}, { referrers: false });
    const { manifests: seen } = await manifestsOf(reader);
    const result = await blobOf(reader, seen[0]!.layers[0]!);
    expect([result.gap, result.bytes.equals(layer)]).toEqual([undefined, true]);
    const asked = double.storeRequests.map(({ path, range }) => [new URL(path, 'http://store').searchParams.get('signature'), range]);
    expect(asked).toEqual([
      [expect.any(String), undefined],
      [expect.any(String), expect.stringMatching(/^bytes=[1-9]\d*-$/)],
    ]);
    expect(asked[0]?.[0]).not.toBe(asked[1]?.[0]);
  } finally {
    await double.close();
  }
});

describe('a token service', () => {
  test.each([
    ['that is out of order at first', { kind: 'status', status: 503 } as const, 2, []],
    ['that asks for patience', { kind: 'status', status: 429, headers: { 'retry-after': '1' } } as const, 1, []],
    ['that breaks off', { kind: 'reset', after: 3 } as const, 1, []],
    ['that answers without a token', { kind: 'body', text: '{}' } as const, 99, ['malformed']],
    ['that answers with a page', { kind: 'body', text: '<html>' } as const, 99, ['malformed']],
    ['that never ends', { kind: 'endless' } as const, 99, ['too-large']],
    ['that is silent', { kind: 'no-headers' } as const, 99, ['unavailable']],
  ])('%s', async (_, fault, times, reasons) => {
    const double = await startRegistryDouble({
      repositories: { app: repository },
      auth: { kind: 'bearer', logins: [], anonymous: ['app'] },
    });
    const proxy = await startFaultProxy(double.origin, [
      { path: /^\/token/, fault, times },
      // The realm of the double is its own address: the proxy's is put in its place.
      { path: /^\/v2\/app\/manifests/, fault: { kind: 'realm-here' }, times: 99 },
    ]);
    open.push(proxy);
    try {
      const { gaps, manifests: seen } = await manifestsOf(openReference(`${proxy.host}/app`, {}, { referrers: false }));
      expect(gaps.map(({ reason }) => reason)).toEqual(reasons);
      expect(seen).toHaveLength(reasons.length === 0 ? 1 : 0);
    } finally {
      await double.close();
    }
  });
});
