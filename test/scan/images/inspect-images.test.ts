import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyRepository, putBlob, putIndex, putManifest } from '../../../src/demo/registry/content.ts';
import { assemble } from '../../../src/scan/judge/assemble.ts';
import { addImage, inspect, keyOf, keysOf, type Lab, repositoryWith, startLab, temporaryFolder } from '../../support/image-lab.ts';

const anthropic = () => keyOf('anthropic.api-key');

async function lab(...start: Parameters<typeof startLab>): Promise<Lab> {
  const started = await startLab(...start);
  onTestFinished(() => started.close());
  return started;
}

const blobsAsked = ({ requests }: Lab): number => requests.filter(({ path: asked }) => asked.includes('/blobs/')).length;

test('a key that a later layer deletes is found, with its layer and the history line that made it', async () => {
  const image = {
    layers: [[['etc/os-release', 'ID=debian\n']], [['app/.env', `A=1\nKEY=${anthropic()}\n`]], [['app/.wh..env', '']]],
    history: [
      { created_by: 'ADD rootfs.tar /' },
      { created_by: 'CMD ["sh"]', empty_layer: true },
      { created_by: 'COPY . /app' },
      { created_by: 'RUN rm /app/.env' },
    ],
  } as const;
  const { inspect: look, host } = await lab({ app: await repositoryWith(image) });
  const { inventory } = await look(['app']);
  expect(inventory.secrets.map(({ detector, at }) => ({ detector, at }))).toEqual([
    {
      detector: 'anthropic.api-key',
      at: {
        kind: 'image',
        asset: `oci:${host}/app`,
        manifests: [expect.stringMatching(/^sha256:/)],
        tags: ['latest'],
        platforms: ['linux/amd64'],
        part: 'layer',
        blob: expect.stringMatching(/^sha256:/),
        layerIndex: 1,
        path: 'app/.env',
        line: 2,
        column: 5,
        offset: 8,
        visible: 'deleted',
        madeBy: 'COPY . /app',
        origin: 'own',
      },
    },
  ]);
  expect([inventory.gaps, inventory.assets[0]?.unread]).toEqual([[], []]);
});

test('what a later layer replaces is not visible, and what it leaves alone is', async () => {
  const secret = `KEY=${anthropic()}\n`;
  const { inspect: look } = await lab({
    app: await repositoryWith({
      layers: [
        [
          ['a/.env', secret],
          ['b/.env', secret],
        ],
        [['a/.env', 'KEY=\n']],
      ],
    }),
  });
  const { inventory } = await look(['app']);
  expect(keysOf(inventory).map(({ path: file, visible }) => [file, visible])).toEqual([
    ['a/.env', 'deleted'],
    ['b/.env', 'final'],
  ]);
});

test('a layer that a base image brought in is told from the own ones, where that image is read, too', async () => {
  const below = [['base/.env', `KEY=${anthropic()}\n`]] as const;
  const own = [['own/.env', `KEY=${keyOf('groq.api-key')}\n`]] as const;
  const { inspect: look } = await lab({
    base: await repositoryWith({ layers: [below] }),
    app: await repositoryWith({ layers: [below, own] }),
  });
  const originsIn = async (...references: readonly string[]) =>
    (await look(references)).inventory.secrets.map(({ at }) => at.kind === 'image' && [at.asset.split('/').at(-1), at.path, at.origin]);
  expect(await originsIn('app')).toEqual([
    ['app', 'base/.env', undefined],
    ['app', 'own/.env', undefined],
  ]);
  expect(await originsIn('app', 'base')).toEqual([
    ['app', 'base/.env', 'base'],
    ['app', 'own/.env', 'own'],
    ['base', 'base/.env', undefined],
  ]);
});

test('configuration, history, annotations and labels are searched', async () => {
  const { inspect: look } = await lab({
    app: await repositoryWith({
      layers: [[['x', 'y']]],
      config: {
        Env: ['A=1', `OPENAI_API_KEY=${keyOf('openai.project-key')}`],
        Labels: { note: `token ${keyOf('huggingface.access-token')}` },
        OnBuild: [`RUN login ${keyOf('groq.api-key')}`],
      },
      history: [{ created_by: `|1 TOKEN=${keyOf('github.fine-grained-token')} /bin/sh -c true` }],
      annotations: { built: `with ${anthropic()}` },
    }),
  });
  const { inventory } = await look(['app']);
  expect(keysOf(inventory).map(({ detector, part, path: file }) => [part, detector, file])).toEqual([
    ['annotation', 'anthropic.api-key', 'annotations.built'],
    ['config', 'openai.project-key', 'config.Env[1]'],
    ['config', 'huggingface.access-token', 'config.Labels.note'],
    ['config', 'groq.api-key', 'config.OnBuild[0]'],
    ['history', 'github.fine-grained-token', 'history[0].created_by'],
  ]);
});

