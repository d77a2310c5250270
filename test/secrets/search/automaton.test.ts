import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAutomaton, type BytePattern } from '../../../src/secrets/search/automaton.ts';

type Place = readonly [pattern: number, start: number];

describe('the automaton', () => {
  it('finds what a comparison at every byte finds, in texts short and long', () => {
    fc.assert(
      fc.property(patterns, text, fc.nat(), fc.nat(), (sets, bytes, a, b) => {
        const from = Math.min(a, b) % (bytes.length + 1);
        const to = Math.max(from, Math.max(a, b) % (bytes.length + 1));
        expect(found(sets, bytes, from, to)).toEqual(bruteForce(sets, bytes, from, to));
      }),
      { numRuns: 300 },
    );
  });

  it('finds a pattern across the borders of its four streams', () => {
    const sets = [literal('needle')];
    for (let start = 1010; start < 1040; start++) {
      const bytes = new Uint8Array(4096).fill(0x2e);
      bytes.set(Buffer.from('needle'), start);
      expect(found(sets, bytes, 0, bytes.length)).toEqual([[0, start]]);
    }
  });

  it('reports a place for every pattern that ends there', () => {
    const sets = [literal('sk-'), literal('k-'), [[0x73], [0x6b], [0x2d], [0x61, 0x62]]];
    expect(found(sets, Buffer.from('sk-b'), 0, 4)).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
  });

  it('has a state per prefix, and a class of bytes per letter that matters', () => {
    const { states, classes } = buildAutomaton([literal('abc'), literal('abd')]);
    expect({ states, classes }).toEqual({ states: 5, classes: 5 });
  });
});

/** Few different bytes, so that patterns overlap, contain each other and occur. */
const byte = fc.constantFrom(0x61, 0x62, 0x63, 0x00, 0xff);
const patterns = fc.array(fc.array(fc.uniqueArray(byte, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 8,
});
const text = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(byte, { minLength: 0, maxLength: 3000, size: 'max' }).map((bytes) => Uint8Array.from(bytes)),
);

function found(sets: readonly BytePattern[], bytes: Uint8Array, from: number, to: number): readonly Place[] {
  const places: Place[] = [];
  buildAutomaton(sets).find(bytes, from, to, (pattern, start) => places.push([pattern, start]));
  return places.sort(byPlace);
}

function bruteForce(sets: readonly BytePattern[], bytes: Uint8Array, from: number, to: number): readonly Place[] {
  const places: Place[] = [];
  for (const [pattern, set] of sets.entries()) {
    for (let start = from; start < to && start + set.length <= bytes.length; start++) {
      if (set.every((allowed, at) => allowed.includes(bytes[start + at] as number))) places.push([pattern, start]);
    }
  }
  return places.sort(byPlace);
}

const byPlace = (a: Place, b: Place): number => a[0] - b[0] || a[1] - b[1];
const literal = (text: string): BytePattern => Array.from(Buffer.from(text), (code) => [code]);
