import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { a, b, c, noise, pass, places, zip } from '../../../support/pass-lab.ts';
import { tarBytes } from '../../../support/tar-bytes.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zip-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const has = (program: string): boolean => (process.env['PATH'] ?? '').split(':').some((at) => existsSync(join(at, program)));
const packed = (program: string, input: string | Uint8Array): Buffer => execFileSync(program, ['-c'], { input });
const file = (name: string, content: Uint8Array) => pass(tarBytes([{ name, content }]), { size: 7_001 });
const found = async (name: string, content: Uint8Array) => {
  const report = await file(name, content);
  return {
    places: places(report).map(({ key, path }) => [key, path]),
    gaps: report.gaps.map(({ detail }) => detail),
    limits: report.limits,
  };
};

describe.skipIf(!has('python3'))("what Python's zipfile writes is read", () => {
  const python = (program: string, name: string): Buffer => {
    execFileSync('python3', ['-c', program, join(folder, name)], { stdio: ['ignore', 'ignore', 'inherit'] });
    return readFileSync(join(folder, name));
  };
  const streamed = (compression: string) => `
import sys, zipfile
class Pipe:
    def __init__(self, path): self.file = open(path, 'wb')
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
    def close(self): self.file.close()
pipe = Pipe(sys.argv[1])
with zipfile.ZipFile(pipe, 'w', zipfile.${compression}) as z:
    z.writestr('one.py', 'x = "${a}"')
    z.writestr('two.py', 'y = "${b}"')
pipe.close()
`;

  test.each(['ZIP_STORED', 'ZIP_DEFLATED'])('to a pipe, sizes behind the data, %s', async (compression) => {
    expect(await found('piped.zip', python(streamed(compression), 'piped.zip'))).toEqual({
      places: [
        [a, 'piped.zip!/one.py'],
        [b, 'piped.zip!/two.py'],
      ],
      gaps: [],
      limits: [],
    });
  });

  test('as zip64, with a comment behind', async () => {
    const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for name, key in (('one.py', '${a}'), ('two.py', '${b}')):
        with z.open(name, 'w', force_zip64=True) as f: f.write(('k = "%s"' % key).encode())
    z.comment = b'PK comment'
`;
    expect(await found('large.zip', python(program, 'large.zip'))).toMatchObject({
      places: [
        [a, 'large.zip!/one.py'],
        [b, 'large.zip!/two.py'],
      ],
      gaps: [],
      limits: [],
    });
  });

  test('as an executable archive: a zip behind a line for the shell', async () => {
    writeFileSync(join(folder, 'app.py'), '');
    const program = `
import pathlib, sys, zipapp
app = pathlib.Path(sys.argv[1] + '-app'); app.mkdir()
(app / '__main__.py').write_text('print(1)\\nkey = "${c}"\\n' * 2)
zipapp.create_archive(app, sys.argv[1], interpreter='/usr/bin/env python3', compressed=True)
`;
    const { places: keys, gaps, limits } = await found('usr/local/bin/tool.pyz', python(program, 'tool.pyz'));
    expect({ keys: new Set(keys.map(String)), gaps, limits }).toEqual({
      keys: new Set([`${c},usr/local/bin/tool.pyz!/__main__.py`]),
      gaps: [],
      limits: [],
    });
  });

  test('a file that was replaced in place is read in both versions', async () => {
    const program = `
import sys, warnings, zipfile
warnings.simplefilter('ignore')
for key in ('${a}', '${b}'):
    with zipfile.ZipFile(sys.argv[1], 'a', zipfile.ZIP_DEFLATED) as z: z.writestr('env', 'K=' + key)
`;
    expect((await found('twice.zip', python(program, 'twice.zip'))).places).toEqual([
      [a, 'twice.zip!/env'],
      [b, 'twice.zip!/env'],
    ]);
  });

  test('in other compressions, bzip2 and LZMA', async () => {
    const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    z.writestr('a', 'K=${a} ' + 'some words ' * 99, zipfile.ZIP_BZIP2)
    z.writestr('b', 'K=${b}', zipfile.ZIP_DEFLATED)
    z.writestr('c', 'K=${c} ' + 'some words ' * 9999, zipfile.ZIP_LZMA)
    z.writestr('d', 'K=${a} ' + 'some words ' * 99, zipfile.ZIP_LZMA)
`;
    expect(await found('mixed.zip', python(program, 'mixed.zip'))).toEqual({
      places: [
        [a, 'mixed.zip!/a'],
        [b, 'mixed.zip!/b'],
        [c, 'mixed.zip!/c'],
        [a, 'mixed.zip!/d'],
      ],
      gaps: [],
      limits: [],
    });
  });
});

