import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { defaultBudgets } from '../../../src/images/budgets.ts';
import { createComponentReader } from '../../../src/images/components/reader.ts';
import { BlobFailed } from '../../../src/images/image.ts';
import { passLayer } from '../../../src/images/layer/pass-layer.ts';
import { digestOf } from '../../support/layer-sink.ts';
import { a, b, c, noise, options, pass, places, zip } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

test('a key is found with its path, line, column and offset, however the layer is packed and cut', async () => {
  const tar = tarBytes([
    { name: './app/one.env', content: `x=1\nTOKEN=${a}\n` },
    { name: 'bin/tool', content: Buffer.from(`\0\0${b}`) },
  ]);
  for (const bytes of [tar, gzipSync(tar), execFileSync('zstd', ['-qc'], { input: tar })]) {
    for (const size of [7, 100_000]) {
      const report = await pass(bytes, { size });
      expect(places(report)).toEqual([
        { key: a, path: 'app/one.env', line: 2, column: 7, offsetInFile: 10 },
        { key: b, path: 'bin/tool', offsetInFile: 2 },
      ]);
      expect(report).toMatchObject({ compressedBytes: bytes.length, uncompressedBytes: tar.length, gaps: [], limits: [] });
    }
  }
});

test('lines are right in a text of many chunks, also in one line of megabytes', async () => {
  const lines = `${'a line of some text\n'.repeat(300_000)}here ${a}\n`;
  const line = `${'x'.repeat(3_000_000)}${b}`;
  const report = await pass(
    gzipSync(
      tarBytes([
        { name: 'lines', content: lines },
        { name: 'line', content: `first\n${line}\nand ${c}` },
      ]),
    ),
  );
  expect(places(report)).toEqual([
    { key: a, path: 'lines', line: 300_001, column: 6, offsetInFile: 20 * 300_000 + 5 },
    { key: b, path: 'line', line: 2, column: 3_000_001, offsetInFile: 3_000_006 },
    { key: c, path: 'line', line: 3, column: 5, offsetInFile: 3_000_023 },
  ]);
});

test('columns are counted as editors do, whatever the letters before a key', async () => {
  const lines = `名前 = ${a} é=${b}\nüöä ${c}\n`;
  const line = `${'é'.repeat(5000)}${a}😀${b}`;
  expect(
    places(
      await pass(
        tarBytes([
          { name: 'lines', content: lines },
          { name: 'line', content: line },
        ]),
        { size: 700 },
      ),
    ),
  ).toEqual([
    { key: a, path: 'lines', line: 1, column: 6, offsetInFile: 9 },
    { key: b, path: 'lines', line: 1, column: 21, offsetInFile: 25 },
    { key: c, path: 'lines', line: 2, column: 5, offsetInFile: 45 },
    { key: a, path: 'line', line: 1, column: 5001, offsetInFile: 10_000 },
    { key: b, path: 'line', line: 1, column: 5015, offsetInFile: 10_016 },
  ]);
});

test('a malformed tar spoils a name at most, never hides a key', async () => {
  const tar = tarBytes([
    { name: 'a', content: a },
    { name: 'b', content: b },
    { name: 'c', content: c },
  ]);
  tar[1_024 + 150] = 0x39;
  const report = await pass(tar);
  expect(places(report)).toEqual([
    { key: a, path: 'a', line: 1, column: 1, offsetInFile: 0 },
    { key: b, path: '' },
    { key: c, path: 'c', line: 1, column: 1, offsetInFile: 0 },
  ]);
  expect(report.gaps).toEqual([
    {
      reason: 'malformed',
      subject: 'sha256:0',
      detail: 'all bytes were searched, but some have no path: no header where one should be, at offset 1024',
    },
  ]);
});

test('keys behind the end, between gzip members and in a cut gzip are found', async () => {
  const behind = await pass(Buffer.concat([gzipSync(tarBytes([{ name: 'a', content: a }])), Buffer.from(`junk ${b} junk`)]));
  expect(places(behind).map(({ key }) => key)).toEqual([a, b]);
  expect(behind.gaps).toMatchObject([{ reason: 'malformed' }]);
  const packed = gzipSync(
    tarBytes([
      { name: 'a', content: a },
      { name: 'r', content: noise(50_000) },
    ]),
  );
  const cut = await pass(packed.subarray(0, 40_000));
  expect(places(cut).map(({ key }) => key)).toEqual([a]);
  expect(cut.gaps).toEqual([
    { reason: 'malformed', subject: 'sha256:0', detail: 'read as far as it can be unpacked: the stream ends within member 1' },
  ]);
});

