import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ByteRoom, Decompressor } from '../../../src/images/unpack/byte-room.ts';
import { createUnzstd } from '../../../src/images/unpack/unzstd.ts';
import { createWasmUnzstd } from '../../../src/images/unpack/unzstd-wasm.ts';
import { zstdCode } from '../../../src/images/unpack/zstd-code.generated.ts';
import { createZstdFrames } from '../../../src/images/unpack/zstd-frames.ts';
import { zstdExports } from '../../../src/images/unpack/zstd-module.ts';

const text = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `line ${n * 7919} of ${n}\n`).join(''));
const zstd = (bytes: Uint8Array, ...options: string[]): Buffer =>
  execFileSync('zstd', ['-q', '-c', ...options], { input: bytes, maxBuffer: 1 << 28 });
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const frames = [
  skippable,
  zstd(Buffer.from('one'), '--no-check'),
  zstd(Buffer.alloc(0)),
  zstd(text, '--check', '-1'),
  skippable,
  zstd(Buffer.alloc(300_000), '--check'), // blocks of one repeated byte
];
const stream = Buffer.concat(frames);
const ends = new Set(frames.map((_, n) => Buffer.concat(frames.slice(0, n + 1)).length));

const decoders: readonly [string, (out: ByteRoom) => Promise<Decompressor>][] = [
  ['what this Node brings', createUnzstd],
  ['WebAssembly', async (out) => createWasmUnzstd(await zstdExports(), out)],
];

for (const [name, open] of decoders) {
  test(`a zstd stream that is cut is told from a whole one at every byte, by ${name}`, async () => {
    const cuts = Array.from({ length: 400 }, (_, n) => (n < 60 ? n + 1 : Math.round((stream.length * n) / 400)));
    for (const cut of new Set([...cuts, ...ends])) {
      const { bytes, faults } = await unpacked(open, stream.subarray(0, cut), 1000);
      expect([cut, faults]).toEqual([cut, ends.has(cut) ? [] : ['the zstd stream ends within a frame']]);
      expect(Buffer.concat([Buffer.from('one'), text, Buffer.alloc(300_000)]).indexOf(bytes)).toBe(0);
    }
  });

  test(`a flipped bit in a frame with a checksum is said, and what follows goes through as it is, by ${name}`, async () => {
    const packed = zstd(text, '--check');
    for (let at = 5; at < packed.length; at += 997) {
      const flipped = Buffer.from(packed);
      flipped[at] = (flipped[at] as number) ^ 0x10;
      const { bytes, faults } = await unpacked(open, Buffer.concat([flipped, Buffer.from('KEY')]), 4_096);
      expect(faults).toHaveLength(1);
      if (faults[0] !== 'the zstd stream ends within a frame') expect(bytes.subarray(-3).toString()).toBe('KEY');
    }
  });

  test(`a window of 128 MiB is read, and a larger one refused with a sentence, by ${name}`, async () => {
    const [wide, wider] = [27, 28].map((log) => zstd(text, `--long=${log}`, '--no-check', '--no-content-size'));
    expect(await unpacked(open, piped(wide as Buffer, 27), 1 << 20)).toMatchObject({ faults: [] });
    expect((await unpacked(open, piped(wider as Buffer, 28), 1 << 20)).faults).toEqual([
      'a zstd frame asks for a window of more than 128 MiB',
    ]);
  });
}

for (const [name, open] of decoders) {
  test(`what stands before a damaged block comes through whole, by ${name}`, async () => {
    const packed = zstd(text, '--check', '-1');
    const damaged = Buffer.from(packed);
    damaged[packed.length - 5] = (damaged[packed.length - 5] as number) ^ 0xff; // of the last block, before the checksum
    const { bytes, faults } = await unpacked(open, damaged, 1 << 20);
    expect(faults).toHaveLength(1);
    const wholeBlocks = text.subarray(0, (text.length - 1) & -(128 << 10));
    expect(bytes.indexOf(wholeBlocks)).toBe(0);
  });

  test(`what follows a frame and begins none is said and comes through, by ${name}`, async () => {
    const { bytes, faults } = await unpacked(open, Buffer.concat([zstd(text), Buffer.from('KEY')]), 1 << 20);
    expect(faults).toEqual(['bytes that are no zstd frame stand where one should begin']);
    expect([bytes.indexOf(text), bytes.subarray(-3).toString()]).toEqual([0, 'KEY']);
  });
}