test('files of a zip that are packed by xz are read, by an older way are a limit, and a damaged one costs no other', async () => {
  const xz = packed('xz', `K=${a} ${'some words '.repeat(99)}`);
  const cut = packed('bzip2', noise(3_000)).subarray(0, 1_000);
  const entries = [
    { name: 'a', content: xz, isStored: true, method: 95 },
    { name: 'b', content: cut, isStored: true, method: 12 },
    { name: 'c', content: `K=${b}`, method: 8 },
    { name: 'd', content: 'abc', isStored: true, method: 9 },
  ];
  const parts = entries.map((entry) => {
    const one = zip([entry]).subarray(0, -22);
    one.writeUInt16LE(entry.method, 8);
    return one;
  });
  expect(await found('x.zip', Buffer.concat([...parts, zip([])]))).toEqual({
    places: [
      [a, 'x.zip!/a'],
      [b, 'x.zip!/c'],
    ],
    gaps: [],
    limits: [
      { subject: 'damaged archive inside a layer', count: 1 },
      { subject: 'file of a zip that is packed in a way that is not opened', count: 1 },
    ],
  });
});

test.skipIf(!has('zip'))('what Info-ZIP writes is read: a self-extracting archive, and an encrypted file is a limit', async () => {
  writeFileSync(join(folder, 'open.env'), `K=${a}\n`.repeat(20));
  writeFileSync(join(folder, 'closed.env'), `K=${b}\n`.repeat(20));
  const run = (...words: string[]) => execFileSync('zip', ['-q', ...words], { cwd: folder });
  run('-j', 'plain.zip', 'open.env');
  run('-j', '-P', 'pass', 'plain.zip', 'closed.env');
  const program = noise(40_000);
  const plain = readFileSync(join(folder, 'plain.zip'));
  writeFileSync(join(folder, 'setup.exe'), Buffer.concat([program, plain]));
  run('-A', 'setup.exe');
  for (const [name, content] of [
    ['x.zip', plain],
    ['setup.exe', readFileSync(join(folder, 'setup.exe'))],
  ] as const) {
    const { places: keys, ...others } = await found(name, content);
    expect(new Set(keys.map(String))).toEqual(new Set([`${a},${name}!/open.env`]));
    expect(others).toEqual({ gaps: [], limits: [{ subject: 'encrypted file in an archive', count: 1 }] });
  }
});

test('a zip behind anything is found, wherever its first bytes are cut', async () => {
  const inner = zip([{ name: 'k', content: `K=${a}${' '.repeat(100)}` }]);
  for (let size = 1; size < 60; size += 7) {
    const report = await pass(tarBytes([{ name: 'logo.png', content: Buffer.concat([noise(1_000), inner]) }]), { size });
    expect(places(report).map(({ key, path }) => [key, path])).toEqual([[a, 'logo.png!/k']]);
  }
});

test('files behind the directory of a zip, and behind one that comes too early, are read', async () => {
  const [first, second] = [a, b].map((key, n) => zip([{ name: `k${n}`, content: `K=${key}${' '.repeat(100)}` }])) as [Buffer, Buffer];
  const early = Buffer.alloc(46);
  early.writeUInt32LE(0x02014b50, 0);
  for (const content of [Buffer.concat([first, second]), Buffer.concat([zip([{ name: 'x', content: 'x' }]), early, first, second])]) {
    expect((await found('x.zip', content)).places.map(([key]) => key)).toEqual([a, b]);
  }
});

test('a directory that says otherwise than its files is a gap: other programs read by the directory', async () => {
  const packed = deflateRawSync(Buffer.from(`K=${a}${' '.repeat(200)}`));
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(packed.length, 22);
  local.writeUInt16LE(1, 26);
  const central = (method: number): Buffer => {
    const bytes = Buffer.alloc(47);
    bytes.writeUInt32LE(0x02014b50, 0);
    bytes.writeUInt16LE(method, 10);
    bytes.writeUInt32LE(packed.length, 20);
    bytes.writeUInt16LE(1, 28);
    bytes.write('k', 46);
    return bytes;
  };
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central(0).length, 12);
  end.writeUInt32LE(local.length + 1 + packed.length, 16);
  const lying = Buffer.concat([local, Buffer.from('k'), packed, central(8), end]);
  expect(await found('lying.zip', lying)).toEqual({
    places: [],
    gaps: ['read in part: its directory lists 1 of its files otherwise than they stand there'],
    limits: [],
  });
  // Bytecode of a test holds such archives: few programs would open them there, and none behind more than a longest comment.
  expect(await found('test.pyc', Buffer.concat([noise(100), lying, noise(100)]))).toEqual({
    places: [],
    gaps: [],
    limits: [{ subject: 'damaged archive inside a layer', count: 1 }],
  });
  expect(await found('test.pyc', Buffer.concat([noise(100), lying, noise(70_000)]))).toEqual({ places: [], gaps: [], limits: [] });
  expect((await found('setup.exe', Buffer.concat([noise(100), lying]))).gaps).toHaveLength(1);
  expect(await found('true.zip', Buffer.concat([local, Buffer.from('k'), packed, central(0), end]))).toMatchObject({
    gaps: [],
    limits: [],
  });
});

test('bytes that only begin like a zip are no archive', async () => {
  const content = Buffer.concat([noise(300), Buffer.from('PK\x03\x04'), noise(300), Buffer.from(`PK\x05\x06 ${a}`)]);
  expect(await found('program', content)).toEqual({ places: [[a, 'program']], gaps: [], limits: [] });
});