test('a layer that only begins like a packed one is a gap, and its stored bytes are searched', async () => {
  const report = await pass(Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.from(` ${a} `)]));
  expect(places(report).map(({ key }) => key)).toEqual([a]);
  expect(report.gaps).toEqual([
    { reason: 'malformed', subject: 'sha256:0', detail: 'read as far as it can be unpacked: 20 bytes are no xz' },
  ]);
});

test('a blob that is no tar is one file, and a gap only where a tar was promised', async () => {
  const bytes = Buffer.from(`{"system": "${a}"}`);
  const raw = await pass(bytes, { rawPath: 'prompt.json' });
  expect(places(raw)).toEqual([{ key: a, path: 'prompt.json', line: 1, column: 13, offsetInFile: 12 }]);
  expect(raw.gaps).toEqual([]);
  expect((await pass(bytes, { expectsTar: true })).gaps).toMatchObject([{ reason: 'malformed' }]);
  for (const empty of [Buffer.alloc(0), Buffer.alloc(1_024), gzipSync(Buffer.alloc(1_024))]) {
    expect(await pass(empty, { expectsTar: true })).toMatchObject({ gaps: [], matches: [] });
  }
});

test('what a download loses is a gap, and what came before counts', async () => {
  const tar = tarBytes([
    { name: 'a', content: a },
    { name: 'b', content: noise(5_000) },
  ]);
  const gap = { reason: 'unavailable' as const, subject: 'sha256:0', detail: 'the connection broke' };
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield tar.subarray(0, 3_000);
    throw new BlobFailed(gap);
  }
  const report = await passLayer({ ...options(), chunks: broken() });
  expect(places(report).map(({ key }) => key)).toEqual([a]);
  expect(report.gaps).toEqual([gap]);
});

test('an interrupted pass ends with what it has', async () => {
  const abort = new AbortController();
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield tarBytes([{ name: 'a', content: a }], { ends: false });
    for (let n = 0; ; n++) {
      if (n === 20) abort.abort();
      yield Buffer.alloc(512);
    }
  }
  const report = await passLayer({ ...options(), chunks: endless(), signal: abort.signal });
  expect(report.matches).toHaveLength(1);
  expect(report.gaps).toMatchObject([{ reason: 'interrupted' }]);
});

test('a bomb stops at its budget with a gap, and the keys before it are found', async () => {
  const bomb = Buffer.concat([gzipSync(tarBytes([{ name: 'a', content: a }], { ends: false })), gzipSync(Buffer.alloc(64 << 20))]);
  const small = await pass(bomb, { budgets: { ...defaultBudgets, bytes: 4 << 20 } });
  expect(places(small).map(({ key }) => key)).toEqual([a]);
  expect(small.uncompressedBytes).toBeLessThan(6 << 20);
  expect(small.gaps).toEqual([
    { reason: 'too-large', subject: 'sha256:0', detail: `read in part: it unpacks to more than ${4 << 20} bytes` },
  ]);
  const many = tarBytes(Array.from({ length: 50 }, (_, n) => ({ name: `f${n}` })));
  expect((await pass(many, { budgets: { ...defaultBudgets, entries: 10 } })).gaps).toMatchObject([{ reason: 'too-large' }]);
});

