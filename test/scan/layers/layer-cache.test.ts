import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import cacache from 'cacache';
import { afterEach, expect, test } from 'vitest';
import { type LayerCacheOptions, openLayerCache } from '../../../src/scan/layers/layer-cache.ts';
import { reportOf } from '../../support/layer-report.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

test('a report comes back as it was kept, with the marks of its paths', async () => {
  const dir = await folder();
  const written = Uint8Array.from({ length: 24 }, (_, n) => n * 10);
  const report = { ...reportOf('a'), written, whiteouts: ['gone'] };
  const { cache } = await open({ dir });
  await cache.put(report.digest, report);
  expect(await cache.get(report.digest)).toEqual(report);
  expect(await cache.get(reportOf('b').digest)).toBeUndefined();
});

test('what other detectors, or another key of the user, found is not found', async () => {
  const dir = await folder();
  const { cache } = await open({ dir, fingerprint: 'one' });
  await cache.put(reportOf('a').digest, reportOf('a'));
  expect(await (await open({ dir, fingerprint: 'two' })).cache.get(reportOf('a').digest)).toBeUndefined();
  expect(await (await open({ dir, fingerprint: 'one' })).cache.get(reportOf('a').digest)).toEqual(reportOf('a'));
});

test.each([
  ['of another layer', { ...reportOf('b') }],
  ['without one of its lists', { ...reportOf('a'), gaps: undefined }],
  ['whose lists are none', { ...reportOf('a'), matches: {} }],
  ['that is no object', []],
])('an entry %s is none, although its bytes are whole', async (_, entry) => {
  const dir = await folder();
  const { cache } = await open({ dir });
  await cache.put(reportOf('a').digest, reportOf('a'));
  const [key] = Object.keys(await cacache.ls(dir));
  await cacache.put(dir, key ?? '', JSON.stringify(entry));
  expect(await cache.get(reportOf('a').digest)).toBeUndefined();
});

test('an entry that is no JSON is none', async () => {
  const dir = await folder();
  const { cache } = await open({ dir });
  await cache.put(reportOf('a').digest, reportOf('a'));
  const [key] = Object.keys(await cacache.ls(dir));
  await cacache.put(dir, key ?? '', '{"digest":');
  expect(await cache.get(reportOf('a').digest)).toBeUndefined();
});

test.each<[string, (file: string) => Promise<void>]>([
  ['changed', (file) => writeFile(file, 'x'.repeat(500))],
  ['emptied', (file) => writeFile(file, '')],
])('an entry that was %s is none, and the next that is kept is one again', async (_, damage) => {
  const dir = await folder();
  const report = reportOf('a');
  await (await open({ dir })).cache.put(report.digest, report);
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isFile()) await damage(path.join(entry.parentPath, entry.name));
  const { cache, warnings } = await open({ dir });
  expect(await cache.get(report.digest)).toBeUndefined();
  await cache.put(report.digest, report);
  expect(await cache.get(report.digest)).toEqual(report);
  expect(warnings).toEqual([]);
});

test('above its limit the oldest entries go, content and all, until three quarters are left; what is not ours stays', async () => {
  const dir = await folder();
  await cacache.put(dir, 'of somebody else', 'x'.repeat(5_000));
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const bytes = JSON.stringify(reportOf('a')).length;
  const { cache, warnings } = await open({ dir, limitBytes: 7 * bytes });
  for (const name of names) {
    await cache.put(reportOf(name).digest, reportOf(name));
    await new Promise((resolve) => setTimeout(resolve, 5)); // an entry's time is in milliseconds
  }
  await cache.close();
  const { cache: again } = await open({ dir });
  const kept = await Promise.all(names.map(async (name) => ((await again.get(reportOf(name).digest)) === undefined ? [] : [name])));
  expect(kept.flat()).toEqual(['d', 'e', 'f', 'g', 'h']); // 5.25 times as long
  expect((await cacache.get(dir, 'of somebody else')).data.length).toBe(5_000);
  const contents = (await readdir(dir, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && entry.parentPath.includes('content-v2'),
  );
  expect(contents).toHaveLength(6);
  expect(warnings).toEqual([]);
});

test('within its limit nothing goes, and a cache that was only read is left alone', async () => {
  const dir = await folder();
  const { cache } = await open({ dir, limitBytes: 10 * JSON.stringify(reportOf('a')).length });
  for (const name of ['a', 'b', 'c']) await cache.put(reportOf(name).digest, reportOf(name));
  await cache.close();
  const { cache: reading } = await open({ dir, limitBytes: 1 });
  expect(await reading.get(reportOf('a').digest)).toEqual(reportOf('a'));
  await reading.close();
  expect(Object.keys(await cacache.ls(dir))).toHaveLength(3);
});

test('a disk that refuses is said once, and what is kept there is still read', async () => {
  const dir = await folder();
  const { cache } = await open({ dir });
  await cache.put(reportOf('a').digest, reportOf('a'));
  const blocked = path.join(dir, 'index-v5', 'file');
  const { cache: other, warnings } = await open({ dir: blocked });
  await writeFile(blocked, '');
  await Promise.all(['a', 'b'].map((name) => other.put(reportOf(name).digest, reportOf(name))));
  await other.put(reportOf('c').digest, reportOf('c'));
  await other.close();
  expect(warnings).toEqual([
    expect.stringMatching(/^the cache of layers in ".*file" cannot be written \(\w+\): this scan goes on without it$/),
  ]);
  expect(await readFile(blocked, 'utf8')).toBe('');
  expect(await cache.get(reportOf('a').digest)).toEqual(reportOf('a'));
});

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'layer-cache-'));
  folders.push(made);
  return made;
}

async function open(options: Partial<LayerCacheOptions> & Pick<LayerCacheOptions, 'dir'>) {
  const warnings: string[] = [];
  const cache = await openLayerCache({ fingerprint: 'detectors', limitBytes: 1e9, warn: (text) => void warnings.push(text), ...options });
  return { cache, warnings };
}
