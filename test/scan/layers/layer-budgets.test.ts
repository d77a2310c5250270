import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { defaultBudgets, type LayerBudgets } from '../../../src/images/budgets.ts';
import { type LayerPasses, layerPassesHere } from '../../../src/scan/layers/layer-passes.ts';
import { createLayerPool } from '../../../src/scan/layers/layer-pool.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { zip } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const set = await loadDetectorSet();
const key = exampleOf(set.detectors, 'anthropic.api-key', 'budgets');
const secret = `ANTHROPIC_API_KEY=${key}\n`;
const text = (lines: number): string => Array.from({ length: lines }, (_, n) => `line ${n} of ${lines}\n`).join('');
const pools: LayerPasses[] = [];
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

/** In this thread, in another, split over two. */
const ways = [
  [1, 0],
  [1 << 20, 1 << 30],
  [1 << 30, 0],
] as const;

const first = { name: 'first/.env', content: secret };
const last = { name: 'last/.env', content: secret };
const many = Array.from({ length: 3000 }, (_, n) => ({ name: `many/${n}`, content: 'x'.repeat(600) }));
/** More than a budget may overlook: all layers here unpack to some megabytes. */
const noise = { name: 'noise', content: randomBytes(6 << 20) };
const inner = gzipSync(text(400_000));

const distribution = (name: string) => ({
  name: `site/${name}/torch-2.5.0.dist-info/METADATA`,
  content: 'Name: torch\nVersion: 2.5.0\n\n',
});

const cases: readonly [string, Partial<LayerBudgets>, readonly { name: string; content: string | Buffer }[], RegExp, readonly string[]][] =
  [
    ['bytes', { bytes: 3 << 20 }, [first, noise, last], /unpacks to more than 3145728 bytes/, ['first/.env']],
    ['files', { entries: 1000 }, [first, ...many, noise, last], /holds more than 1000 files/, ['first/.env']],
    [
      'places of keys',
      { keys: 2 },
      [first, { name: 'keys', content: secret.repeat(9) }, noise, last],
      /keys at more than 2 places/,
      ['first/.env'],
    ],
    [
      'components',
      { components: 1 },
      [first, ...['a', 'b', 'c'].map(distribution), noise, last],
      /holds more than 1 AI components/,
      ['first/.env'],
    ],
    ['time', { ms: -1 }, [first, noise, last], /takes longer than -1 ms/, []],
    [
      'bytes of containers',
      { nested: { ...defaultBudgets.nested, bytes: 1 << 20 } },
      [first, { name: 'a.gz', content: inner }, { name: 'b.gz', content: gzipSync(secret) }, last],
      /a.gz: .*it unpacks to more than 524288 bytes/,
      ['b.gz', 'first/.env', 'last/.env'],
    ],
    [
      'files of containers',
      { nested: { ...defaultBudgets.nested, entries: 1 } },
      [first, { name: 'a.gz', content: gzipSync(secret) }, { name: 'b.gz', content: gzipSync(secret) }, last],
      /containers hold more than 1 files/,
      ['a.gz', 'first/.env', 'last/.env'],
    ],
    [
      'files of one container',
      { nested: { ...defaultBudgets.nested, entries: 9 } },
      [
        first,
        { name: 'a.zip', content: zip(Array.from({ length: 20 }, (_, n) => ({ name: `${n}`, content: 'x' }))) },
        { name: 'b.gz', content: gzipSync(secret) },
        last,
      ],
      /a.zip: .*it holds more than 5 files/,
      ['b.gz', 'first/.env', 'last/.env'],
    ],
    [
      'depth of containers',
      { nested: { ...defaultBudgets.nested, depth: 1 } },
      [first, { name: 'a.gz', content: gzipSync(gzipSync(secret)) }, last],
      /deeper than 1 container/,
      ['first/.env', 'last/.env'],
    ],
    [
      'time of containers',
      { nested: { ...defaultBudgets.nested, ms: -1 } },
      [first, { name: 'a.gz', content: inner }, last],
      /containers take longer than -1 ms/,
      ['first/.env', 'last/.env'],
    ],
  ];

for (const [what, budgets, files, gap, paths] of cases) {
  test(`a layer that spends its budget of ${what} ends with a gap and keeps what was found, in any thread`, async () => {
    const pool = poolOf({ ...defaultBudgets, ...budgets });
    const packed = gzipSync(tarBytes([...files]), { level: 1 });
    for (const [size, others] of ways) {
      const report = await passed(pool, packed, size, others);
      expect(report.gaps.map(({ reason }) => reason)).toEqual(['too-large']);
      expect(`${report.gaps[0]?.subject}: ${report.gaps[0]?.detail}`).toMatch(gap);
      const found = [...new Set(report.matches.map(({ path }) => path))].sort();
      expect(found.filter((path) => paths.includes(path))).toEqual(paths);
      // What a budget cut off is not said to have been seen.
      if (report.uncompressedBytes < 4 << 20 && what === 'bytes') expect(found).toEqual(paths);
    }
  });
}

test('what is found in the last bytes of a layer is held to the budgets, too; gaps beyond the budget are counted in one', async () => {
  const deep = gzipSync(gzipSync('text'));
  const files = [first, { name: 'keys', content: secret.repeat(9) }, { name: 'a.gz', content: deep }, { name: 'b.gz', content: deep }];
  const nested = { ...defaultBudgets.nested, depth: 1 };
  const report = await passed(poolOf({ ...defaultBudgets, keys: 2, gaps: 2, nested }), gzipSync(tarBytes(files)), 1, 0);
  expect(report.matches.map(({ path }) => path)).toEqual(['first/.env', 'keys']);
  expect(report.gaps.map(({ detail }) => detail)).toEqual([
    'not opened: it lies deeper than 1 container',
    'not opened: it lies deeper than 1 container',
    '1 further gap is not listed one by one',
  ]);
});

test('a bomb of zeros stops at its ratio with a gap, in any thread', async () => {
  const pool = poolOf({ ...defaultBudgets, ratio: 100 });
  const bomb = gzipBomb(tarBytes([first]).subarray(0, 1024));
  for (const [size, others] of ways) {
    const report = await passed(pool, bomb, size, others);
    expect(report.gaps).toMatchObject([{ reason: 'too-large', detail: 'read in part: it unpacks to more than 100 times its size' }]);
    expect(report.matches.map(({ path }) => path)).toEqual(['first/.env']);
  }
}, 120_000);

/** Members of a gzip may follow one another: the same sixteen megabytes of zeros, many times over. */
function gzipBomb(start: Buffer): Buffer {
  const zeros = gzipSync(Buffer.alloc(16 << 20));
  return Buffer.concat([gzipSync(start), ...Array.from({ length: 80 }, () => zeros)]);
}

function poolOf(budgets: LayerBudgets): LayerPasses {
  const pool = createLayerPool({ workers: 2, here: layerPassesHere({ set, budgets }), search: set.shared, budgets });
  pools.push(pool);
  return pool;
}

function passed(pool: LayerPasses, packed: Buffer, size: number, others: number) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < packed.length; at += 200_000) yield packed.subarray(at, at + 200_000);
  }
  return pool.passLayer({ digest: 'sha256:0', size, mediaType: '' }, chunks(), new AbortController().signal, { othersBytes: others });
}