test('keys in a configuration are seen through base64 behind a name, at any alignment, and UTF-16', async () => {
  const packed = (text: string): string => Buffer.from(text).toString('base64');
  const repository = emptyRepository();
  const configs = {
    env: JSON.stringify({ config: { Env: [`SETTINGS=${packed(JSON.stringify({ token: keyOf('huggingface.access-token') }))}`] } }),
    label: JSON.stringify({ config: { Labels: { sent: `with "${packed(`\u0001 ${anthropic()} `)}"` } } }),
    wide: Buffer.from(`\uFEFF${JSON.stringify({ config: { Env: [`KEY=${keyOf('groq.api-key')}`] } })}`, 'utf16le'),
    marked: `\uFEFF${JSON.stringify({ config: { User: keyOf('openai.project-key') } })}`,
  };
  for (const [tag, content] of Object.entries(configs)) {
    const config = { ...putBlob(repository, Buffer.from(content as string), 'application/vnd.oci.image.config.v1+json') };
    putManifest(repository, { schemaVersion: 2, config, layers: [] }, tag);
  }
  const { inventory } = await (await lab({ app: repository })).inspect(['app'], { tags: 'all' });
  expect(
    inventory.secrets
      .map(({ detector, why, at }) => [detector, at.kind === 'image' && at.path, why.endsWith('packed as base64')])
      .toSorted(([one = ''], [two = '']) => (one < two ? -1 : 1)),
  ).toEqual([
    ['anthropic.api-key', 'config.Labels.sent', true],
    ['groq.api-key', 'config.Env[0]', false],
    ['huggingface.access-token', 'config.Env[0].token', false],
    ['openai.project-key', 'config.User', false],
  ]);
});

test('an annotation of an index is one place of all the images below it', async () => {
  const repository = emptyRepository();
  const one = await addImage(repository, { layers: [[['x', 'y']]], tag: '1.0' });
  const two = await addImage(repository, { layers: [[['x', 'y']]], tag: '2.0', config: { Env: ['B=2'] } });
  const platforms = [
    { ...one, platform: { os: 'linux', architecture: 'amd64' } },
    { ...two, platform: { os: '', architecture: '' } },
  ];
  const document = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: platforms };
  const index = putManifest(repository, { ...document, annotations: { built: `with ${anthropic()}` } }, 'all');
  const { inventory } = await (await lab({ app: repository })).inspect(['app:all']);
  expect(inventory.secrets.map(({ at }) => at)).toEqual([
    expect.objectContaining({
      part: 'annotation',
      path: 'annotations.built',
      blob: index.digest,
      manifests: [one.digest, two.digest].sort(),
      platforms: ['linux/amd64'],
    }),
  ]);
});

test('a layer that tags and platforms share is read once, and its key is one place of them all', async () => {
  const repository = emptyRepository();
  const layers = [[['app/.env', `KEY=${anthropic()}\n`]]] as const;
  const one = await addImage(repository, { layers, tag: '1.0' });
  const two = await addImage(repository, { layers, tag: '2.0', config: { Env: ['B=2'] } });
  putIndex(
    repository,
    [
      { ...one, platform: { os: 'linux', architecture: 'amd64' } },
      { ...two, platform: { os: 'linux', architecture: 'arm64' } },
    ],
    'all',
  );
  const started = await lab({ app: repository });
  const { inventory } = await started.inspect(['app:1.0', 'app:2.0', 'app:all']);
  expect(inventory.secrets).toHaveLength(1);
  expect(inventory.secrets[0]?.at).toMatchObject({
    manifests: [one.digest, two.digest].sort(),
    tags: expect.arrayContaining(['1.0', '2.0']),
  });
  expect(blobsAsked(started)).toBe(3); // two configurations and one layer
  expect(inventory.assets.map(({ id }) => id)).toEqual([`oci:${started.host}/app`]);
});

test('one image by tag, by digest and without either is read once', async () => {
  const repository = await repositoryWith({ layers: [[['app/.env', `KEY=${anthropic()}\n`]]] });
  const started = await lab({ app: repository });
  const digest = repository.tags.get('latest') ?? '';
  const { inventory } = await started.inspect(['app', 'app:latest', `app@${digest}`]);
  expect(inventory.secrets).toHaveLength(1);
  expect(inventory.secrets[0]?.at).toMatchObject({ manifests: [digest], tags: ['latest'] });
  expect(blobsAsked(started)).toBe(2); // the configuration and the layer
});

