import { describe, expect, test } from 'vitest';
import { BlobFailed, type BlobRef, type ImageGap, type ImageReader } from '../../../src/images/image.ts';
import type { LayerReport } from '../../../src/images/layer/layer-pass.ts';
import type { LayerCache } from '../../../src/scan/layers/layer-cache.ts';
import { type PassLayer, readLayer } from '../../../src/scan/layers/read-layer.ts';
import { reportOf } from '../../support/layer-report.ts';

const whole = 'all bytes of the layer';
const blob: BlobRef = { digest: reportOf(whole).digest, size: 2 ** 21, mediaType: 'application/vnd.oci.image.layer.v1.tar' };
const cut: ImageGap = { reason: 'unavailable', subject: blob.digest, detail: 'the connection broke' };

test('what is known of a layer is taken, and nothing is read', async () => {
  const report = reportOf(whole);
  const { outcome, asked, kept } = await read([reader([whole])], { known: report });
  expect([outcome, asked, kept]).toEqual([{ report, isKnown: true }, 0, []]);
});

test('the first reader that has the whole of it is enough, and what it saw is kept', async () => {
  const { outcome, asked, kept, bytes } = await read([reader(['all bytes ', 'of the layer']), reader([whole])]);
  expect(outcome).toEqual({ report: reportOf(whole), isKnown: false });
  expect([asked, kept, bytes]).toEqual([1, [reportOf(whole)], whole.length]);
});

describe('a layer that is cut on the way', () => {
  test('is asked of the next repository that has it', async () => {
    const { outcome, kept } = await read([reader(['all'], cut), reader([whole])]);
    expect(outcome).toEqual({ report: reportOf(whole), isKnown: false });
    expect(kept).toEqual([reportOf(whole)]);
  });

  test('counts as far as it was seen at best, and is kept by nobody', async () => {
    for (const readers of [
      [reader(['all'], cut), reader(['all bytes'], cut), reader(['all b'], cut)],
      [reader(['all bytes'], cut), reader(['a'], cut)],
    ]) {
      const { outcome, kept } = await read(readers);
      expect(outcome).toEqual({ report: reportOf('all bytes', { digest: blob.digest, gaps: [cut] }), isKnown: false });
      expect(kept).toEqual([]);
    }
  });
});

test('other bytes than the digest names are asked for once more, and only once', async () => {
  const differs: ImageGap = { reason: 'malformed', subject: blob.digest, detail: 'other bytes' };
  const healed = reader(['other'], differs, { mayDiffer: true, later: [whole] });
  expect((await read([healed])).outcome).toEqual({ report: reportOf(whole), isKnown: false });
  const lasting = reader(['other'], differs, { mayDiffer: true });
  const { outcome, asked, kept } = await read([lasting]);
  expect(outcome.report?.gaps).toEqual([differs]);
  expect([asked, kept]).toEqual([2, []]);
  expect((await read([reader(['other'], differs)])).asked).toBe(1);
});

test.each([
  ['malformed', true],
  ['unsupported', true],
  ['too-large', true],
  ['interrupted', false],
  ['unavailable', false],
] as const)('a whole layer with a gap because it is %s is kept: %s', async (reason, isKept) => {
  const gap: ImageGap = { reason, subject: 'a file', detail: 'why' };
  const { outcome, kept } = await read([reader([whole])], { gaps: [gap] });
  expect(outcome.report?.gaps).toEqual([gap]);
  expect(kept.length).toBe(isKept ? 1 : 0);
});

test('a layer that no reader can begin is a gap with the first reason', async () => {
  const first: ImageGap = { reason: 'denied', subject: blob.digest, detail: 'no access' };
  const throwing =
    (gap: ImageGap): PassLayer =>
    async () =>
      Promise.reject(new BlobFailed(gap));
  const gaps = [first, cut].values();
  const passLayer: PassLayer = (...words) => throwing(gaps.next().value ?? cut)(...words);
  const { outcome } = await read([reader([whole]), reader([whole])], { passLayer });
  expect(outcome).toEqual({ isKnown: false, gap: first });
});

test('an interrupted scan reads no further, and says so', async () => {
  const { outcome, asked } = await read([reader([whole])], { signal: AbortSignal.abort() });
  expect(asked).toBe(0);
  expect(outcome).toEqual({
    isKnown: false,
    gap: { reason: 'interrupted', subject: blob.digest, detail: 'the scan was interrupted before this layer was read' },
  });
});

test('a bug is no gap', async () => {
  const passLayer: PassLayer = async () => Promise.reject(new TypeError('a bug'));
  await expect(read([reader([whole])], { passLayer })).rejects.toThrow(new TypeError('a bug'));
});

interface Setting {
  readonly known?: LayerReport;
  readonly gaps?: readonly ImageGap[];
  readonly passLayer?: PassLayer;
  readonly signal?: AbortSignal;
}

async function read(readers: readonly ImageReader[], { known, gaps = [], passLayer, signal }: Setting = {}) {
  const kept: LayerReport[] = [];
  const cache: LayerCache = {
    get: async () => known,
    put: async (_, report) => void kept.push(report),
    close: async () => {},
  };
  let asked = 0;
  let bytes = 0;
  const counting: PassLayer = async (...words) => {
    asked++;
    return (passLayer ?? seeing(gaps))(...words);
  };
  const outcome = await readLayer(blob, new Set(readers), {
    passLayer: counting,
    cache,
    signal: signal ?? new AbortController().signal,
    othersBytes: 0,
    onBytes: (count) => void (bytes += count),
  });
  return { outcome, asked, kept, bytes };
}

/** A pass over bytes: what the reader throws is a gap of what was seen until then. */
const seeing =
  (gaps: readonly ImageGap[]): PassLayer =>
  async ({ digest }, chunks) => {
    let seen = '';
    try {
      for await (const chunk of chunks) seen += Buffer.from(chunk).toString();
    } catch (error) {
      if (!(error instanceof BlobFailed)) throw error;
      return reportOf(seen, { digest, gaps: [error.gap] });
    }
    return reportOf(seen, { digest, gaps });
  };

interface Later {
  readonly mayDiffer?: boolean;
  /** What comes from the second time on. */
  readonly later?: readonly string[];
}

function reader(chunks: readonly string[], gap?: ImageGap, { mayDiffer = false, later }: Later = {}): ImageReader {
  let times = 0;
  return {
    repository: 'oci:registry.example/app',
    reference: 'registry.example/app',
    async *manifests() {},
    async *read() {
      const isLater = ++times > 1 && later !== undefined;
      for (const chunk of isLater ? later : chunks) yield Buffer.from(chunk);
      if (gap !== undefined && !isLater) throw new BlobFailed(gap, { mayDiffer });
    },
    close: async () => {},
  };
}
