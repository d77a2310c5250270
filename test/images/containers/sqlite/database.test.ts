import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layerPassesHere } from '../../../../src/scan/layers/layer-passes.ts';
import { loadDetectorSet } from '../../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../../src/secrets/detectors/example.ts';
import { createRedactor } from '../../../../src/secrets/redact.ts';
import { noise, zip } from '../../../support/pass-lab.ts';
import { tarBytes } from '../../../support/tar-bytes.ts';

const set = await loadDetectorSet();
const passes = layerPassesHere({ set });
const redactor = createRedactor();
const has = (program: string): boolean => (process.env['PATH'] ?? '').split(':').some((at) => existsSync(join(at, program)));
const keyOf = (seed: string, detector = 'anthropic.api-key'): string => exampleOf(set.detectors, detector, seed);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A database that Python's sqlite3 writes. The program has a connection `c` and the keys `k`. */
function database(program: string, { pageBytes = 4096, keys = ['one'], file = 'x.db', detector = 'anthropic.api-key' } = {}): Buffer {
  const path = mkdtempSync(join(folder, 'db-'));
  const lines = [
    'import sqlite3, sys, os, random',
    'random.seed(7)',
    `c = sqlite3.connect(os.path.join(sys.argv[1], 'x.db'), isolation_level=None)`,
    `c.execute('pragma page_size=${pageBytes}'); c.execute('pragma secure_delete=off')`,
    'k = sys.stdin.read().split()',
    program,
    `sys.stdout.buffer.write(open(os.path.join(sys.argv[1], '${file}'), 'rb').read())`,
  ];
  return execFileSync('python3', ['-c', lines.join('\n'), path], {
    input: keys.map((seed) => keyOf(seed, detector)).join(' '),
    maxBuffer: 1 << 28,
  });
}

async function found(content: Uint8Array, name = 'x.db', size = 7_001, known = ['one', 'two']) {
  const tar = tarBytes([{ name, content }]);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < tar.length; at += size) yield tar.subarray(at, at + size);
  }
  const report = await passes.passLayer({ digest: 'sha256:0', size: tar.length, mediaType: '' }, bytes(), new AbortController().signal);
  const seeds = new Map(known.map((seed) => [redactor.publicDigest(keyOf(seed)), seed]));
  return {
    keys: report.matches.map(({ digest = '', path, line }) => [seeds.get(digest), path, ...(line === undefined ? [] : [line])]),
    gaps: report.gaps,
    limits: report.limits,
  };
}

const clean = { gaps: [], limits: [] };