test('a layer that one repository refuses is had from another that holds it', async () => {
  const layers = [[['app/.env', `KEY=${anthropic()}\n`]]] as const;
  const [broken, whole] = [await repositoryWith({ layers }), await repositoryWith({ layers, config: { Env: ['A=1'] } })];
  const [layer = ''] = [...broken.blobs.keys()].filter((digest) => whole.blobs.has(digest));
  broken.blobs.delete(layer);
  const { inspect: look, host } = await lab({ broken, whole });
  const { inventory } = await look(['broken', 'whole']);
  expect(inventory.gaps).toEqual([]);
  expect(inventory.secrets.map(({ at }) => at.kind === 'image' && at.asset)).toEqual([`oci:${host}/broken`, `oci:${host}/whole`]);
});

test('a second scan of an unchanged image reads no layer, and what it knows from before holds no key', async () => {
  const repository = await repositoryWith({ layers: [[['app/.env', `KEY=${anthropic()}\n`]], [['b', 'c']]] });
  const started = await lab({ app: repository });
  const cache = { dir: await temporaryFolder(), limitBytes: 1e9 };
  const first = await started.inspect(['app'], { cache });
  const asked = blobsAsked(started);
  const second = await started.inspect(['app'], { cache });
  expect(second.inventory).toEqual(first.inventory);
  expect([asked, blobsAsked(started) - asked]).toEqual([3, 1]); // the configuration alone
  for (const file of await filesOf(cache.dir)) expect((await readFile(file)).includes(anthropic()), file).toBe(false);
});

test('an entry of the cache that was damaged is no entry, and a cache that cannot be written ends no scan', async () => {
  const started = await lab({ app: await repositoryWith({ layers: [[['app/.env', `KEY=${anthropic()}\n`]]] }) });
  const cache = { dir: await temporaryFolder(), limitBytes: 1e9 };
  const first = await started.inspect(['app'], { cache });
  for (const file of await filesOf(cache.dir)) await writeFile(file, 'damaged');
  expect((await started.inspect(['app'], { cache })).inventory).toEqual(first.inventory);
  const file = path.join(await temporaryFolder(), 'a-file');
  await writeFile(file, '');
  const { inventory, warnings } = await started.inspect(['app'], { cache: { dir: file, limitBytes: 1e9 } });
  expect(inventory).toEqual(first.inventory);
  expect(warnings).toEqual([
    expect.stringMatching(/^the cache of layers in ".*a-file" cannot be written \(\w+\): this scan goes on without it$/),
  ]);
});

test.skipIf(!existsSync('/proc/self'))('a folder that the system lets nobody make is no cache, and ends no scan', async () => {
  const started = await lab({ app: await repositoryWith({ layers: [[['app/.env', `KEY=${anthropic()}\n`]]] }) });
  const { inventory, warnings } = await started.inspect(['app'], { cache: { dir: '/proc/aispm/cache', limitBytes: 1e9 } });
  expect(keysOf(inventory)).toHaveLength(1);
  expect(warnings).toEqual([expect.stringContaining('the cache of layers in "/proc/aispm/cache" cannot be written (E')]);
});

test('the oldest entries leave a cache that has grown too large', async () => {
  const started = await lab({ app: await repositoryWith({ layers: [[['a', '1']], [['b', '2']], [['c', '3']]] }) });
  const cache = { dir: await temporaryFolder(), limitBytes: 600 };
  await started.inspect(['app'], { cache });
  const contents = (await filesOf(cache.dir)).filter((file) => file.includes('content-v2'));
  const bytes = await Promise.all(contents.map(async (file) => (await stat(file)).size));
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(600);
});

test("the cache does not mix what was found under two users' keys", async () => {
  const started = await lab({ app: await repositoryWith({ layers: [[['app/.env', `KEY=${anthropic()}\n`]]] }) });
  const cache = { dir: await temporaryFolder(), limitBytes: 1e9 };
  const one = await started.inspect(['app'], { cache, digestKey: Buffer.from('one') });
  const two = await started.inspect(['app'], { cache, digestKey: Buffer.from('two') });
  expect(one.inventory.secrets[0]?.digest).not.toBe(two.inventory.secrets[0]?.digest);
  expect(one.inventory.secrets[0]?.publicDigest).toBe(two.inventory.secrets[0]?.publicDigest);
});

