import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createComponentReader } from '../../../src/images/components/reader.ts';
import { a, b, pass, places, zip } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'formats-'));
  mkdirSync(join(folder, 'tree/etc'), { recursive: true });
  writeFileSync(join(folder, 'tree/etc/app.env'), `A=1\nTOKEN=${a}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const has = (program: string): boolean => (process.env['PATH'] ?? '').split(':').some((at) => existsSync(join(at, program)));
const run = (program: string, words: readonly string[], input?: Uint8Array): Buffer =>
  execFileSync(program, words, { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'], ...(input && { input }) });

async function found(name: string, content: Uint8Array, size = 7_001) {
  const report = await pass(tarBytes([{ name, content }]), { size });
  return { places: places(report), gaps: report.gaps, limits: report.limits };
}

const at = (path: string) => ({ places: [{ key: a, path, line: 2, column: 7, offsetInFile: 10 }], gaps: [], limits: [] });

describe.skipIf(!has('dpkg-deb'))('what dpkg-deb writes is opened', () => {
  const build = (compression: string): Buffer => {
    mkdirSync(join(folder, 'tree/DEBIAN'), { recursive: true });
    writeFileSync(
      join(folder, 'tree/DEBIAN/control'),
      'Package: t\nVersion: 1\nArchitecture: all\nMaintainer: t <t@example.com>\nDescription: t\n',
    );
    run('dpkg-deb', [`-Z${compression}`, '-b', 'tree', 't.deb']);
    rmSync(join(folder, 'tree/DEBIAN'), { recursive: true });
    return readFileSync(join(folder, 't.deb'));
  };

  it.each([
    ['gzip', 'data.tar.gz'],
    ['zstd', 'data.tar.zst'],
    ['none', 'data.tar'],
    ['xz', 'data.tar.xz'],
  ])('packed as %s', async (compression, member) => {
    for (const size of [1, 7_001]) expect(await found('t.deb', build(compression), size)).toEqual(at(`t.deb!/${member}!/etc/app.env`));
  });
});

describe.skipIf(!has('cpio'))('what cpio writes is opened', () => {
  const cpio = (): Buffer => execFileSync('sh', ['-c', 'cd tree && find . | cpio -o -H newc --quiet'], { cwd: folder });

  it('as it is, packed, and behind another archive and zeros, as initial RAM disks are', async () => {
    for (const size of [1, 7_001]) {
      expect(await found('initrd', cpio(), size)).toEqual(at('initrd!/etc/app.env'));
      expect(await found('initrd', gzipSync(cpio()), size)).toEqual(at('initrd!/etc/app.env'));
    }
    const early = cpioOf([{ name: 'kernel/x86/microcode/x.bin', content: 'abc' }]);
    for (const main of [gzipSync(cpio()), cpio()]) {
      expect(await found('initrd', Buffer.concat([early, Buffer.alloc(700), main]))).toEqual(at('initrd!/etc/app.env'));
    }
  });

  it.each(['odc', 'bin', 'crc'])('in the form of %s, and what is packed in it', async (form) => {
    writeFileSync(join(folder, 'tree/etc/more.gz'), gzipSync(`K=${b}\n`.repeat(9)));
    const old = run('sh', ['-c', `cd tree && find . | sort | cpio -o -H ${form} --quiet`]);
    rmSync(join(folder, 'tree/etc/more.gz'));
    // The other order of bytes is that of other processors: each pair of a header is swapped.
    const others = form === 'bin' ? [old, swapped(old)] : [old];
    for (const content of others) {
      for (const size of [1, 7_001]) {
        const { places: met, ...unread } = await found('x', content, size);
        expect(met.slice(0, 2)).toMatchObject([
          { key: a, path: 'x!/etc/app.env', line: 2, column: 7, offsetInFile: 10 },
          { key: b, path: 'x!/etc/more.gz' },
        ]);
        expect(unread).toEqual({ gaps: [], limits: [] });
      }
    }
  });
});

function swapped(archive: Buffer): Buffer {
  const bytes = Buffer.from(archive);
  const even = (length: number): number => length + (length & 1);
  for (let at = 0; bytes.readUInt16LE(at) === 0o070707; ) {
    const length = even(bytes.readUInt16LE(at + 20)) + even(bytes.readUInt16LE(at + 22) * 65_536 + bytes.readUInt16LE(at + 24));
    bytes.subarray(at, at + 26).swap16();
    at += 26 + length;
  }
  return bytes;
}

/** One file after the other, as newc writes them. */
function cpioOf(files: readonly { readonly name: string; readonly content: string }[]): Buffer {
  const fill = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  const member = (name: string, content: string): Buffer => {
    const numbers = [1, 0o100644, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0].map(hex);
    return Buffer.concat([fill(Buffer.from(`070701${numbers.join('')}${name}\0`)), fill(Buffer.from(content))]);
  };
  return Buffer.concat([...files, { name: 'TRAILER!!!', content: '' }].map(({ name, content }) => member(name, content)));
}

it('an archive of cpio whose first header is damaged where nobody looks is one; digits that begin a text are none', async () => {
  const archive = cpioOf([{ name: 'k.gz', content: 'x' }]);
  const packed = gzipSync(`K=${a}\n`.repeat(9));
  const whole = Buffer.concat([archive.subarray(0, 116), packed, Buffer.alloc(-packed.length & 3), archive.subarray(120)]);
  whole.write(packed.length.toString(16).padStart(8, '0'), 54);
  whole.fill(0x7a, 8, 12);
  expect((await found('x', whole)).places.at(0)).toMatchObject({ key: a, path: 'x!/k.gz' });
  expect(await found('x', Buffer.from(`070701 was a day\n${'and many followed\n'.repeat(20)}`))).toEqual({
    places: [],
    gaps: [],
    limits: [],
  });
});

it('archives of cpio and ar that are cut or damaged lose nothing that stands in them', async () => {
  const cpio = cpioOf([
    { name: 'one', content: ` ${a} ` },
    { name: 'two', content: ` ${b} ` },
  ]);
  const damaged = Buffer.from(cpio);
  damaged.fill(0x7a, 54, 62);
  for (const [bytes, keys] of [
    [cpio.subarray(0, 200), [a]],
    [damaged, [a, b]],
  ] as const) {
    const { places: met, gaps, limits } = await found('initrd', bytes);
    expect({ keys: met.map(({ key }) => key), gaps }).toEqual({ keys, gaps: [] });
    expect(limits).toEqual([{ subject: 'damaged archive inside a layer', count: 1 }]);
  }
});

it('a tar inside whose first header is damaged is one, as it is for programs that go on at the next', async () => {
  const tar = tarBytes([
    { name: 'one', content: 'x' },
    { name: 'two.gz', content: gzipSync(`K=${a}\n`.repeat(9)) },
  ]);
  const damaged = Buffer.from(tar);
  damaged[150] = 0x39;
  const without = Buffer.from(damaged).fill(0, 257, 265);
  for (const [name, content, faults] of [
    ['data', damaged, 1],
    ['x.tar', without, 1],
    ['x.tar', Buffer.concat([Buffer.alloc(512), tar]), 0],
  ] as const) {
    const { places: met, gaps, limits } = await found(name, content);
    expect(met.at(0)).toMatchObject({ key: a, path: `${name}!/two.gz` });
    expect({ gaps, limits }).toEqual({ gaps: [], limits: faults === 0 ? [] : [{ subject: 'damaged archive inside a layer', count: 1 }] });
  }
});

it('a zip in a file that only has the name of a tar is opened', async () => {
  const { places: met } = await found('x.tar', Buffer.concat([Buffer.alloc(600, 'x'), zip([{ name: 'k', content: `K=${a} `.repeat(9) }])]));
  expect(met.at(0)).toMatchObject({ key: a, path: 'x.tar!/k' });
});

describe.skipIf(!has('rpmbuild'))('what rpmbuild writes is opened', () => {
  it.each([
    ['w9.gzdio', at('t.rpm!/etc/app.env')],
    ['w19.zstdio', at('t.rpm!/etc/app.env')],
    ['w.ufdio', at('t.rpm!/etc/app.env')],
    ['w7.xzdio', at('t.rpm!/etc/app.env')],
    ['w9.bzdio', at('t.rpm!/etc/app.env')],
    ['w5.lzdio', at('t.rpm!/etc/app.env')],
  ])(
    'packed as %s',
    async (payload, expected) => {
      const lines = [
        'Name: t',
        'Version: 1',
        'Release: 1',
        'Summary: t',
        'License: t',
        'BuildArch: noarch',
        `%define _binary_payload ${payload}`,
        '%description',
        't',
        '%install',
        'mkdir -p %{buildroot}/etc',
        `cp ${folder}/tree/etc/app.env %{buildroot}/etc`,
        '%files',
        '/etc/app.env',
      ];
      writeFileSync(join(folder, 't.spec'), `${lines.join('\n')}\n`);
      rmSync(join(folder, 'rpms'), { recursive: true, force: true });
      run('rpmbuild', ['-bb', '--define', `_topdir ${folder}/top`, '--define', `_rpmdir ${folder}/rpms`, 't.spec']);
      const [name = ''] = readdirSync(join(folder, 'rpms'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.rpm'));
      for (const size of [1, 7_001]) expect(await found('t.rpm', readFileSync(join(folder, 'rpms', name)), size)).toEqual(expected);
    },
    60_000,
  );
});

describe('an archive behind a script is opened', () => {
  const script = Buffer.from(`#!/bin/sh\n${'# some line of an installer\n'.repeat(600)}exit 0\n`);
  const tar = (): Buffer => tarBytes([{ name: 'app.env', content: readFileSync(join(folder, 'tree/etc/app.env')) }]);

  it.each(['gzip', 'zstd', 'xz', 'bzip2', 'lz4'])('%s, as makeself writes them', async (program) => {
    const packed = Buffer.concat([script, run(program, ['-qc'], tar())]);
    for (const size of [1, 7_001]) expect(await found('setup.run', packed, size)).toEqual(at('setup.run!/app.env'));
  });

  it('a script that only speaks of archives holds none', async () => {
    expect(await found('setup.sh', Buffer.concat([script, Buffer.from('BZh9 and others\n')]))).toEqual({
      places: [],
      gaps: [],
      limits: [],
    });
  });

  it('a zip behind one is opened as before', async () => {
    const pex = Buffer.concat([script, zip([{ name: 'app.env', content: `A=1\nTOKEN=${a}\n` }])]);
    expect(await found('app.pex', pex)).toEqual(at('app.pex!/app.env'));
  });
});

