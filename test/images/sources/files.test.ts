import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyRepository, putImage, putIndex, type Repository, sha256 } from '../../../src/demo/registry/content.ts';
import type { ImageReader } from '../../../src/images/image.ts';
import { parseReference } from '../../../src/images/reference.ts';
import { openImageFile } from '../../../src/images/sources/file.ts';
import { UsageError } from '../../../src/model/usage-error.ts';
import { layoutMembers, writeFolder, writeTar, type TarMember } from '../../support/image-files.ts';
import { blobOf, manifestsOf } from '../../support/registry-client.ts';

let folder: string;
const readers: ImageReader[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aispm-test-'));
});
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  await rm(folder, { recursive: true });
});

async function openFile(text: string): Promise<ImageReader> {
  const reference = parseReference(text);
  if (reference.kind !== 'file') throw new Error(`${text} is no file`);
  const reader = await openImageFile(reference, { temporaryFolder: folder });
  readers.push(reader);
  return reader;
}

const packed = (program: string, bytes: Buffer): Buffer => execFileSync(program, ['-c', '-q'], { input: bytes, maxBuffer: 1 << 26 });

function twoPlatforms(): { readonly repository: Repository; readonly layers: readonly Buffer[]; readonly index: string } {
  const repository = emptyRepository();
  const layers = [randomBytes(70_000), randomBytes(300_000), randomBytes(10)];
  const config = { architecture: 'amd64', os: 'linux', config: { Env: ['A=1'] } };
  const amd64 = putImage(repository, { config, layers: layers.slice(0, 2).map((bytes) => ({ bytes })) });
  const arm64 = putImage(repository, { config: { ...config, architecture: 'arm64' }, layers: layers.slice(2).map((bytes) => ({ bytes })) });
  const { digest } = putIndex(
    repository,
    [
      { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
      { ...arm64, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    ],
    'v1',
  );
  return { repository, layers, index: digest };
}

async function contents(reader: ImageReader): Promise<readonly Buffer[]> {
  const { manifests } = await manifestsOf(reader);
  const found: Buffer[] = [];
  for (const layer of manifests.flatMap(({ layers }) => layers)) {
    const { bytes, gap } = await blobOf(reader, layer);
    expect(gap).toBeUndefined();
    found.push(bytes);
  }
  return found;
}

describe('an OCI layout', () => {
  const packers = ['gzip', 'zstd', 'xz', 'bzip2', 'lz4', 'lzip'];

  test.each(['a folder', 'a tar', ...packers.map((program) => `a tar packed by ${program}`)])(
    'is read with all its platforms from %s',
    async (form) => {
      const { repository, layers } = twoPlatforms();
      const members = layoutMembers(repository);
      if (form === 'a folder') await writeFolder(join(folder, 'image'), members);
      else await writeTar(join(folder, 'image'), members);
      const packer = form.split(' by ')[1];
      if (packer !== undefined) await writeFile(join(folder, 'image'), packed(packer, await readFile(join(folder, 'image'))));
      const reader = await openFile(join(folder, 'image'));
      const { manifests, gaps } = await manifestsOf(reader);
      expect(gaps).toEqual([]);
      expect(manifests.map(({ role, platform, tags, layers: own }) => ({ role, platform, tags, count: own.length }))).toEqual([
        { role: 'image', platform: { os: 'linux', architecture: 'amd64' }, tags: ['v1'], count: 2 },
        { role: 'image', platform: { os: 'linux', architecture: 'arm64', variant: 'v8' }, tags: ['v1'], count: 1 },
      ]);
      expect(await contents(reader)).toEqual(layers);
      expect(reader.repository).toBe('oci-layout:image');
      expect(manifests[0]?.raw).toHaveLength(3);
    },
  );

  test('leaves nothing behind that it unpacked', async () => {
    await writeTar(join(folder, 'a.tar'), layoutMembers(twoPlatforms().repository));
    await writeFile(join(folder, 'a.tgz'), gzipSync(await readFile(join(folder, 'a.tar'))));
    const reader = await openFile(join(folder, 'a.tgz'));
    await contents(reader);
    await reader.close();
    expect((await readdir(folder)).toSorted()).toEqual(['a.tar', 'a.tgz']);
  });

  test('is narrowed by a tag or a digest, and an unknown one is a usage error that names what is there', async () => {
    const { repository, index } = twoPlatforms();
    putImage(repository, { config: { other: true }, layers: [], tag: 'v2' });
    await writeFolder(join(folder, 'image'), layoutMembers(repository));
    const chosen = await manifestsOf(await openFile(`oci:${folder}/image:v2`));
    expect(chosen.manifests.map(({ tags }) => tags)).toEqual([['v2']]);
    expect((await manifestsOf(await openFile(`oci:${folder}/image@${index}`))).manifests).toHaveLength(2);
    expect((await manifestsOf(await openFile(`${folder}/image`))).manifests).toHaveLength(3);
    await expect(openFile(`oci:${folder}/image:v3`)).rejects.toMatchObject({
      message: expect.stringContaining('holds no image "v3"'),
      hint: 'it holds v1, v2',
    });
  });

  test('with a manifest.json of something else beside its index is read, and the other is a gap', async () => {
    const { repository, layers } = twoPlatforms();
    for (const content of ['{"schemaVersion":2,"layers":[]}', '{', '[]']) {
      const members = [...layoutMembers(repository), { name: 'manifest.json', content }];
      const reader = await openFile(await writeFolder(join(folder, `image${content.length}`), members));
      const { manifests, gaps } = await manifestsOf(reader);
      expect(manifests.flatMap((one) => one.layers)).toHaveLength(layers.length);
      expect(gaps).toMatchObject([
        { reason: 'malformed', detail: expect.stringContaining('manifest.json beside its index is not that of') },
      ]);
    }
  });

  test('says which blob is damaged, missing or another one, and reads the rest', async () => {
    const { repository, layers } = twoPlatforms();
    await writeFolder(join(folder, 'image'), layoutMembers(repository));
    const place = (bytes: Buffer) => join(folder, 'image/blobs', sha256(bytes).replace(':', '/'));
    await truncate(place(layers[0]!), 1000);
    await rm(place(layers[1]!));
    await writeFile(place(layers[2]!), randomBytes(10));
    const reader = await openFile(join(folder, 'image'));
    const { manifests } = await manifestsOf(reader);
    const all = manifests.flatMap(({ layers: own }) => own);
    const read = await Promise.all(all.map((layer) => blobOf(reader, layer)));
    expect(read.map(({ bytes, gap }) => [bytes.length, gap?.reason])).toEqual([
      [1000, 'malformed'],
      [0, 'unavailable'],
      [10, 'malformed'],
    ]);
    expect(read[0]?.gap?.detail).toContain('1000 bytes where 70000 are declared');
  });
});

interface Saved {
  readonly members: readonly TarMember[];
  readonly layers: readonly Buffer[];
  readonly config: string;
}

/** What `docker save` of older versions writes: layers in folders, one of them a link to another. */
function saved(): Saved {
  const layers = [randomBytes(20_000), randomBytes(5000)];
  const ids = [...layers, layers[0]!].map((layer) => sha256(layer));
  const config = JSON.stringify({ os: 'linux', config: { Env: ['B=2'] }, rootfs: { type: 'layers', diff_ids: ids } });
  const name = `${sha256(Buffer.from(config)).slice(7)}.json`;
  const folders = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
  const manifest = [{ Config: name, RepoTags: ['team/app:1', 'app:latest'], Layers: folders.map((one) => `${one}/layer.tar`) }];
  return {
    layers,
    config: name,
    members: [
      { name: `${folders[0]}/json`, content: '{"container_config":{}}' },
      { name: `${folders[0]}/layer.tar`, content: layers[0]! },
      { name: `${folders[1]}/layer.tar`, content: layers[1]! },
      { name: `${folders[2]}/layer.tar`, header: { type: 'symlink', linkname: `../${folders[0]}/layer.tar` } },
      { name, content: config },
      { name: 'repositories', content: '{}' },
      { name: 'manifest.json', content: JSON.stringify(manifest) },
    ],
  };
}

describe('a docker archive', () => {
  test('is read with its linked layers, and the documents beside them', async () => {
    const { members, layers, config } = saved();
    const reader = await openFile(await writeTar(join(folder, 'app.tar'), members));
    const { manifests, gaps } = await manifestsOf(reader);
    expect(gaps).toEqual([]);
    expect(manifests).toMatchObject([
      { digest: `sha256:${config.slice(0, 64)}`, role: 'image', tags: ['team/app:1', 'app:latest'], layers: [{}, {}, {}] },
    ]);
    expect(manifests[0]?.raw.map((bytes) => Buffer.from(bytes).toString().slice(0, 12))).toEqual(['[{"Config":"', '{}', '{"container_']);
    expect(await contents(reader)).toEqual([layers[0], layers[1], layers[0]]);
    expect(reader.repository).toBe('docker-archive:app.tar');
  });

  test.each([
    ['team/app:1', 1],
    ['app', 1],
    ['latest', 1],
  ])('is narrowed by the name %s', async (name, count) => {
    const file = await writeTar(join(folder, 'app.tar'), saved().members);
    expect((await manifestsOf(await openFile(`docker-archive:${file}:${name}`))).manifests).toHaveLength(count);
  });

  test('keeps what is there when a layer is missing, leads away or in a circle', async () => {
    const { members, layers } = saved();
    const links = [`../../../../etc/hostname`, `../${'c'.repeat(64)}/layer.tar`];
    for (const linkname of links) {
      const changed = members.map((member) =>
        member.header === undefined ? member : { ...member, header: { type: 'symlink' as const, linkname } },
      );
      const reader = await openFile(await writeTar(join(folder, 'app.tar'), changed));
      const { manifests, gaps } = await manifestsOf(reader);
      expect(manifests[0]?.layers).toHaveLength(2);
      expect(gaps).toMatchObject([{ reason: 'unavailable', detail: expect.stringContaining('a layer is missing') }]);
      expect(await contents(reader)).toEqual(layers);
    }
  });

  test('without its configuration is read by its layers, and the configuration is a gap', async () => {
    const { members, layers, config } = saved();
    const reader = await openFile(
      await writeTar(
        join(folder, 'app.tar'),
        members.filter(({ name }) => name !== config),
      ),
    );
    const { manifests, gaps } = await manifestsOf(reader);
    expect(manifests.map((one) => [one.config, one.tags, one.layers.map(({ digest }) => digest)])).toEqual([
      [undefined, ['team/app:1', 'app:latest'], [layers[0]!, layers[1]!, layers[0]!].map(sha256)],
    ]);
    expect(gaps).toEqual([{ reason: 'unavailable', subject: config, detail: 'the configuration of an image is not in the archive' }]);
    expect(await contents(reader)).toEqual([layers[0], layers[1], layers[0]]);
  });

  test('in a folder of the tar is read as if it lay at the top, if there is one such folder', async () => {
    const { members, layers } = saved();
    const inside = (name: string) =>
      members.map((one) => ({ ...one, name: `${name}/${one.name}`, ...(one.header && { header: one.header }) }));
    const reader = await openFile(await writeTar(join(folder, 'app.tar'), inside('saved')));
    expect(await contents(reader)).toEqual([layers[0], layers[1], layers[0]]);
    await expect(openFile(await writeTar(join(folder, 'two.tar'), [...inside('a'), ...inside('b')]))).rejects.toThrow('is no image');
  });

  test('with packed layers is read by their own digests', async () => {
    const packed = gzipSync(randomBytes(1000));
    const config = JSON.stringify({ rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`, `sha256:${'1'.repeat(64)}`] } });
    const names = [`${sha256(packed).slice(7)}.tar.gz`, 'plain-name'];
    const reader = await openFile(
      await writeTar(join(folder, 'app.tar'), [
        ...names.map((name) => ({ name, content: packed })),
        { name: 'sha256:config', content: config },
        { name: 'manifest.json', content: JSON.stringify([{ Config: 'sha256:config', RepoTags: null, Layers: names }]) },
      ]),
    );
    const { manifests } = await manifestsOf(reader);
    expect(manifests[0]?.layers.map(({ digest }) => digest)).toEqual([sha256(packed), sha256(packed)]);
    expect(await contents(reader)).toEqual([packed, packed]);
  });

  test('that was cut off gives what it still holds, and says so', async () => {
    const { members, layers } = saved();
    const file = await writeTar(join(folder, 'app.tar'), members.toReversed());
    const { size } = await import('node:fs/promises').then(({ stat }) => stat(file));
    await truncate(file, size - 20_000);
    const reader = await openFile(file);
    const { manifests, gaps } = await manifestsOf(reader);
    expect(gaps.map(({ reason, detail }) => `${reason}: ${detail}`).join('\n')).toContain('malformed: the archive is cut off');
    const read = await Promise.all((manifests[0]?.layers ?? []).map((layer) => blobOf(reader, layer)));
    expect(read.some(({ bytes }) => bytes.equals(layers[1]!))).toBe(true);
  });

  test('that is damaged in the middle is read on from its next member', async () => {
    const { members, layers } = saved();
    const file = await writeTar(join(folder, 'app.tar'), [{ name: 'first', content: 'x' }, ...members]);
    const bytes = await readFile(file);
    bytes.fill(0x41, 0, 512);
    await writeFile(file, bytes);
    const reader = await openFile(file);
    const { gaps } = await manifestsOf(reader);
    expect(gaps).toMatchObject([{ reason: 'malformed', detail: 'the archive is damaged at byte 0' }]);
    expect(await contents(reader)).toEqual([layers[0], layers[1], layers[0]]);
  });
});

describe('an image whose list is lost is read as far as it is there', () => {
  test.each([
    ['a layout', () => layoutMembers(twoPlatforms().repository), 'oci-layout:app.tar'],
    ['an older archive', () => saved().members, 'docker-archive:app.tar'],
  ])('%s that lacks its end, where the list is', async (_, make, repository) => {
    const members = make().filter(({ name }) => name !== 'index.json' && name !== 'manifest.json');
    const file = await writeTar(join(folder, 'app.tar'), members);
    const reader = await openFile(file);
    expect(reader.repository).toBe(repository);
    const { manifests, gaps } = await manifestsOf(reader);
    const blobs = members.filter(({ name, header }) => /[0-9a-f]{64}/.test(name) && header?.type === undefined);
    expect(gaps).toEqual([
      {
        reason: 'malformed',
        subject: 'app.tar',
        detail: `it lacks an index.json or manifest.json: its ${blobs.length} blobs were read as they lie, without names, order and platforms`,
      },
    ]);
    const read = await Promise.all(manifests.flatMap(({ layers }) => layers).map((layer) => blobOf(reader, layer)));
    const sorted = (all: readonly (Uint8Array | string)[]) => all.map((bytes) => sha256(Buffer.from(bytes))).toSorted();
    expect(read.map(({ gap }) => gap)).toEqual(read.map(() => undefined));
    expect(sorted(read.map(({ bytes }) => bytes))).toEqual(sorted(blobs.map(({ content = '' }) => content)));
  });

  test('an archive that was cut off in its first blob, with the damage in the same sentence', async () => {
    const file = await writeTar(join(folder, 'app.tar'), [{ name: `${'a'.repeat(64)}/layer.tar`, content: Buffer.alloc(5000, 1) }]);
    await truncate(file, 512 + 3000);
    const { manifests, gaps } = await manifestsOf(await openFile(file));
    expect(manifests[0]?.layers).toHaveLength(1);
    expect(gaps.map(({ detail }) => detail)).toEqual([
      'it lacks an index.json or manifest.json: its only blob was read as it lies, without names, order and platforms; the archive is cut off: 2000 bytes of its member at byte 0 are missing',
    ]);
  });

  test('a folder without an index, and one whose index was cut', async () => {
    for (const index of [undefined, '{"manif']) {
      const all = layoutMembers(twoPlatforms().repository).filter(({ name }) => name !== 'index.json');
      const place = await writeFolder(join(folder, `image-${index}`), [
        ...all,
        ...(index === undefined ? [] : [{ name: 'index.json', content: index }]),
      ]);
      const { manifests, gaps } = await manifestsOf(await openFile(place));
      expect(gaps).toMatchObject([{ reason: 'malformed', detail: expect.stringMatching(/(lacks|is not) an .*were read as they lie/) }]);
      expect(manifests[0]?.layers).toHaveLength(all.length - 1);
    }
  });

  test('an archive that was cut at any byte is read or refused, and never without a word', async () => {
    const whole = await readFile(await writeTar(join(folder, 'whole.tar'), saved().members.toReversed()));
    const file = join(folder, 'cut.tar');
    for (let size = 0; size < whole.length - 1024; size += 37_117) {
      await writeFile(file, whole.subarray(0, size));
      const outcome = await openFile(file).then(
        async (reader) => {
          const { manifests, gaps } = await manifestsOf(reader);
          const blobs = await Promise.all(manifests.flatMap(({ layers }) => layers).map((layer) => blobOf(reader, layer)));
          return [...gaps, ...blobs.flatMap(({ gap }) => gap ?? [])].map(({ detail }) => detail);
        },
        (error: unknown) => [error instanceof UsageError ? error.message : error],
      );
      expect([size, outcome]).toEqual([size, expect.arrayContaining([expect.any(String)])]);
    }
  });
});

/** Root reads everything: a file system error that root meets as well is one of a path through a link without end. */
async function makeUnreadable(file: string): Promise<void> {
  await rm(file, { recursive: true });
  await symlink(basename(file), file);
}

describe('what the disk does not give is said so', () => {
  test('of the list of images: a usage error', async () => {
    for (const list of ['index.json', 'manifest.json']) {
      const place = await writeFolder(join(folder, list), [{ name: list, content: '{}' }]);
      await makeUnreadable(join(place, list));
      await expect(openFile(place)).rejects.toThrow(UsageError);
      await expect(openFile(place)).rejects.toThrow(`"${place}" cannot be read (ELOOP)`);
    }
  });

  test('of blobs, configurations and layers: gaps, and the rest is read', async () => {
    const { repository, layers } = twoPlatforms();
    const place = await writeFolder(join(folder, 'layout'), layoutMembers(repository));
    await makeUnreadable(join(place, 'blobs', sha256(layers[0]!).replace(':', '/')));
    const reader = await openFile(place);
    const { manifests } = await manifestsOf(reader);
    const read = await Promise.all(manifests.flatMap((one) => one.layers).map((layer) => blobOf(reader, layer)));
    expect(read.map(({ gap }) => gap?.detail)).toEqual(['it could not be read from disk (ELOOP)', undefined, undefined]);

    const { members, config } = saved();
    const files = members.filter(({ header }) => header === undefined);
    for (const name of [config, `${'b'.repeat(64)}/layer.tar`]) {
      const unpacked = await writeFolder(join(folder, `unpacked-${name.slice(0, 8)}`), files);
      await makeUnreadable(join(unpacked, name));
      const { gaps } = await manifestsOf(await openFile(unpacked));
      expect(gaps.map(({ detail }) => detail)).toContainEqual(expect.stringContaining('it could not be read from disk (ELOOP)'));
    }
  });
});

test('an unpacked archive never leads out of its folder', async () => {
  await writeFile(join(folder, 'outside.json'), '{"os":"linux"}');
  await writeFile(join(folder, 'outside.tar'), 'secret');
  const list = [
    { Config: '../outside.json', RepoTags: [], Layers: [] },
    { Config: 'config.json', RepoTags: [], Layers: ['../outside.tar', `${folder}/outside.tar`, 'a/../../outside.tar'] },
  ];
  const place = await writeFolder(join(folder, 'image'), [
    { name: 'manifest.json', content: JSON.stringify(list) },
    { name: 'config.json', content: '{"os":"linux"}' },
  ]);
  const { manifests, gaps } = await manifestsOf(await openFile(place));
  expect([manifests.length, manifests[0]?.layers, gaps.length]).toEqual([1, [], 4]);
});

describe('an archive that is piped in', () => {
  const piped = (bytes: Uint8Array | undefined, temporaryFolder = folder) => {
    const reference = parseReference('-');
    if (reference.kind !== 'file') throw new Error('no file');
    async function* stdin() {
      for (let at = 0; at < (bytes?.length ?? 0); at += 1000) yield (bytes ?? new Uint8Array()).subarray(at, at + 1000);
    }
    return openImageFile(reference, { temporaryFolder, ...(bytes !== undefined && { stdin: stdin() }) });
  };

  test.each([
    ['as it is', (bytes: Buffer) => bytes],
    ['packed', (bytes: Buffer) => gzipSync(bytes)],
    ['packed by xz', (bytes: Buffer) => packed('xz', bytes)],
    ['packed by bzip2', (bytes: Buffer) => packed('bzip2', bytes)],
    ['packed by lz4', (bytes: Buffer) => packed('lz4', bytes)],
  ])('is read whole, %s, and nothing is left behind', async (_, pack) => {
    const { members, layers } = saved();
    const file = await writeTar(join(folder, 'app.tar'), members);
    const bytes = pack(await readFile(file));
    await rm(file);
    const reader = await piped(bytes);
    readers.push(reader);
    expect(reader.repository).toBe('docker-archive:stdin');
    expect(await contents(reader)).toEqual([layers[0], layers[1], layers[0]]);
    expect(await readdir(folder)).toEqual([]);
  });

  const config = { name: 'c.json', content: '{"os":"linux"}' };
  const savedAs = (...tags: readonly (readonly string[])[]) => [
    config,
    { name: 'manifest.json', content: JSON.stringify(tags.map((RepoTags) => ({ Config: 'c.json', RepoTags, Layers: [] }))) },
  ];
  const layoutOf = (annotations: Readonly<Record<string, string>>) => {
    const manifests = [{ digest: `sha256:${'1'.repeat(64)}`, size: 1, annotations }];
    return [{ name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests }) }];
  };
  const [tag, full] = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'] as const;

  test.each([
    ['docker-archive:chat', savedAs(['chat:1', 'chat:2'], ['chat:3'])],
    ['docker-archive:ghcr.io/acme/chat', savedAs(['ghcr.io/acme/chat:1'])],
    ['docker-archive:stdin', savedAs(['chat:1'], ['other:1'])],
    ['docker-archive:stdin', savedAs(['chat:1'], [])],
    ['docker-archive:stdin', savedAs(['../../CHAT:1'])],
    ['oci-layout:chat', layoutOf({ [tag]: 'latest', [full]: 'docker.io/library/chat:latest' })],
    ['oci-layout:localhost/chat', layoutOf({ [tag]: 'localhost/chat:1' })],
    ['oci-layout:stdin', layoutOf({ [tag]: 'latest' })],
  ])('goes by the name of its image, if it is one alone: %s', async (repository, members) => {
    const reader = await piped(await readFile(await writeTar(join(folder, 'app.tar'), members)));
    readers.push(reader);
    expect(reader.repository).toBe(repository);
  });

  test('and is none, or finds no room, is a usage error', async () => {
    await expect(piped(undefined)).rejects.toThrow('no archive is piped in');
    await expect(piped(Buffer.from('hello'))).rejects.toThrow('"-" is no image: it lacks an index.json or manifest.json');
    await expect(piped(Buffer.from('hello'), join(folder, 'nowhere'))).rejects.toThrow(
      `what was piped in could not be kept: "${join(folder, 'nowhere')}" cannot be written to (ENOENT)`,
    );
  });
});

describe('an archive that is packed as a whole', () => {
  test('is not unpacked into a folder that cannot be written to, and says so', async () => {
    const file = join(folder, 'app.tar.gz');
    await writeFile(file, gzipSync(await readFile(await writeTar(join(folder, 'app.tar'), saved().members))));
    const reference = parseReference(file);
    const attempt = reference.kind === 'file' ? openImageFile(reference, { temporaryFolder: join(folder, 'nowhere') }) : undefined;
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(`"${file}" could not be unpacked: "${join(folder, 'nowhere')}" cannot be written to (ENOENT)`);
  });
});

test('an archive that was packed by xz and cut is read as far as it goes, with a gap', async () => {
  const { members, layers } = saved();
  const bytes = packed('xz', await readFile(await writeTar(join(folder, 'app.tar'), members)));
  await writeFile(join(folder, 'app.tar.xz'), bytes.subarray(0, -30));
  const reader = await openFile(join(folder, 'app.tar.xz'));
  expect((await manifestsOf(reader)).gaps).toEqual([
    { reason: 'malformed', subject: 'app.tar.xz', detail: 'the packed archive is damaged: the xz stream ends before its end' },
  ]);
  expect(await contents(reader)).toEqual([layers[0], layers[1], layers[0]]);
});

test('an archive of a few bytes that unpacks to gigabytes stops at a budget', async () => {
  const zeros = packed('bzip2', Buffer.alloc(50_000_000));
  await writeFile(join(folder, 'bomb.tar.bz2'), Buffer.concat(Array.from({ length: 30 }, () => zeros)));
  await expect(openFile(join(folder, 'bomb.tar.bz2'))).rejects.toThrow(
    /the packed archive is damaged: it was unpacked to 107\d{7} bytes, and no further/,
  );
}, 60_000);

describe('a path that cannot be an image is a usage error', () => {
  test.each([
    ['that is missing', async () => `${folder}/nothing`, 'there is no file or folder'],
    ['to an empty folder', async () => folder, 'is no image: it lacks an index.json or manifest.json'],
    [
      'to a text',
      async () => (await writeFile(`${folder}/text`, 'hello'), `${folder}/text`),
      'is no image: it lacks an index.json or manifest.json',
    ],
    ['to an empty file', async () => (await writeFile(`${folder}/empty`, ''), `${folder}/empty`), 'is empty'],
    ['to a tar of something else', () => writeTar(`${folder}/other.tar`, [{ name: 'readme', content: 'x' }]), 'is no image: it lacks'],
    [
      'to a layout that says nothing',
      () => writeFolder(`${folder}/l`, [{ name: 'index.json', content: '{"manifests":[]}' }]),
      'holds no image: its index.json names none',
    ],
    [
      'to a layout that was cut',
      () => writeFolder(`${folder}/l`, [{ name: 'index.json', content: '{"manif' }]),
      'its index.json is not an OCI index',
    ],
    [
      'to an archive whose list is another',
      () => writeTar(`${folder}/x.tar`, [{ name: 'manifest.json', content: '{}' }]),
      'its manifest.json is not that of a docker archive',
    ],
    [
      'to a folder of skopeo',
      () => writeFolder(`${folder}/dir`, [{ name: 'manifest.json', content: '{"schemaVersion":2,"layers":[]}' }]),
      `is no image that is read here: its manifest.json is that of skopeo's "dir:"`,
    ],
    [
      'to a file that only begins like xz',
      async () => (await writeFile(`${folder}/x.tar`, Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0, 0, 0])), `${folder}/x.tar`),
      'is no image: it lacks an index.json or manifest.json; the packed archive is damaged: 10 bytes are no xz',
    ],
    [
      'to a link that leads in a circle',
      async () => (await symlink('circle.tar', `${folder}/circle.tar`), `${folder}/circle.tar`),
      'cannot be read (ELOOP)',
    ],
    ['to a device', async () => '/dev/null', 'is neither a file nor a folder'],
  ])('%s', async (_, make, message) => {
    const attempt = openFile(await make());
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(message);
  });

  test('and a blob that is a pipe or a link to one is not waited for', async () => {
    const { repository, layers } = twoPlatforms();
    await writeFolder(join(folder, 'image'), layoutMembers(repository));
    const place = join(folder, 'image/blobs', sha256(layers[0]!).replace(':', '/'));
    await rm(place);
    await symlink('/dev/zero', place);
    const reader = await openFile(join(folder, 'image'));
    const { manifests } = await manifestsOf(reader);
    expect((await blobOf(reader, manifests[0]!.layers[0]!)).gap).toMatchObject({
      reason: 'unavailable',
      detail: expect.stringContaining('is no file'),
    });
  });
});