test('a budget that cuts the reading is a gap, and what was within it is read', async () => {
  const image = { layers: [[['a/.env', `KEY=${anthropic()}\n`]], [['b/.env', `KEY=${keyOf('anthropic.api-key', 2)}\n`]]] } as const;
  const { inspect: look } = await lab({ app: await repositoryWith(image) });
  const layers = await look(['app'], { maxLayers: 1 });
  expect(keysOf(layers.inventory).map(({ path: file }) => file)).toEqual(['a/.env']);
  expect(layers.inventory.gaps.map(({ call, reason, detail }) => [call, reason, detail])).toEqual([
    [
      'image layer',
      'too-large',
      expect.stringMatching(/^a layer of sha256:\w+ was not read: the image has 2 layers, and --max-layers is 1$/),
    ],
  ]);
  const size = await look(['app'], { maxImageBytes: 10 });
  expect([keysOf(size.inventory), size.inventory.gaps.length, size.inventory.assets[0]?.unread.length]).toEqual([[], 2, 2]);
});

test('a layer that the registry does not have is a gap, and the others are read', async () => {
  const repository = await repositoryWith({ layers: [[['gone', 'x']], [['app/.env', `KEY=${anthropic()}\n`]]] });
  const [missing] = [...repository.manifests.values()].map(
    ({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).layers[0].digest as string,
  );
  repository.blobs.delete(missing ?? '');
  const { inspect: look, host } = await lab({ app: repository });
  const { inventory } = await look(['app']);
  expect(keysOf(inventory)).toHaveLength(1);
  expect(inventory.gaps.map(({ call, reason, subject, scope }) => ({ call, reason, subject, scope }))).toEqual([
    { call: 'image layer', reason: 'unavailable', subject: missing, scope: `image/${host}/app/global` },
  ]);
  const report = assemble({ inventory, judgements: [], checks: [], frameworks: [], failOn: 'none', includePass: false });
  expect(report.gate.exitCode).toBe(3);
});

test('an image that does not exist is a gap of its repository, and a pull that is refused is one that says so', async () => {
  const started = await lab(
    { app: await repositoryWith({ layers: [[['a', 'b']]] }) },
    { auth: { kind: 'bearer', logins: [{ username: 'u', password: 'p' }], anonymous: ['open'] } },
  );
  const { inventory } = await started.inspect(['app']);
  expect(inventory.gaps.map(({ call, reason }) => [call, reason])).toEqual([['image manifest', 'denied']]);
  expect(inventory.asked.map(({ type, listingCut }) => [type, listingCut])).toEqual([['oci.repository', true]]);
  const open = await lab({ app: await repositoryWith({ layers: [[['a', 'b']]] }) });
  expect((await open.inspect(['app:none'])).inventory.gaps.map(({ call, reason }) => [call, reason])).toEqual([
    ['image manifest', 'unavailable'],
  ]);
});

test('an interrupted scan keeps what was read, and says what was not', async () => {
  const abort = new AbortController();
  const files = Array.from({ length: 6 }, (_, n) => [[`app/${n}.env`, `KEY=${keyOf('anthropic.api-key', n)}\n`]] as const);
  const { inspect: look } = await lab({ app: await repositoryWith({ layers: files }) });
  const { inventory } = await look(['app'], {
    signal: abort.signal,
    concurrency: 1,
    progress: (event) => {
      if (event.kind === 'images' && event.done === 2) abort.abort('SIGINT');
    },
  });
  expect(inventory.interrupted).toBe(true);
  expect(inventory.gaps.every(({ reason }) => reason === 'interrupted')).toBe(true);
  expect(keysOf(inventory).length + inventory.gaps.length).toBe(6);
  expect(keysOf(inventory).length).toBeGreaterThanOrEqual(2);
});

test('a key in the name of a file and in a history line is masked, in base64 too', async () => {
  const secret = anthropic();
  const packed = Buffer.from(` ${secret} `).toString('base64');
  const { inspect: look } = await lab({
    app: await repositoryWith({
      layers: [[[`keys/${secret}/.env`, `KEY=${keyOf('groq.api-key')}\n`]]],
      history: [{ created_by: `RUN echo ${secret} > /dev/null; echo ${packed} | base64 -d` }],
    }),
  });
  const { inventory } = await look(['app']);
  expect(JSON.stringify(inventory)).not.toContain(secret);
  expect(JSON.stringify(inventory)).toContain('| base64 -d');
  expect(JSON.stringify(inventory)).not.toContain(packed.slice(40, 80));
  expect(keysOf(inventory).map(({ detector }) => detector)).toContain('groq.api-key');
});

test('a key in a tag, a type, a platform or the title of a blob is masked wherever it would be shown', async () => {
  let made = 0;
  const key = () => keyOf('anthropic.api-key', 100 + made++);
  const repository = emptyRepository();
  const empty = putBlob(repository, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
  const text = putBlob(repository, Buffer.from(`KEY=${anthropic()}`), `application/${key()}`);
  const annotations = { 'org.opencontainers.image.title': key() };
  putManifest(
    repository,
    { schemaVersion: 2, artifactType: `application/${key()}`, config: { ...empty }, layers: [{ ...text, annotations }] },
    key(),
  );
  const settings = { os: key(), architecture: key(), config: {} };
  const config = putBlob(repository, Buffer.from(JSON.stringify(settings)), 'application/vnd.oci.image.config.v1+json');
  const own = putManifest(repository, { schemaVersion: 2, config: { ...config }, layers: [] });
  const platform = { os: 'linux', architecture: key(), variant: key() };
  const other = { ...own, digest: `sha256:${'1'.repeat(64)}`, platform };
  putManifest(
    repository,
    { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ ...own, platform }, other] },
    'index',
  );
  repository.tags.set(key(), `sha256:${'2'.repeat(64)}`);
  const { inspect: look } = await lab({ app: repository });
  for (const options of [{}, { platforms: [{ os: 'linux', architecture: 'arm64' }] }]) {
    const { inventory } = await look(['app'], { tags: 'all', ...options });
    expect(keysOf(inventory)).toContainEqual(expect.objectContaining({ part: 'layer', path: expect.stringContaining('****') }));
    const shown = JSON.stringify(inventory);
    const all = [anthropic(), ...Array.from({ length: made }, (_, at) => keyOf('anthropic.api-key', 100 + at))];
    expect(all.filter((one) => shown.includes(one))).toEqual([]);
  }
});

