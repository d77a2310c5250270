import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { type ByteRoom, type Decompressor, streamed } from '../../../src/images/unpack/byte-room.ts';
import { type Compression, openDecompressor, sniffCompression } from '../../../src/images/unpack/decompress.ts';
import { createWasmUnzstd } from '../../../src/images/unpack/unzstd-wasm.ts';
import { zstdExports } from '../../../src/images/unpack/zstd-module.ts';

const text = Buffer.from(Array.from({ length: 60_000 }, (_, n) => `line ${n * 7919} of ${n}\n`).join(''));
const noise = (length: number, seed = 1): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let n = 0, state = seed; n < length; n++) bytes[n] = (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  return bytes;
};
const zstd = (bytes: Uint8Array, ...options: string[]): Buffer =>
  execFileSync('zstd', ['-q', '-c', ...options], { input: bytes, maxBuffer: 1 << 28 });

test('a gzip of one member, of many, with every optional header part and padding, is unpacked wherever it is cut', async () => {
  const extra = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 3, 3, 0]),
    Buffer.from('abcname\0a comment\0'),
    Buffer.from([1, 2]),
    zlib.gzipSync('tail').subarray(10),
  ]);
  const members = Buffer.concat([
    zlib.gzipSync(text),
    zlib.gzipSync(''),
    Buffer.alloc(700),
    zlib.gzipSync(noise(70_000)),
    extra,
    Buffer.alloc(9),
  ]);
  const whole = Buffer.concat([text, noise(70_000), Buffer.from('tail')]);
  for (const size of [members.length, 65_536, 4_099, 7]) {
    expectWhole(await unpack('gzip', members, size), whole);
  }
});

test('random members in random pieces give what went in', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 4_000 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 9 }), async (contents, size, level) => {
      const packed = Buffer.concat(contents.map((bytes) => zlib.gzipSync(bytes, { level })));
      expectWhole(await unpack('gzip', packed, size), Buffer.concat(contents));
    }),
    { numRuns: 60 },
  );
});

test('a wrong checksum and a wrong length cost no byte and are said', async () => {
  const packed = zlib.gzipSync(text);
  for (const back of [8, 4]) {
    const damaged = Buffer.from(packed);
    damaged[packed.length - back] = (damaged[packed.length - back] as number) ^ 1;
    const { bytes, faults } = await unpack('gzip', damaged, 50_000);
    expect(bytes.equals(text)).toBe(true);
    expect(faults).toEqual([back === 8 ? 'the checksum of member 1 is wrong' : 'the length of member 1 is wrong']);
  }
});

test('what follows a gzip and is none is handed on, and a member behind it is read', async () => {
  const packed = Buffer.concat([zlib.gzipSync('one'), Buffer.from('junk \x1f\x8b in plain', 'latin1'), zlib.gzipSync('two')]);
  for (const size of [1, 5, 1_000]) {
    const { bytes, faults } = await unpack('gzip', packed, size);
    expect(bytes.toString('latin1')).toBe('onejunk \x1f\x8b in plaintwo');
    expect(faults).toEqual(['16 bytes are no gzip']);
  }
});

