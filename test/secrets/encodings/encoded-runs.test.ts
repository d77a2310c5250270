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
          const bytes = Buffer.from(runs.map((one) => `k = "${one.written}" `).join(''));
          for (const sink of [kernel(), automaton(), everyPattern(set, redactor)()]) {
            expect(decodedIn(sink, bytes, sizes).map((one) => one.toString('latin1'))).toEqual(runs.map(({ text }) => text));
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
