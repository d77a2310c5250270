import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Descriptor, emptyRepository, putBlob, putManifest, type Repository } from '../../../src/demo/registry/content.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { inspect, keyOf, keysOf, startLab } from '../../support/image-lab.ts';
import { missingProgram, runProgram } from '../../support/registry-programs.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const key = keyOf('anthropic.api-key');
const other = keyOf('groq.api-key');

interface Artifact {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: readonly [mediaType: string, content: string | JsonObject];
  readonly layers: readonly {
    readonly mediaType: string;
    readonly content: Uint8Array | string;
    readonly annotations?: { readonly [name: string]: string };
  }[];
  readonly annotations?: { readonly [name: string]: string };
}

function put(repository: Repository, { mediaType = ociManifest, artifactType, config, layers, annotations }: Artifact): Descriptor {
  const [configType, content] = config;
  return putManifest(
    repository,
    {
      schemaVersion: 2,
      mediaType,
      ...(artifactType !== undefined && { artifactType }),
      config: { ...putBlob(repository, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), configType) },
      layers: layers.map((layer) => ({
        ...putBlob(repository, Buffer.from(layer.content as string), layer.mediaType),
        ...(layer.annotations && { annotations: layer.annotations }),
      })),
      ...(annotations && { annotations }),
    },
    'latest',
  );
}

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const emptyConfig = ['application/vnd.oci.empty.v1+json', '{}'] as const;

async function inspected(artifact: Artifact) {
  const repository = emptyRepository();
  put(repository, artifact);
  const lab = await startLab({ app: repository });
  onTestFinished(() => lab.close());
  const { inventory } = await lab.inspect(['app']);
  const [asset] = inventory.assets;
  return {
    keys: keysOf(inventory)
      .map(({ detector, part, path }) => [detector, part, path])
      .toSorted(([one = ''], [two = '']) => (one < two ? -1 : 1)),
    gaps: inventory.gaps.map(({ reason, detail }) => [reason, detail]),
    role: (asset?.facts['manifests'] as readonly JsonObject[] | undefined)?.[0]?.['role'],
    components: asset?.facts['$components'],
  };
}

/** A GGUF header (version 3) with two strings. */
function gguf(values: { readonly [name: string]: string }): Buffer {
  const text = (value: string): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const head = Buffer.alloc(24);
  head.write('GGUF');
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(BigInt(Object.keys(values).length), 16);
  const type = Buffer.from([8, 0, 0, 0]);
  const entries = Object.entries(values).map(([name, value]) => Buffer.concat([text(name), type, text(value)]));
  return Buffer.concat([head, ...entries, randomBytes(4_000)]);
}

