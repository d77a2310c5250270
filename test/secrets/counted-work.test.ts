import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Digits } from '../../src/secrets/encodings/base64.ts';
import { createEscapeReader } from '../../src/secrets/encodings/escaped-text.ts';
import { createRunReader } from '../../src/secrets/encodings/digit-run.ts';
import { excerptsOf } from '../../src/secrets/excerpt.ts';
import { createWideReader } from '../../src/secrets/encodings/wide-text.ts';

/** How far leads ask to either side: context words, keys, private keys. */
const reach = fc.constantFrom(40, 154, 600, 5_000);
/** Leads of one kind after the other, each some bytes behind the last. */
const questions = fc.array(fc.record({ step: fc.integer({ min: 1, max: 40 }), before: reach, after: reach }), {
  minLength: 1,
  maxLength: 40,
});

describe('the work for hostile bytes is in proportion to their length', () => {
  it('a run of base64 that is full of leads is not read over and over', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const length = 60_000;
        const { bytes, count } = counted(Buffer.alloc(length, 'QUFB'));
        const runs = createRunReader(base64Digits);
        let leads = 0;
        for (let at = 0; at < length; leads++) {
          const { step, before, after } = asked[leads % asked.length] as (typeof asked)[number];
          const run = runs.around(bytes, 0, at, before, after);
          const index = run.indexOf(at);
          expect(index).toBe(Math.min(at, index));
          expect(index).toBeGreaterThanOrEqual(Math.min(at, before));
          expect(run.places.length - index).toBeGreaterThanOrEqual(Math.min(length - at, after));
          at += step;
        }
        expect(count()).toBeLessThan(60 * length);
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('text that is full of leads and escapes is not read over and over', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const length = 60_000;
        const part = 'sk-%2F" + "';
        const bytes = Buffer.alloc(length, part);
        let made = 0;
        const text = (from: number, to: number): string => {
          made += to - from;
          return bytes.toString('latin1', from, to);
        };
        const reader = createEscapeReader();
        let leads = 0;
        for (let at = 0; at < length; leads++) {
          const { step, before, after } = asked[leads % asked.length] as (typeof asked)[number];
          const read = reader({ length, text }, 0, at, { before, after, beside: 64 });
          const around = read?.excerpts.around(0, 0).text ?? '';
          if (at + part.length < length) expect(around.slice(read?.at, (read?.at ?? 0) + 4)).toBe('sk-/');
          at += Math.ceil(step / part.length) * part.length;
        }
        expect(made).toBeLessThan(60 * length);
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('text in UTF-16 that is full of leads is not read over and over', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const length = 60_000;
        const { bytes, count } = counted(Buffer.from('token '.repeat(length / 12), 'utf16le'));
        const reader = createWideReader();
        let leads = 0;
        for (let at = 0; at < length; leads++) {
          const { step, before, after } = asked[leads % asked.length] as (typeof asked)[number];
          const wide = reader(bytes, 0, at, 'utf-16le');
          const { text, base } = wide.excerpts.around(wide.at - Math.min(before, 40), wide.at + after);
          expect(text.slice(wide.at - base, wide.at - base + 6)).toBe(
            'token token '.slice((at / 2) % 6, ((at / 2) % 6) + 6).slice(0, (length - at) / 2),
          );
          at += 2 * step;
        }
        expect(count()).toBeLessThan(20 * length + 60_000);
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('text that is full of leads is not made into a string over and over', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        const length = 60_000;
        const bytes = Buffer.alloc(length, 'token ');
        let made = 0;
        bytes.toString = (_, from = 0, to = length) => {
          made += to - from;
          return Buffer.prototype.toString.call(bytes, 'latin1', from, to);
        };
        const excerpts = excerptsOf(
          bytes,
          () => 0,
          () => length,
        );
        let leads = 0;
        for (let at = 0; at < length; leads++) {
          const { step, after } = asked[leads % asked.length] as (typeof asked)[number];
          const { text, base } = excerpts.around(at, at + after);
          expect(base).toBeLessThanOrEqual(at);
          expect(base + text.length).toBeGreaterThanOrEqual(Math.min(length, at + after));
          at += step;
        }
        expect(made).toBeLessThan(10 * length + 60_000);
      }),
      { numRuns: 8 },
    );
  }, 60_000);
});

/** Bytes that count how often one of them is read. */
function counted(bytes: Buffer): { readonly bytes: Uint8Array; readonly count: () => number } {
  let reads = 0;
  const proxy = new Proxy<Uint8Array>(bytes, {
    get(target, name) {
      if (typeof name === 'string' && /^\d+$/.test(name)) {
        reads++;
        return target[Number(name)];
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { bytes: proxy, count: () => reads };
}
