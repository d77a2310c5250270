import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniffCompression } from '../../../src/images/unpack/decompress.ts';
import { createUnpacker, type PackedKind } from '../../../src/images/unpack/packed-kinds.ts';

const has = (program: string): boolean => (process.env['PATH'] ?? '').split(':').some((at) => existsSync(`${at}/${program}`));
const run = (program: string, words: readonly string[], input: Uint8Array): Buffer =>
  execFileSync(program, words, { input, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] });
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const text = Buffer.from(Array.from({ length: 5_000 }, (_, n) => `${n} ${md5(`${n % 1_500}`)} of ${n * 7919}\n`).join(''));
const noise = Buffer.concat(Array.from({ length: 5_000 }, (_, n) => createHash('sha256').update(`${n}`).digest()));
const program = Buffer.concat(Array.from({ length: 20_000 }, (_, n) => Buffer.from([0xe8, n & 0xff, (n >> 8) & 0xff, 0, 0, 0x90, n % 7]))); // calls, for the filters
const contents: { readonly [name: string]: Buffer } = {
  text,
  noise,
  program,
  'nothing but zeros': Buffer.alloc(1_200_000),
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
};

const forms: readonly (readonly [PackedKind, string, readonly string[]])[] = [
  ['xz', 'xz', ['-6']],
  ['xz', 'xz', ['-0', '--check=none']],
  ['xz', 'xz', ['-0', '--check=crc32', '--block-size=50000']],
  ['xz', 'xz', ['-1', '--check=sha256', '-T2', '--block-size=200000']],
  ['xz', 'xz', ['--x86', '--lzma2=preset=1']],
  ['xz', 'xz', ['--arm64', '--lzma2=preset=1']],
  ['xz', 'xz', ['--powerpc', '--lzma2=preset=1']],
  ['xz', 'xz', ['--delta=dist=7', '--x86', '--lzma2=preset=1']],
  ['lzma', 'xz', ['--format=lzma', '-1']],
  ['lzip', 'lzip', ['-1']],
  ['lzip', 'lzip', ['-6', '-b', '100000']],
  ['bzip2', 'bzip2', ['-9']],
  ['bzip2', 'bzip2', ['-1']],
  ['lz4', 'lz4', ['-1']],
  ['lz4', 'lz4', ['-9', '-B4', '-BD']],
  ['lz4', 'lz4', ['-1', '-B5', '-BX', '--content-size']],
  ['lz4', 'lz4', ['-1', '-B7', '--no-frame-crc']],
  ['lz4', 'lz4', ['-l']],
];

