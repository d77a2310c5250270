import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ByteRoom, Decompressor } from '../../src/images/byte-room.ts';
import { createUnzstd, createWasmUnzstd } from '../../src/images/unzstd.ts';
import { zstdCode } from '../../src/images/zstd-code.generated.ts';
import { createZstdFrames } from '../../src/images/zstd-frames.ts';
import { zstdExports } from '../../src/images/zstd-module.ts';

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

test('frames are followed over any cut of the bytes', () => {
  for (const size of [1, 2, 3, 7, 1000, stream.length]) {
    const walker = createZstdFrames();
    for (let at = 0; at < stream.length; at += size) walker.walk(stream, at, Math.min(stream.length, at + size));
    expect(walker.isBetween()).toBe(true);
  }
});

test('the decoder is the one that its build script makes', () => {
  const code = readFileSync(new URL('../../wasm/zstd/zstd.wasm', import.meta.url));
  expect(createHash('sha256').update(code).digest('hex')).toBe('6a5087b3e90742af715c715158c799710322a390ad23ab3203ed121f5bbe034d');
  expect(code.equals(zstdCode())).toBe(true);
});

/** The header of a frame as a stream of unknown length has it: the window is what was asked for, however short the content. */
function piped(frame: Buffer, windowLog: number): Buffer {
  const bytes = Buffer.from(frame);
  bytes[5] = (windowLog - 10) << 3;
  return bytes;
}

async function unpacked(open: (out: ByteRoom) => Promise<Decompressor>, packed: Uint8Array, size: number) {
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