describe('artifacts that are no images are looked into', () => {
  test('a Helm chart: values in its tar, and its description', async () => {
    const chart = gzipSync(tarBytes([{ name: 'chat/values.yaml', content: `llm:\n  apiKey: ${key}\n` }]));
    const found = await inspected({
      config: ['application/vnd.cncf.helm.config.v1+json', { name: 'chat', version: '1.2.0', description: `set ${other}` }],
      layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', content: chart }],
    });
    expect(found).toMatchObject({
      role: 'artifact',
      keys: [
        ['anthropic.api-key', 'layer', 'chat/values.yaml'],
        ['groq.api-key', 'config', 'description'],
      ],
      gaps: [],
    });
  });

  test('an Ollama model: system prompt, template and parameters as files, and the header of the weights', async () => {
    const found = await inspected({
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: [
        'application/vnd.docker.container.image.v1+json',
        { model_format: 'gguf', model_family: 'qwen2', architecture: 'amd64', os: 'linux' },
      ],
      layers: [
        {
          mediaType: 'application/vnd.ollama.image.model',
          content: gguf({ 'general.name': 'Qwen2 7B', 'general.source.url': `https://x/?k=${other}&y` }),
        },
        { mediaType: 'application/vnd.ollama.image.system', content: `You are helpful. Use ${key} to call the API.` },
        { mediaType: 'application/vnd.ollama.image.params', content: '{"stop":["<|im_end|>"]}' },
      ],
    });
    expect(found.keys.map(([detector]) => detector)).toEqual(['anthropic.api-key', 'groq.api-key']);
    expect(found).toMatchObject({ gaps: [], components: [{ kind: 'model', name: 'Qwen2 7B', format: 'gguf' }] });
  });

  test('a KitOps ModelKit: code and model as tars', async () => {
    const found = await inspected({
      config: [
        'application/vnd.kitops.modelkit.config.v1+json',
        { manifestVersion: '1.0.0', package: { name: 'kit', description: other } },
      ],
      layers: [
        {
          mediaType: 'application/vnd.kitops.modelkit.code.v1.tar+gzip',
          content: gzipSync(tarBytes([{ name: 'src/app.py', content: `K = '${key}'\n` }])),
        },
        {
          mediaType: 'application/vnd.kitops.modelkit.model.v1.tar',
          content: tarBytes([{ name: 'model/m.gguf', content: gguf({ 'general.name': 'Kit' }) }]),
        },
      ],
    });
    expect(found).toMatchObject({
      role: 'artifact',
      keys: [
        ['anthropic.api-key', 'layer', 'src/app.py'],
        ['groq.api-key', 'config', 'package.description'],
      ],
      gaps: [],
      components: [{ name: 'Kit', path: 'model/m.gguf' }],
    });
  });

  test('a ModelPack model: a raw file is named by its annotation', async () => {
    const found = await inspected({
      artifactType: 'application/vnd.cncf.model.manifest.v1+json',
      config: ['application/vnd.cncf.model.config.v1+json', { descriptor: { name: 'xyz' }, modelfs: { type: 'layers', diffIds: [] } }],
      layers: [
        {
          mediaType: 'application/vnd.cncf.model.doc.v1.raw',
          content: `# Card\n${key}\n`,
          annotations: { 'org.cncf.model.filepath': 'README.md' },
        },
        {
          mediaType: 'application/vnd.cncf.model.weight.v1.raw',
          content: gguf({ 'general.name': 'xyz' }),
          annotations: { 'org.cncf.model.filepath': 'w.gguf' },
        },
      ],
    });
    expect(found).toMatchObject({
      role: 'artifact',
      keys: [['anthropic.api-key', 'layer', 'README.md']],
      gaps: [],
      components: [{ name: 'xyz', path: 'w.gguf' }],
    });
  });

  test('a generic artifact: any layer, also one that is a zip', async () => {
    const found = await inspected({
      artifactType: 'application/vnd.example.notes',
      config: emptyConfig,
      layers: [
        { mediaType: 'text/plain', content: `note ${key}`, annotations: { 'org.opencontainers.image.title': 'note.txt' } },
        { mediaType: 'application/octet-stream', content: gzipSync(`log ${other}`) },
      ],
    });
    expect(found).toMatchObject({
      role: 'artifact',
      keys: [
        ['anthropic.api-key', 'layer', 'note.txt'],
        ['groq.api-key', 'document', ''],
      ],
      gaps: [],
    });
  });
});

test('a layer that is said to be a tar and is none is a gap, and its bytes are searched', async () => {
  const found = await inspected({
    config: ['application/vnd.oci.image.config.v1+json', { os: 'linux', architecture: 'amd64' }],
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', content: Buffer.concat([randomBytes(700), Buffer.from(` ${key} `)]) },
    ],
  });
  expect(found.keys).toHaveLength(1);
  expect(found.gaps).toEqual([['malformed', 'all bytes were searched as one file: it is no tar']]);
});

