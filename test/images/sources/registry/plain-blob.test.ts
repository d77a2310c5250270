import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { emptyRepository, putImage } from '../../../../src/demo/registry/content.ts';
import { startRegistryDouble } from '../../../../src/demo/registry/double.ts';
import { blobOf, manifestsOf, openReference } from '../../../support/registry-client.ts';

const noise = randomBytes(200_000);
const layers = {
  gzip: { bytes: zlib.gzipSync(noise), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' },
  tar: { bytes: noise, mediaType: 'application/vnd.oci.image.layer.v1.tar' },
};

/** A registry behind something that answers blobs with `Content-Encoding: gzip`, as `answer` makes them. */
async function behind(layer: (typeof layers)[keyof typeof layers], answer: (blob: Buffer) => Buffer, length?: 'said') {
  const repository = emptyRepository();
  const config = { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [] } };
  putImage(repository, { config, layers: [layer], tag: 'latest' });
  const double = await startRegistryDouble({ repositories: { app: repository } });
  const pass = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const isBlob = request.url?.includes('/blobs/') === true;
    const got = await fetch(`${double.origin}${request.url}`, { method: request.method ?? 'GET' });
    const bytes = Buffer.from(await got.arrayBuffer());
    for (const name of ['content-type', 'docker-content-digest']) response.setHeader(name, got.headers.get(name) ?? '');
    const sent = isBlob ? answer(bytes) : bytes;
    if (isBlob) response.setHeader('content-encoding', 'gzip');
    if (length === 'said' && isBlob) response.setHeader('content-length', sent.length);
    response.writeHead(got.status);
    response.end(request.method === 'HEAD' ? undefined : sent);
  };
  const proxy = http.createServer((request, response) => void pass(request, response));
  await new Promise<void>((done) => void proxy.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    await double.close();
    proxy.closeAllConnections();
    await new Promise((done) => proxy.close(done));
  });
  const reader = openReference(`127.0.0.1:${(proxy.address() as AddressInfo).port}/app`, {}, { referrers: false });
  const seen = await manifestsOf(reader);
  const { layers: [found] = [], config: configuration } = seen.manifests[0] ?? {};
  if (found === undefined || configuration === undefined) throw new Error(`no manifest: ${JSON.stringify(seen.gaps)}`);
  return { layer: await blobOf(reader, found), config: await blobOf(reader, configuration) };
}

const read = ({ gap, bytes }: { readonly gap?: object; readonly bytes: Buffer }, wanted: Uint8Array) => [gap, bytes.equals(wanted)];

test.each(['gzip', 'tar'] as const)('a blob (%s) that a proxy packed on the way is read as it is stored', async (kind) => {
  const found = await behind(layers[kind], (blob) => zlib.gzipSync(blob));
  expect([...read(found.layer, layers[kind].bytes), found.config.gap]).toEqual([undefined, true, undefined]);
});

test.each([undefined, 'said'] as const)(
  'a layer of gzip that is merely said to be packed is left as it is (length: %s)',
  async (length) => {
    const found = await behind(layers.gzip, (blob) => blob, length);
    expect([...read(found.layer, layers.gzip.bytes), found.config.gap]).toEqual([undefined, true, undefined]);
  },
);

test('what is cut on the way, or damaged, is a gap', async () => {
  const cut = await behind(layers.tar, (blob) => zlib.gzipSync(blob).subarray(0, -20_000));
  expect(cut.layer.gap).toMatchObject({ reason: 'malformed' });
  const damaged = await behind(layers.tar, (blob) => {
    const packed = zlib.gzipSync(blob);
    return packed.length < 9000 ? packed : packed.fill(0xff, 4000, 9000);
  });
  expect(damaged.layer.gap).toMatchObject({ reason: 'malformed' });
});