describe('what zlib packs, without anything around it, is opened', () => {
  const text = Buffer.from(`A=1\nTOKEN=${a}\n`);
  it.each([1, 3, 6, 9] as const)('at level %d, as joblib compresses models', async (level) => {
    for (const size of [1, 7_001]) expect(await found('model.joblib', deflateSync(text, { level }), size)).toEqual(at('model.joblib'));
  });

  it('bytes that only begin so say nothing', async () => {
    // No block of deflate is of type 3.
    const unlikely = Buffer.alloc(2_000, 0xff);
    expect(await found('x.bin', Buffer.concat([Buffer.from([0x78, 0x9c]), unlikely]))).toEqual({ places: [], gaps: [], limits: [] });
    expect(await found('math.txt', Buffer.from('x^2 + y^2 = z^2\n'))).toEqual({ places: [], gaps: [], limits: [] });
  });

  it('the opcodes of a compressed pickle are looked at', async () => {
    const pickled = Buffer.from('\x80\x02cposix\nsystem\nq\0X\x02\0\0\0idq\x01\x85q\x02Rq\x03.', 'latin1');
    const report = await pass(tarBytes([{ name: 'model.joblib', content: deflateSync(pickled) }]), { components: createComponentReader() });
    expect(report.components).toMatchObject([{ kind: 'model', format: 'joblib', warnings: ['loading it calls posix.system'] }]);
  });
});

