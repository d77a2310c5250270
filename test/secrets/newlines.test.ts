import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newlines } from '../../src/model/newlines.ts';
import { automatonSearch } from '../../src/secrets/search/automaton-search.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { kernelSearch } from '../../src/secrets/search/kernel/search.ts';

const size = 16_384;
const { code, tables } = await loadDetectorSet();
const kernel = kernelSearch(code, tables, ['plain'], size);
const automaton = automatonSearch(tables, ['plain'], size);

test('lines are counted alike by a comparison of every byte, by words, and by the kernel', () => {
  if (kernel === undefined) throw new Error('no SIMD here');
  const text = fc.array(fc.constantFrom(10, 10, 10, 11, 0, 0x8a, 0x0b, 0xff, 0x61), { minLength: 1, maxLength: size, size: 'max' });
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), (bytes, a, b) => {
      const from = Math.min(a, b) % bytes.length;
      const to = Math.max(from, Math.max(a, b) % (bytes.length + 1));
      const count = bytes.slice(from, to).filter((byte) => byte === 10).length;
      for (const search of [kernel, automaton]) {
        search.bytes.set(bytes);
        expect(search.newlines(from, to)).toBe(count);
      }
      expect(newlines(Uint8Array.from(bytes), from, to)).toBe(count);
    }),
    { numRuns: 200 },
  );
  kernel.bytes.fill(10);
  expect(kernel.newlines(3, size)).toBe(size - 3);
});