describe.skipIf(!has('python3'))('keys in a database of SQLite are found', () => {
  it('where one value touches the next', async () => {
    const rows = `
c.execute('create table auth(id integer primary key, name text, api_key text, note text)')
for n in range(60): c.execute('insert into auth(name, api_key, note) values(?, ?, ?)', ('openai', k[0] if n == 33 else 'none', 'note'))`;
    for (const pageBytes of [512, 1024, 4096, 65_536]) {
      const { keys, ...others } = await found(database(rows, { pageBytes }));
      expect(others).toEqual(clean);
      expect(new Set(keys.map(([seed]) => seed))).toEqual(new Set(['one']));
    }
  });

  it('that only the name in the column before them tells', async () => {
    const rows = `
c.execute('create table settings(k text, v text)')
c.execute('insert into settings values(?, ?)', ('NOVITA_API_KEY', k[0]))`;
    const tar = tarBytes([{ name: 'x.db', content: database(rows, { keys: ['novita'], detector: 'novita.api-key' }) }]);
    const report = await passes.passLayer(
      { digest: 'sha256:0', size: tar.length, mediaType: '' },
      Readable.from([tar]),
      new AbortController().signal,
    );
    expect(report.matches.map(({ detector, path }) => [detector, path])).toEqual([['novita.api-key', 'x.db!/page-2/row-1']]);
  });

  it('in blobs that are packed, short or long, also in deleted rows', async () => {
    const seeds = ['gzip', 'zlib', 'bzip2', 'xz', 'zip', 'long', 'deleted'];
    const rows = `
import gzip, zlib, bz2, lzma, zipfile, io
def zipped(b):
  o = io.BytesIO(); z = zipfile.ZipFile(o, 'w', zipfile.ZIP_DEFLATED); z.writestr('.env', b); z.close(); return o.getvalue()
t = [('{"api_key": "%s"}' % one).encode() for one in k]
noise = bytes(random.randrange(256) for _ in range(20000))
c.execute('create table t(id integer primary key, name text, body blob, n int)')
packed = [gzip.compress(t[0]), zlib.compress(t[1]), bz2.compress(t[2]), lzma.compress(t[3]), zipped(t[4]), gzip.compress(noise + t[5]), zlib.compress(t[6])]
for n, b in enumerate(packed): c.execute('insert into t(name, body, n) values(?, ?, ?)', ('row %d' % n, b, n))
c.execute('insert into t(name, body, n) values(?, ?, ?)', ('no archive', b'\\x78\\x9c' + b'text' * 20, 9))
c.execute('delete from t where n = 6')`;
    const { keys, ...others } = await found(database(rows, { keys: seeds }), 'x.db', 7_001, seeds);
    expect(others).toEqual(clean);
    expect(new Set(keys.map(([seed]) => seed))).toEqual(new Set(seeds));
    expect(keys.find(([seed]) => seed === 'gzip')).toEqual(['gzip', 'x.db!/page-7/row-1/value-2', 1]);
  });

  it('across the pages of a long value, wherever they lie in the file, once', async () => {
    const seeds = Array.from({ length: 100 }, (_, n) => `row ${n}`);
    const rows = `
c.execute('create table t(id integer primary key, v text)')
for n in range(200): c.execute('insert into t(v) values(?)', ('x' * random.randrange(10, 9000),))
c.execute('delete from t where id % 3 = 0')
for n in range(100): c.execute('insert into t(v) values(?)', ('.' * 5000 + ' ' + k[n] + ' ' + '.' * (41 * n),))`;
    for (const pageBytes of [512, 4096]) {
      const { keys, ...others } = await found(database(rows, { pageBytes, keys: seeds }), 'x.db', 100_000, seeds);
      expect(others).toEqual(clean);
      expect(keys).toHaveLength(seeds.length);
      expect(new Set(keys.map(([seed]) => seed))).toEqual(new Set(seeds));
      const cut = keys.filter(([, path]) => /^x\.db!\/page-\d+\/row-\d+$/.test(`${path}`));
      expect(cut.length).toBeGreaterThan(0);
      expect(cut.length).toBeLessThan(100);
    }
  });

  it('in rows that were deleted', async () => {
    const rows = `
c.execute('create table t(id integer primary key, name text, v text, note text)')
for n in range(20): c.execute('insert into t(name, v, note) values(?, ?, ?)', ('name', k[0] if n == 10 else 'value' * n, 'note'))
c.execute('create table u(id integer primary key, name text, v text, note text)')
c.execute('insert into u(name, v, note) values(?, ?, ?)', ('name', k[1], 'note'))
c.execute('delete from t where id = 11')
c.execute('delete from u')`;
    const { keys, ...others } = await found(database(rows, { keys: ['one', 'two'] }));
    expect(others).toEqual(clean);
    expect(keys).toHaveLength(2);
    expect(new Set(keys.map(([seed]) => seed))).toEqual(new Set(['one', 'two']));
  });

  it('in a write-ahead log, a table without row ids, an index, and a database in other archives', async () => {
    const log = `
c.execute('pragma journal_mode=wal')
c.execute('create table t(name text, v text)')
c.execute('insert into t values(?, ?)', ('name', k[0]))
c.execute('insert into t values(?, ?)', ('name', 'abc'))`;
    const { keys } = await found(database(log, { file: 'x.db-wal' }), 'x.db-wal');
    expect(new Set(keys.map(([seed]) => seed))).toEqual(new Set(['one']));
    const plain = database(`
c.execute('create table t(name text primary key, v text, note text) without rowid')
for n in range(20): c.execute('insert into t values(?, ?, ?)', ('name%d' % n, k[0] if n == 4 else 'abc' * n, 'note'))`);
    expect((await found(plain)).keys.map(([seed]) => seed)).toEqual(['one']);
    expect((await found(gzipSync(plain), 'x.db.gz')).keys.map(([seed]) => seed)).toEqual(['one']);
    const zipped = zip([{ name: 'x.db', content: plain, isStored: true }]);
    expect((await found(zipped, 'x.zip')).keys).toEqual([['one', expect.stringMatching(/^x\.zip!\/x\.db/)]]);
  });
});

it('a database that lies about itself ends, with what can be read of it', async () => {
  const head = Buffer.alloc(100);
  head.write('SQLite format 3\0', 'latin1');
  head.writeUInt16BE(512, 16);
  for (let round = 0; round < 60; round++) {
    const pages = noise(64 * 512);
    for (let page = 0; page < 64; page++) {
      pages[page * 512] = [0x0d, 0x0a, 0x02, 0][page % 4] as number;
      if (page % 4 === 3) pages.writeUInt32BE(page % 64, page * 512);
      else pages.writeUInt16BE(page * 9, page * 512 + 3);
    }
    head.copy(pages);
    pages.write(` ${keyOf('two')} `, 20_000);
    expect((await found(pages)).keys.map(([seed]) => seed)).toContain('two');
  }
});