test('whiteouts, opaque directories, hard links and replaced files are noted', async () => {
  const report = await pass(
    tarBytes([
      { name: 'app/.wh.gone' },
      { name: 'data/.wh..wh..opq' },
      { name: '.wh..wh.plnk', type: '5' },
      { name: 'app/key', content: a },
      { name: 'app/same', type: '1', linkName: './app/key' },
      { name: 'app/other', type: '1', linkName: 'app/none' },
      { name: 'app/third', type: '1', linkName: 'app/twice.txt' },
      { name: 'app/twice.txt', content: 'harmless' },
      { name: 'app/twice', content: b },
      { name: 'app/twice', content: 'harmless' },
    ]),
  );
  expect(report).toMatchObject({
    whiteouts: ['app/gone'],
    opaque: ['data'],
    hardLinks: [
      { path: 'app/same', target: 'app/key' },
      { path: 'app/other', target: 'app/none' },
    ],
  });
  expect(report.matches.map(({ path, isReplacedInLayer }) => [path, isReplacedInLayer])).toEqual([
    ['app/key', undefined],
    ['app/twice', true],
  ]);
});

test('what the packing of a layer holds beside its content is searched, and moves nothing of it', async () => {
  const tar = tarBytes([
    { name: 'app/key', content: `T=${a}` },
    { name: 'app/more', content: noise(3_000) },
  ]);
  const field = (bits: number, ...bytes: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.from([0x1f, 0x8b, 8, bits, 0, 0, 0, 0, 0, 3]), ...bytes]);
  const sized = (text: string): Buffer => Buffer.concat([Buffer.from([text.length, 0]), Buffer.from(text)]);
  const body = (bytes: Uint8Array): Buffer => gzipSync(bytes).subarray(10);
  const skippable = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, text.length, 0, 0, 0]), Buffer.from(text)]);
  const zstd = (bytes: Uint8Array): Buffer => execFileSync('zstd', ['-qc'], { input: bytes });
  const layers = [
    Buffer.concat([field(4, sized(`a field ${b}`)), body(tar)]),
    Buffer.concat([field(8, Buffer.from(`a name ${b}\0`)), body(tar)]),
    Buffer.concat([field(16, Buffer.from(`a comment ${b}\0`)), body(tar)]),
    // Blocked, as bgzip and mgzip write: a field in each member. Behind them an index, as eStargz has it.
    ...[tar.subarray(0, 700)].map((first) =>
      Buffer.concat([field(4, sized('BC\x02\x00xx')), body(first), field(4, sized(`SG ${b} STARGZ`)), body(tar.subarray(700))]),
    ),
    Buffer.concat([skippable(`a frame ${b}`), zstd(tar)]),
    Buffer.concat([zstd(tar.subarray(0, 700)), skippable('short'), zstd(tar.subarray(700)), skippable(`a frame ${b}`)]),
  ];
  for (const layer of layers) {
    for (const size of [1, 100_000]) {
      const report = await pass(layer, { size, expectsTar: true });
      expect(places(report)).toEqual([
        { key: a, path: 'app/key', line: 1, column: 3, offsetInFile: 2 },
        { key: b, path: '' },
      ]);
      expect(report).toMatchObject({ uncompressedBytes: tar.length, gaps: [], limits: [] });
    }
  }
  const large = await pass(Buffer.concat([field(8, Buffer.from(`${'x'.repeat(70_000)} ${b}\0`)), body(tar)]));
  expect(large.limits).toEqual([{ subject: 'bytes of a packed layer that are none of its content, searched in part', count: 1 }]);
});

test('symbolic links that may lead to directories are noted, with where they lead', async () => {
  const report = await pass(
    tarBytes([
      { name: 'lib', type: '2', linkName: 'usr/lib' },
      { name: 'srv/app/current', type: '2', linkName: '../releases/./one' },
      { name: 'opt/root', type: '2', linkName: '/../data//x' },
      { name: 'usr/lib/libx.so', type: '2', linkName: 'libx.so.1' },
    ]),
  );
  expect(report.folderLinks).toEqual([
    { path: 'lib', target: 'usr/lib' },
    { path: 'srv/app/current', target: 'srv/releases/one' },
    { path: 'opt/root', target: 'data/x' },
  ]);
});

