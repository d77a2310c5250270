import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layerPassesHere } from '../../../src/scan/layers/layer-passes.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { zip } from '../../support/pass-lab.ts';
import { goTable } from '../../support/string-tables.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const set = await loadDetectorSet();
const passes = layerPassesHere({ set });
const key = exampleOf(set.detectors, 'google.api-key', 1);
const { bytes: table } = goTable(key, 'program');
const magics: readonly (readonly [string, readonly number[]])[] = [
  ['ELF', [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]],
  ['PE', [0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0]],
  ['Mach-O', [0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1]],
  ['Mach-O for two processors', [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2]],
  ['WebAssembly', [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]],
  ['bitcode of LLVM', [0x42, 0x43, 0xc0, 0xde, 0x35, 0x14, 0, 0]],
  ['an object of Go', [...Buffer.from('go object linux amd64\0')]],
];
const program = (magic: readonly number[] = magics[0]![1]): Buffer => Buffer.concat([Buffer.from(magic), Buffer.alloc(600, 1), table]);

describe('a key in the string table of a program', () => {
  it.each(magics)('is found in %s', async (_, magic) => {
    expect(await pathsIn(tarBytes([{ name: 'app/run', content: program(magic) }]))).toEqual(['app/run']);
  });

  it.each([
    ['a text', Buffer.from('# names\n')],
    ['a text that begins as PE does', Buffer.from('MZ is how they begin\n')],
    ['a class of Java', Buffer.from([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 65])],
  ])('is none in %s', async (_, head) => {
    expect(await pathsIn(tarBytes([{ name: 'app/run', content: Buffer.concat([head, table]) }]))).toEqual([]);
  });

  it('is found in a program among texts, and none in the texts before it and behind it', async () => {
    const files = [
      { name: 'a.txt', content: table },
      { name: 'run', content: program() },
      { name: 'z.txt', content: table },
    ];
    expect(await pathsIn(tarBytes(files))).toEqual(['run']);
    expect(await pathsIn(tarBytes([{ name: 'in.tar.gz', content: gzipSync(tarBytes(files)) }]))).toEqual(['in.tar.gz!/run']);
    expect(await pathsIn(tarBytes([{ name: 'in.tar', content: tarBytes(files) }]))).toEqual(['in.tar!/run']);
    expect(await pathsIn(tarBytes([{ name: 'x.whl', content: zip(files) }]))).toEqual(['x.whl!/run']);
    expect(await pathsIn(tarBytes([{ name: 'x.zip', content: zip(files.map((file) => ({ ...file, isStored: true }))) }]))).toEqual([
      'x.zip!/run',
    ]);
  });

  it('is found in a packed program, and in a blob that is one', async () => {
    expect(
      await pathsIn(
        tarBytes([
          { name: 'run.gz', content: gzipSync(program()) },
          { name: 'a.gz', content: gzipSync(table) },
        ]),
      ),
    ).toEqual(['run.gz']);
    expect(await pathsIn(program())).toEqual(['']);
  });
});

async function pathsIn(layer: Buffer): Promise<readonly string[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < layer.length; at += 5000) yield layer.subarray(at, at + 5000);
  }
  const blob = { digest: 'sha256:0', size: layer.length, mediaType: '' };
  const { matches } = await passes.passLayer(blob, bytes(), new AbortController().signal);
  return matches.filter(({ detector }) => detector === 'google.api-key').map(({ path }) => path);
}
