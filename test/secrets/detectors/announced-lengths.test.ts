import { expect, it } from 'vitest';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createFinder } from '../../../src/secrets/find.ts';

const set = await loadDetectorSet();
const finder = createFinder(set);
/** Found by what is fixed in them, with nothing around. */
const kinds = set.detectors.filter(({ spec, anchors }) => {
  const isPlain = spec.pattern === undefined && spec.context === undefined && spec.example === undefined;
  return isPlain && anchors.every(({ kind }) => kind === 'in key');
});

const byte = (...values: readonly number[]): Buffer => Buffer.from(values);
const little = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, Math.min(bytes, 6));
  return buffer;
};
const varint = (value: number): Buffer => (value < 128 ? byte(value) : byte(0x80 | (value & 0x7f), value >> 7));

interface Writing {
  readonly of: string;
  readonly before: (length: number) => readonly Buffer[];
  readonly after: Buffer;
  /** Longer strings are written in another way, or read as a letter outside ASCII. */
  readonly upTo?: number;
  /** A letter announces it: where the length is a sign between words, this may be text. */
  readonly isText?: true;
}

const writings: readonly Writing[] = [
  { of: 'a pickle of protocol 1 to 3', before: (n) => [Buffer.from('}q\0X'), little(n, 4)], after: Buffer.from('q\x01s.') },
  {
    of: 'a short string in a pickle of Python 2',
    before: (n) => [Buffer.from('}q\0U'), byte(n)],
    after: Buffer.from('q\x01s.'),
    isText: true,
  },
  { of: 'short bytes in a pickle', before: (n) => [Buffer.from('q\0C'), byte(n)], after: Buffer.from('q\x01s.'), isText: true },
  { of: 'bytes in a pickle', before: (n) => [Buffer.from('q\0B'), little(n, 4)], after: Buffer.from('q\x01s.') },
  { of: 'a long string in a pickle of protocol 4', before: (n) => [byte(0x8d), little(n, 8)], after: byte(0x94) },
  { of: 'the bytecode of Python 2 and of early 3', before: (n) => [Buffer.from('u'), little(n, 4)], after: Buffer.from('u\x03\0\0\0abc') },
  { of: 'an interned string in the bytecode of Python', before: (n) => [byte(0xda, n)], after: Buffer.from('N)\x01'), upTo: 127 },
  { of: 'the metadata of GGUF', before: (n) => [little(8, 4), little(n, 8)], after: Buffer.from('A\0\0\0\0\0\0\0') },
  { of: 'Parquet', before: (n) => [byte(2), little(n, 4)], after: Buffer.from('A\0\0\0') },
  { of: 'protocol buffers', before: (n) => [byte(0xb2, 1), byte(0x12), varint(n)], after: Buffer.from('r\x04') },
];

it.each(writings)('a key is found in $of, whatever stands right behind it', ({ before, after, upTo = Infinity, isText = false }) => {
  const missed = kinds.flatMap(({ id }) => {
    const key = exampleOf(set.detectors, id, 1);
    if (key.length > upTo || (isText && (key.length > 255 || /[ -/:-@[-`{-~]/.test(String.fromCharCode(key.length))))) return [];
    const start = Buffer.concat([...before(key.length)]);
    const found = finder.find(Buffer.concat([start, Buffer.from(key, 'latin1'), after]));
    return found.some((one) => one.start === start.length && one.end === start.length + key.length) ? [] : [id];
  });
  expect(missed).toEqual([]);
});

it('a length that is not that of the key says nothing', () => {
  const key = exampleOf(set.detectors, 'huggingface.access-token', 1);
  for (const length of [key.length - 1, key.length + 1]) {
    expect(finder.find(Buffer.concat([Buffer.from('X'), little(length, 4), Buffer.from(`${key}q`)]))).toEqual([]);
  }
});