test('a foreign layer that the registry does not have is a gap that says so, and its own addresses are never asked', async () => {
  const repository = emptyRepository();
  const watched = await startLab({ bait: emptyRepository() });
  onTestFinished(() => watched.close());
  putManifest(
    repository,
    {
      schemaVersion: 2,
      mediaType: ociManifest,
      config: {
        ...putBlob(repository, Buffer.from('{"os":"windows","architecture":"amd64"}'), 'application/vnd.oci.image.config.v1+json'),
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
          digest: `sha256:${createHash('sha256').update('elsewhere').digest('hex')}`,
          size: 9,
          urls: [`http://${watched.host}/bait`],
        },
      ],
    },
    'latest',
  );
  const lab = await startLab({ app: repository });
  onTestFinished(() => lab.close());
  const { inventory } = await lab.inspect(['app']);
  expect(inventory.gaps.map(({ call, reason, detail }) => [call, reason, detail])).toEqual([
    ['image layer', 'unavailable', expect.stringContaining('foreign layer')],
  ]);
  expect(watched.requests).toEqual([]);
});

const missing = missingProgram('skopeo', 'openssl', 'umoci');
describe.skipIf(missing !== undefined)(
  `an encrypted layer (${missing === undefined ? 'skopeo is here' : `needs the program ${missing}`})`,
  () => {
    test('as skopeo encrypts it, is a gap that says so', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'aispm-encrypted-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const run = (name: string, ...words: string[]) => runProgram(name, words, { HOME: folder });
      const at = (name: string) => join(folder, name);
      writeFileSync(at('policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}');
      writeFileSync(at('env'), `K=${key}\n`);
      run('openssl', 'genrsa', '-out', at('private.pem'), '2048');
      run('openssl', 'rsa', '-in', at('private.pem'), '-pubout', '-out', at('public.pem'));
      run('umoci', 'init', '--layout', at('plain'));
      run('umoci', 'new', '--image', `${at('plain')}:v1`);
      run('umoci', 'insert', '--rootless', '--image', `${at('plain')}:v1`, at('env'), '/env');
      run(
        'skopeo',
        '--policy',
        at('policy.json'),
        'copy',
        '-q',
        '--encryption-key',
        `jwe:${at('public.pem')}`,
        `oci:${at('plain')}:v1`,
        `oci:${at('closed')}:v1`,
      );
      const open = await inspect([at('plain')]);
      expect([keysOf(open.inventory).length, open.inventory.gaps]).toEqual([1, []]);
      const closed = await inspect([at('closed')]);
      expect(keysOf(closed.inventory)).toEqual([]);
      expect(closed.inventory.gaps.map(({ call, reason, detail }) => [call, reason, detail])).toEqual([
        ['image layer', 'unsupported', 'not read: the layer is encrypted'],
      ]);
    });
  },
);

test('what is attached to an image bears its tags, by its subject and by the tag that stands for it', async () => {
  const repository = emptyRepository();
  const image = put(repository, { config: ['application/vnd.oci.image.config.v1+json', '{}'], layers: [] });
  const index = putManifest(
    repository,
    { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ ...image }] },
    'v2',
  );
  const attach = (subject: Descriptor | undefined, content: string, tag?: string): Descriptor =>
    putManifest(
      repository,
      {
        schemaVersion: 2,
        mediaType: ociManifest,
        artifactType: 'application/spdx+json',
        config: { ...putBlob(repository, Buffer.from('{}'), emptyConfig[0]) },
        layers: [{ ...putBlob(repository, Buffer.from(content), 'application/spdx+json') }],
        ...(subject && { subject: { ...subject } }),
      },
      tag,
    );
  attach(index, `{"a":"${key}"}`);
  attach(image, `{"b":"${other}"}`);
  attach(undefined, `{"c":"${keyOf('xai.api-key')}"}`, `${image.digest.replace(':', '-')}.sbom`);
  const lab = await startLab({ app: repository }, { referrers: true });
  onTestFinished(() => lab.close());
  const { inventory } = await lab.inspect(['app:v2']);
  const places = inventory.secrets.map(({ detector, at }) => [detector, at.kind === 'image' ? at.tags : []] as const);
  expect(Object.fromEntries(places)).toEqual({
    'anthropic.api-key': ['v2'],
    'groq.api-key': ['v2'],
    'xai.api-key': [`${image.digest.replace(':', '-')}.sbom`, 'v2'],
  });
});