test('zip, gzip, tar and their chains are opened, and the place names the chain', async () => {
  const inner = zip([{ name: 'deep.py', content: `# ${c}` }]);
  const report = await pass(
    tarBytes([
      {
        name: 'x.whl',
        content: zip([
          { name: 'pkg/a.py', content: `k = "${a}"\n` },
          { name: 'stored.txt', content: `\n${b}`, isStored: true },
          { name: 'in.zip', content: inner, isStored: true },
        ]),
      },
      {
        name: 'streamed.zip',
        content: zip([
          { name: 's.py', content: `1\n2 ${a}`, isStreamed: true },
          { name: 't.py', content: b, isStreamed: true },
        ]),
      },
      { name: 'logs.gz', content: gzipSync(`log ${b}`) },
      { name: 'src.tar.gz', content: gzipSync(tarBytes([{ name: 'conf/x.ini', content: `[a]\nkey=${c}` }])) },
      { name: 'plain.tar', content: tarBytes([{ name: 'y.ini', content: `key=${a}` }]) },
      { name: 'src.tar.zst', content: execFileSync('zstd', ['-qc', '-19'], { input: tarBytes([{ name: 'z.ini', content: `key=${b}` }]) }) },
    ]),
  );
  const seen = places(report).toSorted((x, y) => (x.path < y.path ? -1 : 1));
  expect(seen).toEqual([
    { key: b, path: 'logs.gz', line: 1, column: 5, offsetInFile: 4 },
    { key: a, path: 'plain.tar!/y.ini', line: 1, column: 5, offsetInFile: 4 },
    { key: c, path: 'src.tar.gz!/conf/x.ini', line: 2, column: 5, offsetInFile: 8 },
    { key: b, path: 'src.tar.zst!/z.ini', line: 1, column: 5, offsetInFile: 4 },
    { key: a, path: 'streamed.zip!/s.py', line: 2, column: 3, offsetInFile: 4 },
    { key: b, path: 'streamed.zip!/t.py', line: 1, column: 1, offsetInFile: 0 },
    { key: c, path: 'x.whl!/in.zip!/deep.py', line: 1, column: 3, offsetInFile: 2 },
    { key: a, path: 'x.whl!/pkg/a.py', line: 1, column: 6, offsetInFile: 5 },
    { key: b, path: 'x.whl!/stored.txt', line: 2, column: 1, offsetInFile: 1 },
  ]);
  expect(report).toMatchObject({ gaps: [], limits: [] });
});

