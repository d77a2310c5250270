import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openExtent } from '../../../src/images/sources/extent.ts';
import type { LayerReport } from '../../../src/images/layer/layer-pass.ts';
import { layerPassesHere } from '../../../src/scan/layers/layer-passes.ts';
import { createLayerPool } from '../../../src/scan/layers/layer-pool.ts';
import { startThread, type Thread } from '../../../src/scan/layers/layer-thread.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { BlobFailed, type BlobRef } from '../../../src/images/image.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const set = await loadDetectorSet();
const { detectors } = set;
const key = exampleOf(detectors, 'anthropic.api-key', 'pool');
const pool = createLayerPool({ workers: 2, here: layerPassesHere({ set }), search: set.shared });
afterAll(() => pool.close());

const tar = tarBytes([
  { name: 'noise', content: randomBytes(6 << 20) },
  { name: 'app/.env', content: `A=1\nANTHROPIC_API_KEY=${key}\n` },
]);
const layer = gzipSync(tar, { level: 1 });

test('a layer gives the same report in this thread, in another, and split over two', async () => {
  const here = await passed(layer.length, 0);
  const there = await passed(layer.length, 1 << 30);
  const parted = await passed(1 << 30, 0);
  expect(here.matches.map(({ path, line, column }) => ({ path, line, column }))).toEqual([{ path: 'app/.env', line: 2, column: 19 }]);
  expect(there).toEqual(here);
  expect(parted).toEqual(here);
});

test('threads that were started ahead pass layers, and all of them end with the pool', async () => {
  const events: string[] = [];
  const watched = (name: string): Thread => {
    const thread = startThread();
    return {
      ...thread,
      pass(...work) {
        events.push(`${name} passes`);
        return thread.pass(...work);
      },
      close() {
        events.push(`${name} ends`);
        return thread.close();
      },
    };
  };
  const ahead = [watched('first'), watched('second')];
  const other = createLayerPool({ workers: 2, here: layerPassesHere({ set }), search: set.shared, ahead });
  const report = await other.passLayer(blob(layer.length), pieces(), new AbortController().signal, { othersBytes: 1 << 30 });
  await other.close();
  expect(report.matches).toHaveLength(1);
  expect(events).toEqual(['first passes', 'first ends', 'second ends']);
});

test('several layers are passed at once and each gets its own report', async () => {
  const reports = await Promise.all(Array.from({ length: 5 }, () => passed(layer.length, 1 << 30)));
  expect(new Set(reports.map((report) => JSON.stringify(report))).size).toBe(1);
});

test('a download that breaks and an interruption end in a report with a gap, wherever the layer is passed', async () => {
  const gap = { reason: 'unavailable' as const, subject: 'sha256:0', detail: 'the connection broke' };
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield layer.subarray(0, 1 << 20);
    throw new BlobFailed(gap);
  }
  for (const [size, others] of [
    [1, 0],
    [1 << 20, 1 << 30],
    [1 << 30, 0],
  ] as const) {
    expect((await pool.passLayer(blob(size), broken(), new AbortController().signal, { othersBytes: others })).gaps).toEqual([gap]);
    const abort = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let n = 0; ; n++) {
        if (n === 30) abort.abort();
        yield Buffer.alloc(60_000, 1);
      }
    }
    expect((await pool.passLayer(blob(size), endless(), abort.signal, { othersBytes: others })).gaps).toMatchObject([
      { reason: 'interrupted' },
    ]);
  }
  // The threads are as good as new.
  expect((await passed(layer.length, 1 << 30)).matches).toHaveLength(1);
});

describe('a layer that lies on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aispm-'));
  const file = join(folder, 'blob');
  const large = tarBytes([
    { name: 'noise', content: randomBytes(26 << 20) },
    { name: 'app/.env', content: `ANTHROPIC_API_KEY=${key}\n` },
  ]);
  writeFileSync(file, large);
  afterAll(() => rmSync(folder, { recursive: true }));
  const digest = `sha256:${createHash('sha256').update(large).digest('hex')}`;
  // Beside much it is passed in one thread, beside nothing it is split over two.
  const ways = [[1 << 30], [0]] as const;

  /** The report, and what was told about the reading. */
  async function fromDisk(blobDigest: string, othersBytes: number, signal = new AbortController().signal) {
    const told = { bytes: 0, hasEnded: false, isClosed: false };
    const report = await pool.passLayer({ ...blob(large.length), digest: blobDigest }, never(), signal, {
      othersBytes,
      onDisk: {
        async open() {
          const extent = await openExtent(file);
          return { ...extent, close: () => extent.close().then(() => void (told.isClosed = true)) };
        },
        took: (bytes) => void (told.bytes += bytes),
        ended: () => void (told.hasEnded = true),
      },
    });
    return { report, told };
  }

  async function* never(): AsyncGenerator<Uint8Array> {
    yield expect.unreachable('was read by the main thread');
  }

  test.each(ways)('is read by the thread that passes it, which says when it was whole (beside %i bytes)', async (others) => {
    const { report, told } = await fromDisk(digest, others);
    expect(report).toMatchObject({ digest, compressedBytes: large.length, matches: [{ path: 'app/.env', column: 19 }], gaps: [] });
    expect(told).toEqual({ bytes: large.length, hasEnded: true, isClosed: true });
  });

  test.each(ways)('that is not what its digest names is read, and a gap (beside %i bytes)', async (others) => {
    const { report, told } = await fromDisk(`sha256:${'0'.repeat(64)}`, others);
    expect(report.matches).toHaveLength(1);
    expect(report.gaps).toMatchObject([{ reason: 'malformed', detail: expect.stringContaining('not those of its digest') as string }]);
    expect(told.hasEnded).toBe(false);
  });

  test.each(ways)('is read no further when the run is interrupted (beside %i bytes)', async (others) => {
    const { report, told } = await fromDisk(digest, others, AbortSignal.abort());
    expect(report.gaps).toMatchObject([{ reason: 'interrupted' }]);
    expect(told).toEqual({ bytes: 0, hasEnded: false, isClosed: true });
  });

  test('that cannot be opened is asked of who can say why', async () => {
    const gap = { reason: 'unavailable' as const, subject: digest, detail: 'it is gone' };
    async function* gone(): AsyncGenerator<Uint8Array> {
      yield layer.subarray(0, 1000);
      throw new BlobFailed(gap);
    }
    const onDisk = { open: async () => undefined, took: () => undefined, ended: () => undefined };
    const report = await pool.passLayer(blob(1 << 30), gone(), new AbortController().signal, { othersBytes: 1 << 30, onDisk });
    expect(report.gaps).toEqual([gap]);
  });
});

test('what the source of the bytes throws otherwise comes out', async () => {
  async function* faulty(): AsyncGenerator<Uint8Array> {
    yield layer.subarray(0, 1000);
    throw new Error('a bug of ours');
  }
  await expect(pool.passLayer(blob(1 << 20), faulty(), new AbortController().signal, { othersBytes: 1 << 30 })).rejects.toThrow(
    'a bug of ours',
  );
});

const blob = (size: number): BlobRef => ({ digest: 'sha256:0', size, mediaType: 'application/octet-stream' });

function passed(size: number, others: number): Promise<LayerReport> {
  return pool.passLayer(blob(size), pieces(), new AbortController().signal, { othersBytes: others });
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < layer.length; at += 200_000) yield layer.subarray(at, at + 200_000);
}