describe.each(forms.filter(([, name]) => has(name)))('%s as %s %j writes it', (kind, name, words) => {
  const pack = (bytes: Uint8Array): Buffer => run(name, ['-c', ...words], bytes);

  it.each(Object.keys(contents))('is unpacked whole, in pieces of any size: %s', (which) => {
    const content = contents[which] as Buffer;
    const packed = pack(content);
    for (const size of packed.length < 20_000 ? [7, 1 << 20] : [1_000, 1 << 20])
      expect([size, same(unpack(kind, packed, { size }), content)]).toEqual([size, whole]);
  });

  if (kind !== 'lzma') {
    it('is unpacked where several streams stand one behind the other, with padding between them', () => {
      const [one, two] = [text.subarray(0, 70_000), noise.subarray(0, 3_000)];
      const packed = Buffer.concat([pack(one), padding(kind), pack(Buffer.alloc(0)), pack(two), padding(kind)]);
      for (const size of [1_000, 1 << 20]) expect(same(unpack(kind, packed, { size }), Buffer.concat([one, two]))).toEqual(whole);
    });
  }

  it('is never called whole where it was cut, and what stands before the cut comes through', () => {
    const packed = pack(text);
    fc.assert(
      fc.property(fc.integer({ min: 14, max: packed.length - 1 }), fc.constantFrom(777, 1 << 20), (cut, size) => {
        const { bytes, faults } = unpack(kind, packed.subarray(0, cut), { size, passesOthers: false });
        const isFrameEnd = words.includes('-l') && wholeLegacyBlocks(packed).includes(cut);
        expect(faults.length > 0).toBe(!isFrameEnd);
        // What lz4 had begun to copy stands behind it.
        const sure = kind === 'lz4' ? bytes.subarray(0, Math.max(0, bytes.length - 64)) : bytes;
        expect(text.subarray(0, sure.length).equals(sure)).toBe(true);
        if (cut > packed.length - 8 && kind !== 'bzip2') expect(sure.length).toBeGreaterThan(text.length - 1_000);
      }),
      { numRuns: 20 },
    );
  });

  it('says any flipped bit that changes what it holds, and never fails', () => {
    const packed = pack(text);
    // These hold no checksum, or say none of what they skip.
    const isChecked = !words.includes('--check=none') && !words.includes('--no-frame-crc') && !words.includes('-l') && kind !== 'lzma';
    fc.assert(
      fc.property(fc.integer({ min: 0, max: packed.length * 8 - 1 }), (bit) => {
        const flipped = Buffer.from(packed);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const { bytes, faults } = unpack(kind, flipped, { size: 4_096 });
        if (isChecked) expect(faults.length > 0 || bytes.equals(text)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('lets what stands behind the end go through, and says that it is there', () => {
    const packed = Buffer.concat([pack(Buffer.from('one')), Buffer.from('KEY behind the end')]);
    for (const size of [1, 1 << 20]) {
      const { bytes, faults } = unpack(kind, packed, { size });
      expect([bytes.toString('latin1'), faults.length]).toEqual(['oneKEY behind the end', 1]);
    }
    expect(unpack(kind, packed, { passesOthers: false }).bytes.toString()).toBe('one');
  });
});

describe('a damaged block costs itself alone', () => {
  it.each([
    ['xz', 'xz', ['-0', '--block-size=20000'], 20_000],
    ['bzip2', 'bzip2', ['-1'], 100_000],
    ['lz4', 'lz4', ['-1', '-B4', '-BX', '-BI'], 65_536],
    ['lz4', 'lz4', ['-1', '-B4', '-BI'], 65_536],
  ] as const)('%s', (kind, name, words, blockBytes) => {
    const packed = run(name, ['-c', ...words], text);
    fc.assert(
      fc.property(fc.integer({ min: 40, max: packed.length - 200 }), fc.constantFrom(1_000, 1 << 20), (at, size) => {
        const damaged = Buffer.from(packed);
        damaged.fill(0xff, at, at + 3);
        const { bytes } = unpack(kind, damaged, { size, passesOthers: false });
        // At most it lies in two blocks, or takes with it the head of the next.
        const met = lines(bytes);
        const lost = [...lines(text)].filter((line) => !met.has(line));
        expect(lost.length * 40).toBeLessThan(3 * blockBytes);
      }),
      { numRuns: 15 },
    );
    const inTheMiddle = Buffer.from(packed);
    inTheMiddle.fill(0xff, packed.length >> 1, (packed.length >> 1) + 3);
    const { bytes } = unpack(kind, inTheMiddle, { size: 1_000, passesOthers: false });
    const [first, last] = [text.subarray(0, 40_000), text.subarray(-40_000)];
    expect([bytes.indexOf(first) === 0, bytes.includes(last)]).toEqual([true, true]);
  });

  it.each([
    ['xz', 'xz'],
    ['bzip2', 'bzip2'],
    ['lz4', 'lz4'],
    ['lzip', 'lzip'],
  ] as const)('%s: a stream behind a damaged one is found', (kind, name) => {
    if (!has(name)) return;
    const [first, second] = [run(name, ['-c'], noise), run(name, ['-c'], text)];
    first.fill(0, 2_000, 2_400);
    for (const size of [1_000, 1 << 20]) {
      const { bytes, faults } = unpack(kind, Buffer.concat([first, second]), { size });
      expect([bytes.includes(text), faults.length > 0]).toEqual([true, true]);
    }
  });
});

describe('a window that is larger than what is kept', () => {
  const far = Buffer.concat([noise.subarray(0, 150_000), Buffer.alloc(2 << 20), noise.subarray(0, 150_000), Buffer.from('end')]);

  it.each([
    ['xz', ['-9']],
    ['lzma', ['--format=lzma', '-9']],
  ] as const)('of %s costs only what reaches back further', (kind, words) => {
    const near = unpack(kind, run('xz', ['-c', ...words], text), { largestWindow: 1 << 20 });
    expect([near.bytes.equals(text), near.faults, near.window]).toEqual([true, [], undefined]);
    const { bytes, faults, window } = unpack(kind, run('xz', ['-c', ...words], far), { largestWindow: 1 << 20, passesOthers: false });
    expect(bytes.equals(far.subarray(0, bytes.length))).toBe(true);
    expect(bytes.length).toBeGreaterThan(150_000 + (2 << 20) - 300);
    expect([faults, window]).toEqual([['it asks for a window of 67108864 bytes, and 1048576 are kept'], 64 << 20]);
  });
});

it('lz4: frames to be skipped are, and a dictionary that is not there is said', () => {
  const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const empty = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  const packed = Buffer.concat([run('lz4', ['-c'], text), skippable, empty, run('lz4', ['-c'], noise), empty]);
  for (const size of [1, 1 << 20]) expect(same(unpack('lz4', packed, { size }), Buffer.concat([text, noise]))).toEqual(whole);
});

it('lz4: what begins with frames to be skipped is known by what follows, and these are kept for the search', async () => {
  const words = 'some words beside the content';
  const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, words.length, 0, 0, 0]), Buffer.from(words)]);
  expect(sniffCompression(Buffer.concat([skippable, Buffer.from([0x28, 0xb5, 0x2f, 0xfd])]))).toBe('zstd');
  const packed = Buffer.concat([skippable, skippable, run('lz4', ['-c'], text)]);
  expect(sniffCompression(packed.subarray(0, 512))).toBe('lz4');
  for (const size of [1, 1 << 20]) {
    const { beside, ...others } = unpack('lz4', packed, { size });
    expect([same(others, text), beside?.toString()]).toEqual([whole, `${words}\n${words}\n`]);
  }
});

interface Options {
  readonly size?: number;
  readonly largestWindow?: number;
  readonly passesOthers?: boolean;
}

function unpack(kind: PackedKind, packed: Uint8Array, { size = 1 << 20, largestWindow = 32 << 20, passesOthers = true }: Options = {}) {
  const parts: Buffer[] = [];
  const room = new Uint8Array(100_000);
  const out = { room: () => room, commit: (bytes: number) => void parts.push(Buffer.from(room.subarray(0, bytes))) };
  const unpacker = createUnpacker(kind, out, { largestWindow, passesOthers });
  for (let at = 0; at < packed.length; at += size) void unpacker.write(packed.subarray(at, at + size));
  const faults = unpacker.end() as readonly string[];
  const beside = unpacker.beside?.();
  return { bytes: Buffer.concat(parts), faults, window: unpacker.wideWindow?.(), ...(beside && { beside: Buffer.from(beside.bytes) }) };
}

const whole = { isSame: true, faults: [] };
/** Vitest takes seconds to compare large buffers byte by byte. */
function same({ bytes, faults }: Pick<ReturnType<typeof unpack>, 'bytes' | 'faults'>, content: Buffer) {
  return { isSame: bytes.equals(content), faults };
}

const padding = (kind: PackedKind): Buffer => Buffer.alloc(kind === 'xz' ? 8 : kind === 'lz4' ? 0 : 5);
const lines = (bytes: Buffer): ReadonlySet<string> => new Set(bytes.toString('latin1').split('\n'));

/** A legacy frame says nowhere that it ends: behind each of its blocks it may. */
function wholeLegacyBlocks(packed: Buffer): readonly number[] {
  const ends: number[] = [4];
  for (let at = 4; at + 4 <= packed.length; ends.push(at)) at += 4 + packed.readUInt32LE(at);
  return ends;
}