test('a gzip that is cut anywhere gives all that Node can unpack of it', async () => {
  const packed = zlib.gzipSync(noise(3_000));
  for (let end = 11; end < packed.length; end += 97) {
    const { bytes, faults } = await unpack('gzip', packed.subarray(0, end), 64);
    const known = zlib.gunzipSync(packed.subarray(0, end), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    expect(bytes.equals(known)).toBe(true);
    expect(faults).toHaveLength(1);
  }
});

test('a fault inside the data costs nothing that was unpacked before it', async () => {
  const good = zlib.deflateRawSync(text, { finishFlush: zlib.constants.Z_FULL_FLUSH });
  const header = zlib.gzipSync('').subarray(0, 10);
  // A block of the reserved type 3.
  const damaged = Buffer.concat([header, good, Buffer.from([0x07, 0xff, 0xff, 0xff])]);
  for (const size of [damaged.length, 10_000]) {
    const { bytes, faults } = await unpack('gzip', damaged, size);
    expect(bytes.subarray(0, text.length).equals(text)).toBe(true);
    expect(bytes.length - text.length).toBeLessThan(512);
    expect(faults[0]).toMatch(/^the compressed data of member 1 is damaged/);
  }
});

test('flipped bits never throw and never lose the part before them', async () => {
  const packed = zlib.gzipSync(text);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 10, max: packed.length * 8 - 1 }), async (bit) => {
      const damaged = Buffer.from(packed);
      const at = bit >> 3;
      damaged[at] = (damaged[at] as number) ^ (1 << (bit & 7));
      const { bytes } = await unpack('gzip', damaged, 30_000);
      const before = zlib.gunzipSync(packed.subarray(0, at), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
      expect(bytes.subarray(0, before.length).equals(before)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('zstd of several frames, with skippable ones, is unpacked by Node and by WebAssembly', async () => {
  const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const packed = Buffer.concat([skippable, zstd(text), zstd(Buffer.alloc(0)), skippable, zstd(noise(300_000), '--check', '-19')]);
  const whole = Buffer.concat([text, noise(300_000)]);
  expect(sniffCompression(packed)).toBe('zstd');
  for (const size of [packed.length, 40_000, 211]) {
    expectWhole(await unpack('zstd', packed, size), whole);
    expectWhole(await collect(async (out) => createWasmUnzstd(await zstdExports(), out), packed, size), whole);
  }
});

test('a zstd that is cut or garbled ends with a sentence and keeps what came before', async () => {
  const packed = zstd(text, '--check');
  const cut = await unpack('zstd', packed.subarray(0, packed.length >> 1), 5_000);
  expect(cut.bytes.length).toBeGreaterThan(text.length / 4);
  expect(text.subarray(0, cut.bytes.length).equals(cut.bytes)).toBe(true);
  expect(cut.faults).toHaveLength(1);
  const garbled = Buffer.from(packed);
  garbled.fill(0xff, packed.length - 60_000);
  const { bytes, faults } = await unpack('zstd', garbled, 5_000);
  expect(text.subarray(0, 100_000).equals(bytes.subarray(0, 100_000))).toBe(true);
  expect(faults).toHaveLength(1);
});

test('compressions are told by their first bytes, and what is none goes through', async () => {
  const heads: readonly [string, Compression][] = [
    ['1f8b0800', 'gzip'],
    ['28b52ffd', 'zstd'],
    ['502a4d18', 'zstd'],
    ['fd377a585a00', 'xz'],
    ['425a6839314159265359', 'bzip2'],
    ['425a6839177245385090', 'bzip2'],
    ['04224d18', 'lz4'],
    ['02214c18', 'lz4'],
    ['4c5a495001', 'lzip'],
    ['5d00008000ffffffffffffffff', 'lzma'],
    ['5d00008000d204000000000000', 'lzma'],
    ['5d000080006120746578742121', 'none'],
    ['425a68396578616d706c', 'none'],
    ['', 'none'],
  ];
  expect(heads.map(([hex]) => sniffCompression(Buffer.from(hex, 'hex')))).toEqual(heads.map(([, kind]) => kind));
  expectWhole(await unpack('none', text, 1_000), text);
});

test("without the handle, Node's streams unpack the same", async () => {
  const packed = Buffer.concat([zlib.gzipSync(text), zlib.gzipSync('two')]);
  const { bytes, faults } = await collect(async (out) => streamed(zlib.createGunzip(), out), packed, 10_000);
  expect(bytes.equals(Buffer.concat([text, Buffer.from('two')]))).toBe(true);
  expect(faults).toEqual([]);
  expect((await collect(async (out) => streamed(zlib.createGunzip(), out), packed.subarray(0, 900), 100)).faults).toEqual([
    'unexpected end of file',
  ]);
});

/** Vitest takes seconds to compare large buffers byte by byte. */
function expectWhole({ bytes, faults }: Awaited<ReturnType<typeof unpack>>, whole: Buffer): void {
  expect({ length: bytes.length, isSame: bytes.equals(whole), faults }).toEqual({ length: whole.length, isSame: true, faults: [] });
}

function unpack(compression: Compression, packed: Uint8Array, size: number) {
  return collect((out) => openDecompressor(compression, out), packed, size);
}

async function collect(open: (out: ByteRoom) => Promise<Decompressor>, packed: Uint8Array, size: number) {
  const parts: Buffer[] = [];
  const memory = new Uint8Array(100_000);
  const decompressor = await open({ room: () => memory, commit: (bytes) => parts.push(Buffer.from(memory.subarray(0, bytes))) });
  for (let at = 0; at < packed.length; at += size) await decompressor.write(packed.subarray(at, at + size));
  const faults = await decompressor.end();
  return { bytes: Buffer.concat(parts), faults };
}