test("what the system's git writes is opened: loose objects and packs", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    git('init', '-q');
    writeFileSync(join(folder, 'secret.env'), `${'filler\n'.repeat(50)}TOKEN=${a}\n`);
    git('add', '.');
    git('commit', '-qm', 'one');
    writeFileSync(join(folder, 'secret.env'), `${'filler\n'.repeat(50)}TOKEN=${b}\n`);
    git('commit', '-qam', 'two');
    const objects = () =>
      readdirSync(join(folder, '.git/objects'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => ({ name: path.slice(folder.length + 1), content: readFileSync(path) }));
    expect(new Set(places(await pass(tarBytes(objects()))).map(({ key }) => key))).toEqual(new Set([a, b]));
    git('gc', '-q', '--aggressive', '--prune=now');
    const packed = await pass(tarBytes(objects()));
    expect(new Set(places(packed).map(({ key }) => key))).toEqual(new Set([a, b]));
    expect(packed.matches.every(({ path }) => /^\.git\/objects\/pack\/.*\.pack!\/object-\d+$/.test(path))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('containers are opened to their depth and within their bytes; the rest is a gap, once', async () => {
  let chain: Buffer = Buffer.from(a);
  for (let n = 0; n < 4; n++) chain = gzipSync(chain);
  const deep = await pass(tarBytes([{ name: 'deep.gz', content: chain }]));
  expect(deep.matches).toEqual([]);
  expect(deep.gaps).toEqual([{ reason: 'too-large', subject: 'sha256:0 deep.gz', detail: 'not opened: it lies deeper than 3 containers' }]);
  const bomb = tarBytes([
    { name: 'bomb.zip', content: zip([{ name: 'z', content: Buffer.alloc(80 << 20) }]) },
    { name: 'k.gz', content: gzipSync(b) },
  ]);
  const ratio = await pass(bomb);
  expect(places(ratio).map(({ key }) => key)).toEqual([b]);
  expect(ratio.gaps).toEqual([
    { reason: 'too-large', subject: 'sha256:0 bomb.zip', detail: 'read in part: it unpacks to more than 200 times its size' },
  ]);
});

test('containers of formats that are not opened, damaged and encrypted ones are limits', async () => {
  const whole = zip([
    { name: 'a', content: noise(2_000) },
    { name: 'b', content: `x ${b}` },
  ]);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 31, 34);
  const encrypted = zip([{ name: 'a', content: a }]);
  encrypted[6] = 1;
  const report = await pass(
    tarBytes([
      { name: 'a.7z', content: Buffer.from('377abcaf271c00040000', 'hex') },
      { name: 'a.xz', content: Buffer.from('fd377a585a0000000000', 'hex') },
      { name: 'damaged.zip', content: damaged },
      { name: 'encrypted.zip', content: encrypted },
    ]),
  );
  expect(places(report).map(({ key }) => key)).toEqual([b]);
  expect(report.gaps).toEqual([]);
  expect(report.limits).toEqual([
    { subject: 'file packed as 7z, not opened', count: 1 },
    { subject: 'damaged archive inside a layer', count: 2 },
    { subject: 'encrypted file in an archive', count: 1 },
  ]);
});

test('what of a cut or damaged packed file can be read is searched; a window that is too large is a gap', async () => {
  const text = `K=${a}\n${noise(150_000).toString('base64')}\n`;
  const packed = execFileSync('zstd', ['-qc'], { input: text });
  const report = await pass(
    tarBytes([
      { name: 'cut.zst', content: packed.subarray(0, 140_000) },
      { name: 'cut.gz', content: gzipSync(text.replace(a, b)).subarray(0, 100_000) },
      { name: 'wide.zst', content: Buffer.concat([Buffer.from('28b52ffd0088', 'hex'), noise(1_000)]) },
    ]),
  );
  expect(places(report).map(({ key, path }) => [key, path])).toEqual([
    [a, 'cut.zst'],
    [b, 'cut.gz'],
  ]);
  expect(report.limits).toEqual([{ subject: 'damaged archive inside a layer', count: 2 }]);
  expect(report.gaps).toEqual([
    { reason: 'too-large', subject: 'sha256:0 wide.zst', detail: 'not opened: to unpack it takes a window of 134217728 bytes' },
  ]);
});

test('zstd inside of a zstd layer, with a larger window than its own', async () => {
  const inner = execFileSync('zstd', ['-qc', '--long=24'], {
    input: Buffer.concat([noise(20 << 20), Buffer.from(` ${a} `)]),
    maxBuffer: 64 << 20,
  });
  const layer = execFileSync('zstd', ['-qc', '-1'], {
    input: tarBytes([
      { name: 'w.zst', content: inner },
      { name: 'z', content: b },
    ]),
    maxBuffer: 64 << 20,
  });
  const report = await pass(layer);
  // What cannot be made shorter is stored as it is, and was found there, too.
  expect(new Set(places(report).map(({ key, path }) => `${key} ${path}`))).toEqual(new Set([`${a} w.zst`, `${b} z`]));
  expect(report.matches).toHaveLength(3);
  expect(report.gaps).toEqual([]);
});

test('a key in what a file says of itself is masked before it leaves', async () => {
  const components = createComponentReader();
  const metadata = `Metadata-Version: 2.1\nName: torch\nVersion: 2-${a}\n`;
  const report = await pass(tarBytes([{ name: 'torch-2.dist-info/METADATA', content: metadata }]), { components });
  expect(report.components).toMatchObject([{ name: 'torch', version: '2-KEY:****' }]);
  expect(JSON.stringify(report)).not.toContain('aaaaaaaa');
});

test('a key in a name is masked before it leaves', async () => {
  const report = await pass(tarBytes([{ name: `dir-${a}/f`, content: b }, { name: `.wh.${a}` }]));
  expect(JSON.stringify(report)).not.toContain('aaaaaaaa');
  expect(report.matches.find(({ digest }) => digest === digestOf(b))?.path).toBe('dir-KEY:****/f');
  expect(report.whiteouts).toEqual(['KEY:****']);
});

test('the diff id is made where it is asked for', async () => {
  const tar = tarBytes([{ name: 'a', content: a }]);
  const expected = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  expect((await pass(gzipSync(tar), { wantsDiffId: true })).diffId).toBe(expected);
  expect((await pass(gzipSync(tar))).diffId).toBeUndefined();
});
