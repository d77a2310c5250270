import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { emptyRepository, putBlob, putImage, putIndex, putManifest, type Repository } from '../../../../src/demo/registry/content.ts';
import { type RegistryDouble, type RegistryDoubleOptions, startRegistryDouble } from '../../../../src/demo/registry/double.ts';
import { listRepositories } from '../../../../src/images/sources/registry/catalogue.ts';
import { openRegistry } from '../../../../src/images/sources/registry/client.ts';
import { listTags } from '../../../../src/images/sources/registry/tags.ts';
import { type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.ts';
import { startSlowProxy } from '../../../support/slow-proxy.ts';
import { blobOf, manifestsOf, openReference, registryWorld } from '../../../support/registry-client.ts';

let double: RegistryDouble | undefined;
let proxy: FaultProxy | undefined;
afterEach(async () => {
  await Promise.all([double?.close(), proxy?.close()]);
  proxy = undefined;
});

async function start(
  repositories: { readonly [name: string]: Repository },
  options: Partial<RegistryDoubleOptions> = {},
): Promise<RegistryDouble> {
  double = await startRegistryDouble({ repositories, ...options });
  return double;
}

const image = (repository: Repository, tag?: string, created = '2026-01-01T00:00:00Z') =>
  putImage(repository, { config: { os: 'linux', created }, layers: [{ bytes: randomBytes(100) }], ...(tag !== undefined && { tag }) });

const signal = new AbortController().signal;

describe('tags and repositories', () => {
  test.each([undefined, 'absolute', 'bare'] as const)('are listed over all pages, links written %s', async (linkStyle) => {
    const repository = emptyRepository();
    const { digest } = image(repository, 'v00');
    const tags = Array.from({ length: 23 }, (_, n) => `v${String(n).padStart(2, '0')}`);
    for (const tag of tags) repository.tags.set(tag, digest);
    const options = { pageSize: 5, ...(linkStyle !== undefined && { linkStyle }) };
    const { host } = await start(
      { app: repository, 'team/one': emptyRepository(), 'team/two': emptyRepository() },
      { ...options, pageSize: 2 },
    );
    const client = openRegistry(host, registryWorld());
    expect(await listTags(client, 'app', signal)).toEqual({ names: tags });
    expect(await listRepositories(client, signal)).toEqual({ names: ['app', 'team/one', 'team/two'] });
  });

  test('a link that leads to the same page for ever ends in a gap', async () => {
    const repository = emptyRepository();
    image(repository, 'v1');
    const { origin } = await start({ app: repository });
    const link = '</v2/app/tags/list?n=1000>; rel="next"';
    proxy = await startFaultProxy(origin, [{ path: /tags\/list/, fault: { kind: 'headers', set: { link } } }]);
    const { gaps } = await manifestsOf(openReference(`${proxy.host}/app`, {}, { tags: 'all', referrers: false }));
    expect(gaps).toMatchObject([{ reason: 'malformed', subject: 'app', detail: expect.stringContaining('its pages repeat') }]);
  });

  test('pages that bring nothing new end in a gap, and what was listed until then is read', async () => {
    const repository = emptyRepository();
    image(repository, 'v1');
    const { origin } = await start({ app: repository });
    let page = 0;
    const endless = http.createServer((request, response) => {
      if (request.url?.startsWith('/v2/app/tags/list') !== true)
        return void http.get(`${origin}${request.url}`, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
      page += 1;
      response.writeHead(200, { 'content-type': 'application/json', link: `</v2/app/tags/list?last=${page}>; rel="next"` });
      response.end(JSON.stringify({ tags: ['v1'] }));
    });
    await new Promise<void>((done) => void endless.listen(0, '127.0.0.1', done));
    try {
      const { port } = endless.address() as AddressInfo; // listening on a port: no string, not null
      const { gaps, manifests } = await manifestsOf(openReference(`127.0.0.1:${port}/app`, {}, { tags: 'all', referrers: false }));
      expect([page, manifests.length]).toEqual([2, 1]);
      expect(gaps).toMatchObject([{ reason: 'malformed', detail: expect.stringContaining('never ends: its pages repeat') }]);
    } finally {
      endless.closeAllConnections();
      await new Promise((done) => endless.close(done));
    }
  });

  test('names that cannot be asked for are counted, not passed over', async () => {
    const { host } = await start({ app: emptyRepository(), 'a/../b': emptyRepository(), 'Team/App': emptyRepository() });
    expect(await listRepositories(openRegistry(host, registryWorld()), signal)).toEqual({
      names: ['app'],
      gap: {
        reason: 'malformed',
        subject: host,
        detail: '2 entries of the catalogue could not be asked for: no name of the specification',
      },
    });
  });

  test('a link to another server is asked of this one', async () => {
    const repository = emptyRepository();
    image(repository, 'v1');
    const { origin } = await start({ app: repository });
    const link = '<http://127.0.0.2:9/v2/app/tags/list?last=v1>; rel="next"';
    proxy = await startFaultProxy(origin, [{ path: /tags\/list/, fault: { kind: 'headers', set: { link } }, times: 1 }]);
    const client = openRegistry(proxy.host, registryWorld());
    expect(await listTags(client, 'app', signal)).toEqual({ names: ['v1'] });
    expect(proxy.requests.at(-1)).toBe('GET /v2/app/tags/list?last=v1');
  });

  test('a glob that no tag fits is a gap that counts them', async () => {
    const repository = emptyRepository();
    image(repository, 'v1');
    const { host } = await start({ app: repository });
    const read = async () => (await manifestsOf(openReference(`${host}/app`, {}, { tags: { like: 'w*' }, referrers: false }))).gaps;
    expect(await read()).toEqual([{ reason: 'unavailable', subject: 'app', detail: 'its only tag is not like "w*"' }]);
    image(repository, 'v2');
    expect(await read()).toEqual([{ reason: 'unavailable', subject: 'app', detail: 'none of its 2 tags is like "w*"' }]);
  });

  test('all tags of a repository: one manifest once, with the tags that lead to it', async () => {
    const repository = emptyRepository();
    const first = image(repository, 'v1');
    repository.tags.set('latest', first.digest);
    const second = image(repository, 'v2');
    repository.tags.set('gone', `sha256:${'0'.repeat(64)}`);
    const { host } = await start({ app: repository });
    const { manifests, gaps } = await manifestsOf(openReference(`${host}/app`, {}, { tags: 'all', referrers: false }));
    expect(manifests.map(({ digest, tags }) => [digest, tags])).toEqual([
      [first.digest, ['latest', 'v1']],
      [second.digest, ['v2']],
    ]);
    expect(gaps).toMatchObject([{ reason: 'unavailable', subject: 'gone' }]);
  });

  test('tags whose digest the registry gets wrong are read by their own names', async () => {
    const repository = emptyRepository();
    const digests = ['v1', 'v2', 'v3'].map((tag) => image(repository, tag).digest);
    const { origin } = await start({ app: repository });
    const set = { 'docker-content-digest': `sha256:${'3'.repeat(64)}` };
    proxy = await startFaultProxy(origin, [{ path: /manifests\/v[12]/, method: 'HEAD', fault: { kind: 'headers', set } }]);
    const { manifests, gaps } = await manifestsOf(openReference(`${proxy.host}/app`, {}, { tags: 'all', referrers: false }));
    expect(gaps).toEqual([]);
    expect(manifests.map(({ digest, tags }) => [digest, tags])).toEqual(['v1', 'v2', 'v3'].map((tag, at) => [digests[at], [tag]]));
  });

  test('many tags are asked for side by side, and come out in the order of the list', async () => {
    const repository = emptyRepository();
    const digests = [image(repository).digest, image(repository).digest];
    const tags = Array.from({ length: 400 }, (_, n) => `v${String(n).padStart(3, '0')}`);
    for (const [n, tag] of tags.entries()) repository.tags.set(tag, digests[n % 2] ?? '');
    const { origin } = await start({ app: repository });
    const slow = await startSlowProxy(origin, 5);
    try {
      const { manifests, gaps } = await manifestsOf(openReference(`${slow.host}/app`, {}, { tags: 'all', referrers: false }));
      expect(gaps).toEqual([]);
      expect(manifests.map((one) => one.tags)).toEqual([0, 1].map((rest) => tags.filter((_, n) => n % 2 === rest)));
      expect(slow.most()).toBe(8);
    } finally {
      slow.close();
    }
  });

  test('images of many tags and what is attached to them are read side by side, each in its turn', async () => {
    const repository = emptyRepository();
    const digests = Array.from({ length: 40 }, (_, n) => image(repository, `v${String(n).padStart(2, '0')}`).digest);
    const { origin } = await start({ app: repository });
    const slow = await startSlowProxy(origin, 20);
    try {
      const { manifests, gaps } = await manifestsOf(openReference(`${slow.host}/app`, {}, { tags: 'all' }));
      expect([manifests.map(({ digest }) => digest), gaps]).toEqual([digests, []]);
      expect(slow.most()).toBe(16);
    } finally {
      slow.close();
    }
  });

  test('the newest tags are those whose images were made last', async () => {
    const repository = emptyRepository();
    image(repository, 'v9', '2026-01-01T00:00:00Z');
    image(repository, 'v10', '2026-03-01T00:00:00Z');
    image(repository, 'v2', '2026-02-01T00:00:00Z');
    const { host } = await start({ app: repository });
    const { manifests, gaps } = await manifestsOf(openReference(`${host}/app`, {}, { tags: { newest: 2 }, referrers: false }));
    expect(manifests.map(({ tags }) => tags)).toEqual([['v10'], ['v2']]);
    expect(gaps).toEqual([]);
  });

  test('of tags that were made at the same time, or do not say when, the higher version is newer', async () => {
    const repository = emptyRepository();
    for (const tag of ['v9', 'v10', 'v2']) image(repository, tag, 'some day');
    for (const tag of ['w9', 'w10', 'w2']) image(repository, tag, '2026-03-01T00:00:00Z');
    image(repository, 'v1', '2026-01-01T00:00:00Z');
    const { host } = await start({ app: repository });
    const newest = async (count: number) =>
      (await manifestsOf(openReference(`${host}/app`, {}, { tags: { newest: count }, referrers: false }))).manifests.flatMap(
        ({ tags }) => tags,
      );
    expect(await newest(2)).toEqual(['w10', 'w9']);
    expect(await newest(5)).toEqual(['w10', 'w9', 'w2', 'v1', 'v10']);
  });

  test('a list that is refused is a gap, never an empty repository', async () => {
    const { host } = await start({ app: emptyRepository() }, { auth: { kind: 'basic', logins: [] } });
    const { manifests, gaps } = await manifestsOf(openReference(`${host}/app`, {}, { tags: 'all' }));
    expect(manifests).toEqual([]);
    expect(gaps).toMatchObject([
      { reason: 'denied', subject: 'app', detail: expect.stringContaining('the list of tags could not be read') },
    ]);
  });
});

describe('below a reference', () => {
  function nested(): { readonly repository: Repository; readonly digests: { readonly [name: string]: string } } {
    const repository = emptyRepository();
    const amd64 = image(repository);
    const arm64 = image(repository);
    const provenance = putManifest(repository, {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { ...putBlob(repository, Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json') },
      layers: [{ ...putBlob(repository, Buffer.from('{"buildArgs":{}}'), 'application/vnd.in-toto+json') }],
    });
    const inner = putIndex(repository, [{ ...arm64, platform: { os: 'linux', architecture: 'arm64' } }]);
    const root = putIndex(
      repository,
      [
        { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
        inner,
        {
          ...provenance,
          platform: { os: 'unknown', architecture: 'unknown' },
          annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
        },
        { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 9 },
      ],
      'latest',
    );
    return {
      repository,
      digests: { amd64: amd64.digest, arm64: arm64.digest, provenance: provenance.digest, inner: inner.digest, root: root.digest },
    };
  }

  test('every platform, nested index and attestation is read, and a member that is missing is a gap', async () => {
    const { repository, digests } = nested();
    const { host } = await start({ app: repository });
    const { manifests, gaps } = await manifestsOf(openReference(`${host}/app`, {}, { referrers: false }));
    expect(manifests.map(({ digest, role, platform, tags, raw }) => [digest, role, platform?.architecture, tags, raw.length])).toEqual([
      [digests['amd64'], 'image', 'amd64', ['latest'], 2],
      [digests['arm64'], 'image', 'arm64', ['latest'], 3],
      [digests['provenance'], 'attestation', 'unknown', ['latest'], 2],
    ]);
    expect(gaps).toMatchObject([{ reason: 'unavailable', subject: `sha256:${'1'.repeat(64)}` }]);
  });

  test('members of an index are asked for side by side, each missing one is a gap, and all come in the order of the index', async () => {
    const repository = emptyRepository();
    const [first, last] = [image(repository), image(repository)];
    const missing = Array.from({ length: 60 }, (_, n) => `sha256:${String(n).padStart(64, '0')}`);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifests = [{ ...first }, ...missing.map((digest) => ({ mediaType, digest, size: 5 })), { ...last }];
    putManifest(repository, { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }, 'latest');
    const { origin } = await start({ app: repository });
    const slow = await startSlowProxy(origin, 10);
    try {
      const seen = await manifestsOf(openReference(`${slow.host}/app`, {}, { referrers: false }));
      expect(seen.manifests.map(({ digest }) => digest)).toEqual([first.digest, last.digest]);
      expect(seen.gaps.map(({ subject }) => subject)).toEqual(missing);
      expect(slow.most()).toBe(8);
    } finally {
      slow.close();
    }
  });

  test.each([true, false])(
    'what is attached to something attached is found, and a chain without end is a gap: API %s',
    async (referrers) => {
      const repository = emptyRepository();
      let last = image(repository, 'latest');
      const chain = [last];
      for (let link = 0; link < 6; link += 1) {
        const { digest, mediaType, size } = last;
        const document = {
          schemaVersion: 2,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          artifactType: `application/x-${link}`,
          config: { ...putBlob(repository, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json') },
          layers: [],
          subject: { mediaType, digest, size },
        };
        last = putManifest(repository, document, ...(referrers ? [] : [`${digest.replace(':', '-')}.sig`]));
        chain.push(last);
      }
      const { host } = await start({ app: repository }, { referrers });
      const { manifests, gaps } = await manifestsOf(openReference(`${host}/app`));
      expect(manifests.map(({ digest }) => digest)).toEqual(chain.slice(0, 5).map(({ digest }) => digest));
      expect(gaps).toEqual([
        {
          reason: 'too-large',
          subject: chain[4]?.digest,
          detail: 'what is attached to it was not listed: it is itself attached, over 4 links',
        },
      ]);
    },
  );

  test('tags and what is attached are found where nobody may ask with HEAD', async () => {
    const repository = emptyRepository();
    const { digest } = image(repository, 'v1');
    image(repository, 'v2');
    const signature = image(repository, `${digest.replace(':', '-')}.sig`);
    const { origin } = await start({ app: repository });
    proxy = await startFaultProxy(origin, [{ path: /manifests/, method: 'HEAD', fault: { kind: 'status', status: 405 } }]);
    const { manifests, gaps } = await manifestsOf(openReference(`${proxy.host}/app`, {}, { tags: 'all' }));
    expect([manifests.map(({ tags }) => tags.map((tag) => tag.slice(0, 8))), gaps]).toEqual([
      [['v1'], ['v2'], ['sha256-' + digest.slice(7, 8)]],
      [],
    ]);
    expect(manifests.at(-1)?.digest).toBe(signature.digest);
  });

  test('what cosign wrote under a tag is found although the registry has the referrers API', async () => {
    const repository = emptyRepository();
    const { digest } = image(repository, 'latest');
    const signature = putManifest(
      repository,
      {
        schemaVersion: 2,
        config: { ...putBlob(repository, Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json') },
        layers: [{ ...putBlob(repository, Buffer.from('{"critical":1}'), 'application/vnd.dev.cosign.simplesigning.v1+json') }],
      },
      `${digest.replace(':', '-')}.sig`,
    );
    const { host } = await start({ app: repository }, { referrers: true });
    const { manifests, gaps } = await manifestsOf(openReference(`${host}/app`));
    expect(gaps).toEqual([]);
    expect(manifests.map((one) => [one.digest, one.role])).toEqual([
      [digest, 'image'],
      [signature.digest, 'referrer'],
    ]);
  });

  test.each([
    ['the referrers API', true],
    ['tags, where there is no API', false],
  ])('what is attached is found by %s', async (_, referrers) => {
    const repository = emptyRepository();
    const { digest, mediaType, size } = image(repository, 'latest');
    const attachment = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/spdx+json',
      config: { ...putBlob(repository, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json') },
      layers: [{ ...putBlob(repository, Buffer.from('{"spdx":1}'), 'application/spdx+json') }],
      subject: { mediaType, digest, size },
    };
    if (referrers) putManifest(repository, attachment);
    else putManifest(repository, attachment, `${digest.replace(':', '-')}.sbom`);
    const { host } = await start({ app: repository }, { referrers });
    const reader = openReference(`${host}/app`);
    const { manifests, gaps } = await manifestsOf(reader);
    expect(gaps).toEqual([]);
    expect(manifests.map(({ role, artifactType }) => [role, artifactType])).toEqual([
      ['image', undefined],
      ['referrer', 'application/spdx+json'],
    ]);
    expect((await blobOf(reader, manifests[1]!.layers[0]!)).bytes.toString()).toBe('{"spdx":1}');
  });

  test('artifacts that are no images, foreign layers and schema 1 are read as far as there is something', async () => {
    const repository = emptyRepository();
    const model = putBlob(repository, Buffer.from('SYSTEM be kind'), 'application/vnd.ollama.image.system');
    const config = putBlob(repository, Buffer.from('{}'), 'application/vnd.kitops.modelkit.config.v1+json');
    putManifest(repository, { schemaVersion: 2, config: { ...config }, layers: [{ ...model }] }, 'kit');
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: `sha256:${'2'.repeat(64)}`,
      size: 5,
      urls: ['http://127.0.0.2:9/'],
    };
    putManifest(repository, { schemaVersion: 2, config: { ...config }, layers: [foreign] }, 'foreign');
    const old = {
      schemaVersion: 1,
      name: 'app',
      history: [{ v1Compatibility: '{}' }],
      fsLayers: [{ blobSum: model.digest }, { blobSum: config.digest }],
    };
    putManifest(repository, old, 'old');
    const { host } = await start({ app: repository });
    const read = async (tag: string) => {
      const reader = openReference(`${host}/app:${tag}`, {}, { referrers: false });
      const { manifests, gaps } = await manifestsOf(reader);
      const blobs = await Promise.all((manifests[0]?.layers ?? []).map((layer) => blobOf(reader, layer)));
      return {
        role: manifests[0]?.role,
        gaps,
        texts: blobs.map(({ bytes }) => bytes.toString()),
        blobGaps: blobs.flatMap(({ gap }) => gap?.detail ?? []),
      };
    };
    expect(await read('kit')).toEqual({ role: 'artifact', gaps: [], texts: ['SYSTEM be kind'], blobGaps: [] });
    expect(await read('old')).toEqual({ role: 'image', gaps: [], texts: ['{}', 'SYSTEM be kind'], blobGaps: [] });
    const { blobGaps } = await read('foreign');
    expect(blobGaps).toEqual([expect.stringContaining('it is a foreign layer, whose own addresses are never fetched')]);
  });

  test('members of an index that are no manifests are read as blobs: the cache of BuildKit, and anything else', async () => {
    const repository = emptyRepository();
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const layer = putBlob(repository, Buffer.from('a layer'), 'application/vnd.docker.image.rootfs.diff.tar.gzip');
    const settings = putBlob(repository, Buffer.from('{"layers":[]}'), 'application/vnd.buildkit.cacheconfig.v0');
    const cache = putManifest(repository, { schemaVersion: 2, mediaType, manifests: [{ ...layer }, { ...settings }] }, 'cache');
    const text = putBlob(repository, Buffer.from('a text'), 'text/plain');
    const inner = { ...image(repository), mediaType: 'application/x-unheard-of' };
    const other = putManifest(repository, { schemaVersion: 2, mediaType, manifests: [{ ...text }, inner] }, 'other');
    const { host } = await start({ app: repository });
    const read = async (tag: string) => {
      const reader = openReference(`${host}/app:${tag}`, {}, { referrers: false });
      const { manifests, gaps } = await manifestsOf(reader);
      const layers = manifests.map(async (one) => [
        one.digest,
        one.role,
        ...(await Promise.all(one.layers.map(async (blob) => (await blobOf(reader, blob)).bytes.length))),
      ]);
      return [await Promise.all(layers), gaps];
    };
    expect(await read('cache')).toEqual([[[cache.digest, 'artifact', 7, 13]], []]);
    expect(await read('other')).toEqual([
      [
        [inner.digest, 'image', 100],
        [other.digest, 'artifact', 6],
      ],
      [],
    ]);
  });

  test('a registry that answers a digest with another manifest is said to, and what it gave is read', async () => {
    const repository = emptyRepository();
    const { digest } = image(repository, 'v1');
    const other = image(repository, 'v2');
    const { origin } = await start({ app: repository });
    const text = Buffer.from(repository.manifests.get(other.digest)!.bytes).toString();
    proxy = await startFaultProxy(origin, [{ path: /\/manifests\//, fault: { kind: 'body', text } }]);
    const { manifests, gaps } = await manifestsOf(openReference(`${proxy.host}/app@${digest}`, {}, { referrers: false }));
    expect(gaps).toMatchObject([{ reason: 'malformed', subject: digest }]);
    expect(manifests.map((one) => one.digest)).toEqual([other.digest]);
  });

  test('all that is wrong with a manifest is said, in one gap', async () => {
    const repository = emptyRepository();
    const { digest } = putManifest(repository, { schemaVersion: 2, layers: [null, {}, 1, 'x', {}, {}, { digest: 5 }] }, 'latest');
    const { host } = await start({ app: repository });
    const { gaps } = await manifestsOf(openReference(`${host}/app`, {}, { referrers: false }));
    const each = [1, 2, 3, 4, 5].map((at) => `layer ${at} has no digest that could be asked for`);
    expect(gaps).toEqual([{ reason: 'malformed', subject: digest, detail: [...each, 'and 2 more of the kind'].join('; ') }]);
  });

  test('sizes that are wrong in the manifest are named, and all bytes are read', async () => {
    const repository = emptyRepository();
    const bytes = randomBytes(3000);
    const blob = putBlob(repository, bytes, 'application/vnd.oci.image.layer.v1.tar');
    for (const [tag, size] of [
      ['small', 2999],
      ['large', 3001],
    ] as const)
      putManifest(repository, { schemaVersion: 2, layers: [{ ...blob, size }] }, tag);
    const { host } = await start({ app: repository });
    for (const tag of ['small', 'large']) {
      const reader = openReference(`${host}/app:${tag}`, {}, { referrers: false });
      const { manifests } = await manifestsOf(reader);
      const result = await blobOf(reader, manifests[0]!.layers[0]!);
      expect(result.bytes.equals(bytes)).toBe(true);
      expect(result.gap).toMatchObject({
        reason: 'malformed',
        detail: expect.stringContaining('its size is wrong in the manifest: 3000 bytes where'),
      });
    }
  });
});