test('AI components of the layers are facts of the repository', async () => {
  const metadata = 'Metadata-Version: 2.1\nName: torch\nVersion: 2.4.0\n';
  const { inspect: look } = await lab({
    app: await repositoryWith({ layers: [[['usr/lib/python3/dist-packages/torch-2.4.0.dist-info/METADATA', metadata]]] }),
  });
  const { inventory } = await look(['app']);
  expect(inventory.assets[0]?.facts['$components']).toEqual([
    {
      kind: 'package',
      name: 'torch',
      version: '2.4.0',
      ecosystem: 'pypi',
      path: 'usr/lib/python3/dist-packages/torch-2.4.0.dist-info/METADATA',
      layers: [expect.stringMatching(/^sha256:[0-9a-f]{64}$/)],
    },
  ]);
});

test('what the user can put right is said before anything is read', async () => {
  await expect(inspect(['no/such/Image'])).rejects.toThrow('is no image reference');
  await expect(inspect(['./no-such-file.tar'])).rejects.toThrow(/no-such-file\.tar/);
  await expect(inspect(['registry.example/app'], { offline: true })).rejects.toThrow('--offline allows no connection');
});

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

test('many layers leave the caller no warning, and its own signal as it was', async () => {
  const { inspect: look } = await lab({
    app: await repositoryWith({ layers: Array.from({ length: 30 }, (_, at) => [[`f${at}`, `${at}\n`]] as const) }),
  });
  const warned: string[] = [];
  const listen = ({ name }: Error) => void warned.push(name);
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  await look(['app']);
  await new Promise((done) => setImmediate(done));
  expect(warned).toEqual([]);
});

test('a path that no system could open is shown by its ends, and one like it stays another', async () => {
  const path = (end: string) => `${'d/'.repeat(30_000)}${end}/.env`;
  const { inspect: look } = await lab({
    app: await repositoryWith({
      layers: [
        [
          [path('a'), `KEY=${anthropic()}\n`],
          [path('b'), `KEY=${keyOf('groq.api-key')}\n`],
        ],
      ],
    }),
  });
  const paths = keysOf((await look(['app'])).inventory).map((key) => key.path);
  expect(paths.map((one) => one.length < 4096)).toEqual([true, true]);
  expect(paths[0]).not.toBe(paths[1]);
});

test('the name of a repository that looks like a key is masked wherever it is shown', async () => {
  const key = keyOf('e2b.api-key');
  const { inspect: look, host } = await lab({ [`team/${key}`]: await repositoryWith({ layers: [[['a', 'b\n']]] }) });
  const { inventory } = await look([`team/${key}`]);
  expect(inventory.assets.map(({ name }) => name)).toEqual([expect.stringMatching(new RegExp(`^${host}/team/.*\\*{4}`))]);
  expect(JSON.stringify(inventory)).not.toContain(key);
});