/** Without the byte that marks what Node's decoder has not written: where it stands last before a fault, it is not told from that. */
const noise = Buffer.from(Uint32Array.from({ length: 75_000 }, (_, n) => Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(n, n)).buffer).map(
  (byte) => (byte === 0xa5 ? 0xa4 : byte),
);
const manyFrames: readonly (readonly [packed: Buffer, content: Buffer])[] = [
  [skippable, Buffer.alloc(0)],
  [zstd(Buffer.from('one'), '--no-check'), Buffer.from('one')],
  [zstd(text, '--check', '-1'), text],
  [zstd(Buffer.alloc(300_000), '--check'), Buffer.alloc(300_000)],
  [zstd(noise, '--no-check', '--no-content-size'), Buffer.from(noise)], // blocks that are stored as they are
  [zstd(Buffer.concat([text, noise, text]), '-19', '--no-content-size'), Buffer.concat([text, noise, text])],
  [zstd(text.subarray(0, 3_000), '--no-content-size'), text.subarray(0, 3_000)],
];

test('every decoder unpacks whole streams as they were, cut ones as far as they go, and damaged ones as every other does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...manyFrames), { minLength: 1, maxLength: 4 }),
      fc.constantFrom('whole', 'cut', 'flip', 'insert'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc.constantFrom(100, 4_096, 65_536, 1 << 20),
      async (parts, change, place, bytes, size) => {
        const packed = changed(Buffer.concat(parts.map(([frame]) => frame)), change, place, bytes);
        const content = Buffer.concat(parts.map(([, part]) => part));
        const [own, ours] = (await Promise.all(decoders.map(([, open]) => unpacked(open, packed, size)))) as [Unpacked, Unpacked];
        // Where Node has no decoder both are ours.
        expect(own.faults).toEqual(ours.faults);
        expect(own.bytes.equals(ours.bytes)).toBe(true);
        if (change === 'whole') expect([ours.faults, ours.bytes.equals(content)]).toEqual([[], true]);
        if (change === 'cut') expect(ours.bytes.equals(content.subarray(0, ours.bytes.length))).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

interface Unpacked {
  readonly bytes: Buffer;
  readonly faults: readonly string[];
}

function changed(packed: Buffer, change: 'whole' | 'cut' | 'flip' | 'insert', place: number, bytes: Uint8Array): Buffer {
  const at = Math.floor(place * (packed.length - 1));
  if (change === 'cut') return packed.subarray(0, at);
  if (change === 'insert') return Buffer.concat([packed.subarray(0, at), bytes, packed.subarray(at)]);
  if (change === 'flip') return Buffer.from(packed.map((byte, n) => (n === at ? byte ^ (bytes[0] as number) : byte)));
  return packed;
}

test('frames are followed over any cut of the bytes', () => {
  for (const size of [1, 2, 3, 7, 1000, stream.length]) {
    const walker = createZstdFrames();
    for (let at = 0; at < stream.length; at += size) walker.walk(stream, at, Math.min(stream.length, at + size));
    expect(walker.isBetween()).toBe(true);
  }
});

test('the decoder is the one that its build script makes', () => {
  const code = readFileSync(new URL('../../../wasm/zstd/zstd.wasm', import.meta.url));
  expect(createHash('sha256').update(code).digest('hex')).toBe('d52a7700df679eed9052bbf6518e704073a4e91bd9535887aa40a8152d83306b');
  expect(code.equals(zstdCode())).toBe(true);
});

/** The header of a frame as a stream of unknown length has it: the window is what was asked for, however short the content. */
function piped(frame: Buffer, windowLog: number): Buffer {
  const bytes = Buffer.from(frame);
  bytes[5] = (windowLog - 10) << 3;
  return bytes;
}

async function unpacked(open: (out: ByteRoom) => Promise<Decompressor>, packed: Uint8Array, size: number): Promise<Unpacked> {
  const parts: Buffer[] = [];
  const room = new Uint8Array(100_000);
  const decompressor = await open({
    room: () => room,
    commit: (bytes) => void parts.push(Buffer.from(room.subarray(0, bytes))),
  });
  for (let at = 0; at < packed.length; at += size) await decompressor.write(packed.subarray(at, at + size));
  const faults = await decompressor.end();
  return { bytes: Buffer.concat(parts), faults };
}
