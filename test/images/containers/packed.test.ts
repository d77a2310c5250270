import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { defaultBudgets } from '../../../src/images/budgets.ts';
import type { LayerReport } from '../../../src/images/layer/layer-pass.ts';
import { a, b, noise, pass, places, type PassTest, zip } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const run = (program: string, words: readonly string[], input: Uint8Array): Buffer =>
  execFileSync(program, words, { input, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] });

const words = (length: number): string => noise(length).toString('hex').replaceAll('ab', '\n');

const packers: readonly (readonly [name: string, pack: (bytes: Uint8Array) => Buffer])[] = [
  ['xz', (bytes) => run('xz', ['-c'], bytes)],
  ['bz2', (bytes) => run('bzip2', ['-c'], bytes)],
  ['lz4', (bytes) => run('lz4', ['-c9'], bytes)],
  ['lz', (bytes) => run('lzip', ['-c'], bytes)],
  ['lzma', (bytes) => run('xz', ['-c', '--format=lzma'], bytes)],
];

async function found(name: string, content: Uint8Array, test: PassTest = {}) {
  const report = await pass(tarBytes([{ name, content }]), test);
  return { places: unpacked(report), gaps: report.gaps, limits: report.limits };
}

/** Packers keep as it is what they cannot make smaller: there a key is seen, too, in bytes that have no lines. */
const unpacked = (report: LayerReport) => places(report).filter((place) => 'line' in place);

describe.each(packers)('what is packed as %s', (name, pack) => {
  const file = Buffer.from(`A=1\nTOKEN=${a}\n`);
  const tree = tarBytes([
    { name: 'etc/filler', content: words(150_000) },
    { name: 'etc/app.env', content: file },
    { name: 'lib/x.whl', content: zip([{ name: 'key.py', content: `k = "${b}"` }]) },
  ]);

  it('is seen in a layer as what gzip packed is: files, tars, and what lies in them', async () => {
    for (const content of [file, tree, noise(0), Buffer.from(`${words(70_000)} ${a} ${words(70_000)}`)]) {
      for (const size of [513, 100_000]) {
        const packed = await found('opt/x.packed', pack(content), { size });
        expect(packed).toEqual(await found('opt/x.packed', gzipSync(content), { size }));
        expect(packed).toMatchObject({ gaps: [], limits: [] });
      }
    }
    expect((await found(`opt/x.tar.${name}`, pack(tree))).places).toEqual([
      { key: a, path: `opt/x.tar.${name}!/etc/app.env`, line: 2, column: 7, offsetInFile: 10 },
      { key: b, path: `opt/x.tar.${name}!/lib/x.whl!/key.py`, line: 1, column: 6, offsetInFile: 5 },
    ]);
  });

  it('is seen inside of each other, three deep', async () => {
    const [, packOther] = packers[(packers.findIndex(([other]) => other === name) + 1) % packers.length] as (typeof packers)[number];
    const inner = tarBytes([{ name: 'inner', content: pack(packOther(pack(file))) }]);
    expect(await found('x.tar', inner)).toMatchObject({ places: [{ key: a, path: 'x.tar!/inner' }], gaps: [], limits: [] });
    expect((await found('x', pack(pack(pack(pack(file)))))).gaps).toEqual([
      { reason: 'too-large', subject: 'sha256:0 x', detail: 'not opened: it lies deeper than 3 containers' },
    ]);
  });

  it('as a whole layer is read like one that gzip packed', async () => {
    const layer = tarBytes([{ name: 'etc/app.env', content: file }]);
    const [packed, gzipped] = await Promise.all([pass(pack(layer)), pass(gzipSync(layer))]);
    expect(unpacked(packed)).toEqual([{ key: a, path: 'etc/app.env', line: 2, column: 7, offsetInFile: 10 }]);
    expect({ ...packed, compressedBytes: 0 }).toEqual({ ...gzipped, compressedBytes: 0 });
    const cut = await pass(pack(tree).subarray(0, 100_000));
    expect(cut.gaps).toEqual([
      {
        reason: 'malformed',
        subject: 'sha256:0',
        detail: expect.stringMatching(/^read as far as it can be unpacked: the \w+ stream ends/),
      },
    ]);
  });

  it('that was cut, or is followed by others, is a limit, and what can be read is searched', async () => {
    const packed = pack(Buffer.from(`${a}\n${words(700_000)}`));
    for (const content of [packed.subarray(0, -20_000), Buffer.concat([packed, Buffer.from('behind')])]) {
      expect(await found('x', content)).toMatchObject({
        places: [{ key: a, path: 'x', line: 1, column: 1 }],
        gaps: [],
        limits: [{ subject: 'damaged archive inside a layer', count: 1 }],
      });
    }
  });

  it('a bomb stops at the budget at once, and what follows it is read', async () => {
    const bomb = pack(Buffer.alloc(100 << 20));
    const started = performance.now();
    const layer = tarBytes([
      { name: 'bomb', content: bomb },
      { name: 'after', content: pack(file) },
    ]);
    const report = await pass(layer, { budgets: { ...defaultBudgets, nested: { ...defaultBudgets.nested, ratio: 20 } } });
    expect(report.gaps).toEqual([
      { reason: 'too-large', subject: 'sha256:0 bomb', detail: 'read in part: it unpacks to more than 20 times its size' },
    ]);
    expect(unpacked(report)).toMatchObject([{ key: a, path: 'after' }]);
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 120_000);
});

it('a window that is larger than what is kept is a gap where something reaches back that far, and nothing where nothing does', async () => {
  const start = Buffer.from(words(200_000));
  const text = Buffer.from(`TOKEN=${a}\n`);
  const pack = (...parts: readonly Buffer[]): Buffer => run('xz', ['-c', '-0', '--lzma2=preset=0,dict=64MiB'], Buffer.concat(parts));
  expect(await found('near.xz', pack(start, text, start))).toMatchObject({ places: [{ key: a }], gaps: [], limits: [] });
  expect(await found('far.xz', pack(start, text, Buffer.alloc(17 << 20), start))).toMatchObject({
    places: [{ key: a }],
    gaps: [{ reason: 'too-large', subject: 'sha256:0 far.xz', detail: 'read in part: to unpack it takes a window of 67108864 bytes' }],
    limits: [],
  });
});
