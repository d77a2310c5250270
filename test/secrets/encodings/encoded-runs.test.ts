import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { EncodedPart } from '../../../src/model/byte-sink.ts';
import { prepareByteSinks } from '../../../src/secrets/byte-sink.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { createRedactor } from '../../../src/secrets/redact.ts';
import { everyPattern } from '../../support/every-pattern.ts';

const set = await loadDetectorSet();
const redactor = createRedactor();
const kernel = prepareByteSinks({ set, redactor, engine: 'wasm' });
const automaton = prepareByteSinks({ set, redactor, engine: 'automaton' });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** How lines of base64 follow one another in texts and in programs. */
const wraps = [
  '',
  '\n',
  '\r\n   ',
  '\\n',
  '\\r\\n',
  '\\\n',
  '\\\r\n  ',
  '"\n    "',
  '"\n    b"',
  '" +\r\n\t"',
  '"\n  + "',
  '" + "',
  '" \\\n "',
  '".\n"',
  '\\" +\n\\"',
];

describe('runs of base64 that begin as gzip', () => {
  it('are decoded to the byte, by any engine and in any cut', () => {
    const run = fc
      .tuple(fc.uint8Array({ minLength: 60, maxLength: 60_000 }), fc.boolean(), fc.constantFrom(...wraps))
      .map(([bytes, isTwice, wrap]) => {
        const packed = gzipSync(bytes);
        const text = isTwice ? base64(Buffer.from(base64(packed))) : base64(packed);
        return { packed, text: wrap === '' ? text : text.replace(/.{76}(?=.)/g, `$&${wrap}`) };
      });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 40 }), run), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
        (pieces, sizes) => {
          // Nothing between two of them puts them together.
          const apart = (text: string): string => `${text.replaceAll(/["'`]/g, ' ')}=`;
          const text = Buffer.from(pieces.map(([before, { text: one }]) => `${apart(before)} "${one}" `).join(''), 'utf8');
          const wanted = pieces.map(([, { packed }]) => packed.toString('hex'));
          for (const sink of [kernel(), automaton(), everyPattern(set, redactor)()]) {
            expect(decodedIn(sink, text, sizes).map((bytes) => bytes.toString('hex'))).toEqual(wanted);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it('are none where base64 stands before them, or too little of it behind', () => {
    const text = base64(gzipSync('some text that is long enough to be a run of base64'));
    for (const none of [`A${text}`, `/${text}`, text.slice(0, 31), `${text.slice(0, 20)}!${text.slice(20)}`]) {
      expect(decodedIn(kernel(), Buffer.from(`x: ${none}`), [99])).toEqual([]);
    }
  });

  it('end with their string, where the next is another', () => {
    const packed = gzipSync('some text that is long enough to be a run of base64');
    for (const next of ['", "next": "', '",\n  "next": "', '"\n: "', '"\n  \'', '" + a + "', '"] + ["']) {
      const [first] = decodedIn(kernel(), Buffer.from(`"${base64(packed)}${next}AAAABBBBCCCCDDDD"`), [99]);
      expect(first?.toString('hex')).toBe(packed.toString('hex'));
    }
  });

  it('are left alone where base64 is', () => {
    const sink = prepareByteSinks({ set, redactor, engine: 'wasm', passes: { base64: false } })();
    expect(decodedIn(sink, Buffer.from(base64(gzipSync('some text that is long enough to be a run of base64'))), [99])).toEqual([]);
  });
});

describe('runs of characters that are all escaped', () => {
  const writings: readonly ((code: number) => string)[] = [
    (code) => `\\x${hex(code)}`,
    (code) => `\\u00${hex(code).toUpperCase()}`,
    (code) => `%${hex(code)}`,
    (code) => `&#x${hex(code)};`,
    (code) => `&#${code};`,
    (code) => `\\\\x${hex(code)}`,
    (code) => `\\\\u00${hex(code)}`,
    (code) => `\\u{${hex(code)}}`,
    (code) => `\\U000000${hex(code)}`,
    (code) => `%u00${hex(code)}`,
    (code) => `\\${code.toString(8).padStart(3, '0')}`,
    (code) => `\\\\${code.toString(8).padStart(3, '0')}`,
    (code) => `\\0${code.toString(8).padStart(3, '0')}`,
    (code) => `\\${code.toString(8)}`,
  ];
  const written = (text: string, write: (code: number) => string): string =>
    text.replace(/[^]/g, (character) => write(character.charCodeAt(0)));

  it('are decoded to the byte, by any engine and in any cut', () => {
    const run = fc
      .tuple(
        fc.string({ minLength: 24, maxLength: 4000, unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)) }),
        fc.constantFrom(...writings),
      )
      .map(([text, write]) => ({ text, written: written(text, write) }));
    fc.assert(
      fc.property(
        fc.array(run, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
        (runs, sizes) => {
          const bytes = Buffer.from(runs.map((one) => `k = "${one.written}"\n`).join(''));
          for (const sink of [kernel(), automaton(), everyPattern(set, redactor)()]) {
            expect(decodedIn(sink, bytes, sizes).map((one) => one.toString('latin1'))).toEqual(runs.map(({ text }) => `k = "${text}`));
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);

  it('are none where they are too short for a key, or no text', () => {
    for (const write of writings) {
      expect(decodedIn(kernel(), Buffer.from(`"${written('nineteen letters ok', write)}"`), [99])).toEqual([]);
      expect(decodedIn(kernel(), Buffer.from(`"${written('\u0080\u0091\u00ff'.repeat(20), write)}"`), [99])).toEqual([]);
    }
  });
});

describe('lists of bytes as numbers', () => {
  const decimal = (code: number): string => String(code);
  const zeroX = (code: number): string => `0x${hex(code)}`;
  const lists: readonly ((codes: readonly number[]) => string)[] = [decimal, zeroX].flatMap((write) => [
    (codes) => `[${codes.map(write).join(',')}]`,
    (codes) => `(${codes.map(write).join(', ')})`,
    (codes) => `[\n    ${codes.map(write).join(',\n    ')}\n  ]`,
    (codes) => `{\n\t${codes.map((code, n) => `${write(code)},${n % 12 === 11 ? '\n\t' : ' '}`).join('')}\n}`,
  ]);
  // The first two are characters; all others may be anything.
  const bytes = fc
    .tuple(
      fc.array(fc.integer({ min: 33, max: 126 }), { minLength: 20, maxLength: 40 }),
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 3000 }),
    )
    .map(([first, rest]) => [...first, ...rest]);

  it('are decoded to the byte, by any engine and in any cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(bytes, fc.constantFrom(...lists)), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
        (runs, sizes) => {
          const text = Buffer.from(runs.map(([codes, write]) => `k = ${write(codes)};\n`).join(''));
          for (const sink of [kernel(), automaton(), everyPattern(set, redactor)()]) {
            expect(decodedIn(sink, text, sizes).map((one) => one.toString('latin1'))).toEqual(
              runs.map(([codes]) => `k = ${Buffer.from(codes).toString('latin1')}`),
            );
          }
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  it('have what they are assigned to before them, without what makes bytes of them', () => {
    const codes = Array.from(Buffer.from('a text of some length')).join(', ');
    for (const [written, name] of [
      [`{"MISTRAL_API_KEY":{"type":"Buffer","data":[${codes}]}}`, '{"MISTRAL_API_KEY":'],
      [`  "key": {\n    "type": "Buffer",\n    "data": [\n      ${codes}\n    ]\n  }`, '  "key": '],
      [`KEY = bytes([${codes}])`, 'KEY = '],
      [`const key = new Uint8Array([${codes}])`, 'const key = '],
      [`key := []byte{${codes}}`, 'key := '],
      [`unsigned char key[] = {${codes}};`, 'unsigned char key = '],
      [`x=String.fromCharCode(${codes})`, 'x='],
      [`f(1);a[0]={b:[${codes}]};key = [${codes}]`, 'a={b:'],
      [`a\nx=${'a1'.repeat(40)},y=(${codes})`, ',y='],
    ] as const) {
      const [first] = decodedIn(kernel(), Buffer.from(written), [99]);
      expect(first?.toString()).toBe(`${name}a text of some length`);
    }
  });

  it('are none where they are short, or hold what is no character', () => {
    for (const none of [
      Array.from({ length: 19 }, () => 65),
      [...Array.from({ length: 19 }, () => 65), 200],
      Array.from({ length: 40 }, (_, n) => n),
    ]) {
      for (const write of lists) expect(decodedIn(kernel(), Buffer.from(`k = ${write(none)}`), [99])).toEqual([]);
    }
    expect(decodedIn(kernel(), Buffer.from(`k = [${Array.from({ length: 40 }, () => '65.5').join(', ')}]`), [99])).toEqual([]);
  });
});

describe('dumps of bytes with addresses', () => {
  const asText = (codes: readonly number[]): string =>
    codes.map((code) => (code > 32 && code < 127 ? String.fromCharCode(code) : '.')).join('');
  const pairs = (codes: readonly number[]): string => codes.map(hex).join(' ');
  const address = (n: number, digits: number): string => (16 * n).toString(16).padStart(digits, '0');
  const lines: readonly ((codes: readonly number[], n: number) => string)[] = [
    (codes, n) =>
      `${address(n, 8)}: ${pairs(codes)
        .replaceAll(/ (..)/g, (_, two: string, at: number) => (at % 6 === 2 ? two : ` ${two}`))
        .padEnd(40)} ${asText(codes)}`,
    (codes, n) => `${address(n, 8)}  ${`${pairs(codes.slice(0, 8))}  ${pairs(codes.slice(8))}`.padEnd(50)}|${asText(codes)}|`,
    (codes, n) =>
      `0x${address(n, 4)}:  ${pairs(codes)
        .replaceAll(/ (..)/g, (_, two: string, at: number) => (at % 6 === 2 ? two : ` ${two}`))
        .padEnd(41)}${asText(codes)}`,
    (codes, n) =>
      `${address(n, 4)} - ${`${pairs(codes.slice(0, 8))}-${pairs(codes.slice(8))}`.replace(/-$/, '').padEnd(48)}   ${asText(codes)}`,
  ];

  it('are decoded to the byte, by any engine and in any cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ minLength: 17, maxLength: 3000 }), fc.constantFrom(...lines)), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
        (dumps, sizes) => {
          const text = Buffer.from(
            dumps
              .map(([bytes, line]) =>
                Array.from(
                  { length: Math.ceil(bytes.length / 16) },
                  (_, n) => `${line(Array.from(bytes.subarray(16 * n, 16 * n + 16)), n)}\n`,
                ).join(''),
              )
              .join('\n'),
          );
          for (const sink of [kernel(), automaton(), everyPattern(set, redactor)()]) {
            expect(decodedIn(sink, text, sizes).map((one) => one.toString('hex'))).toEqual(
              dumps.map(([bytes]) => Buffer.from(bytes).toString('hex')),
            );
          }
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);
});

const hex = (code: number): string => code.toString(16).padStart(2, '0');

function decodedIn(
  sink: Pick<ReturnType<typeof kernel>, 'room' | 'commit' | 'encoded' | 'end'>,
  bytes: Buffer,
  sizes: readonly number[],
): readonly Buffer[] {
  const parts: EncodedPart[] = [];
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const room = sink.room();
    const count = bytes.copy(room, 0, from, from + Math.min(room.length, sizes[n % sizes.length] as number));
    sink.commit(count);
    from += count;
    parts.push(...sink.encoded());
  }
  sink.end();
  parts.push(...sink.encoded());
  const runs = new Map<number, Buffer[]>();
  for (const { startByte, bytes: part } of parts) runs.set(startByte, [...(runs.get(startByte) ?? []), Buffer.from(part)]);
  return [...runs.values()].map((all) => Buffer.concat(all));
}