describe('text of four bytes a character is read', () => {
  const utf32 = (text: string, isLittle = true): Buffer => {
    const bytes = Buffer.alloc(text.length * 4);
    for (let n = 0; n < text.length; n++) {
      if (isLittle) bytes.writeUInt32LE(text.charCodeAt(n), n * 4);
      else bytes.writeUInt32BE(text.charCodeAt(n), n * 4);
    }
    return bytes;
  };

  it('behind a byte order mark', async () => {
    const text = `A=1\nTOKEN=${a}\n`;
    for (const size of [1, 7_001]) {
      expect(await found('x.txt', Buffer.concat([Buffer.from('fffe0000', 'hex'), utf32(text)]), size)).toEqual(at('x.txt'));
      expect(await found('x.txt', Buffer.concat([Buffer.from('0000feff', 'hex'), utf32(text, false)]), size)).toEqual(at('x.txt'));
    }
  });

  it("in numpy's arrays, a line for each text", async () => {
    const header = `{'descr': '<U12', 'fortran_order': False, 'shape': (3,), }`.padEnd(117, ' ');
    const lengths = Buffer.from([header.length + 1, 0]);
    const array = Buffer.concat([Buffer.from('\x93NUMPY\x01\0', 'latin1'), lengths, Buffer.from(`${header}\n`), utf32(`${b}${a}${b}`)]);
    expect((await found('x.npy', array)).places).toEqual([
      { key: b, path: 'x.npy', line: 1, column: 1, offsetInFile: 0 },
      { key: a, path: 'x.npy', line: 2, column: 1, offsetInFile: 13 },
      { key: b, path: 'x.npy', line: 3, column: 1, offsetInFile: 26 },
    ]);
  });
});

it('what is packed in ways that are not opened is counted, by format', async () => {
  const heads: readonly (readonly [string, Buffer])[] = [
    ['file packed as 7z, not opened', Buffer.from('377abcaf271c00040000', 'hex')],
    ['file packed as compress, not opened', Buffer.from('1f9d9061', 'hex')],
    ['file packed as rar, not opened', Buffer.from('Rar!\x1a\x07\x01\0', 'latin1')],
    ['file packed as cabinet, not opened', Buffer.from('MSCF\0\0\0\0')],
    ['file packed as AppImage, not opened', Buffer.from('7f454c460201010041490200', 'hex')],
    ['program packed by UPX, not unpacked', Buffer.concat([Buffer.from('7f454c46020101', 'hex'), Buffer.alloc(229), Buffer.from('UPX!')])],
    ['PDF, of which packed parts are not opened', Buffer.from('%PDF-1.4\n')],
    ['Parquet file, of which packed parts are not opened', Buffer.from('PAR1\x15\x04')],
  ];
  for (const [subject, content] of heads)
    expect(await found('x', content)).toEqual({ places: [], gaps: [], limits: [{ subject, count: 1 }] });
});
