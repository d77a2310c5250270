import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAutomaton, type BytePattern } from '../../src/secrets/automaton.ts';
import { loadDetectors } from '../../src/secrets/detectors.ts';
import { exampleInContext } from '../../src/secrets/example.ts';
import { scanStream, type Sighting } from '../../src/secrets/scan-stream.ts';

const detectors = await loadDetectors();
const anchors = detectors.flatMap((detector) => detector.anchors);
const automaton = buildAutomaton(anchors.map(({ bytes }) => bytes));

describe('a scanned stream', () => {
  it('shows each place once and with its whole window, wherever it is cut', () => {
    const piece = fc.oneof(
      fc.record({ detector: fc.constantFrom(...detectors), seed: fc.nat(500) }).map(({ detector, seed }) => {
        const { before, key, after } = exampleInContext(detector, seed);
        return before + key + after;
      }),
      fc.constantFrom('sk-', 'sk-ant-', 'AKIA', 'password=', '://', 'hf_', 'eyJ', 'QWEN', '.'.repeat(3000)),
      fc.string({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: 1, maxLength: 12 }),
        (pieces, sizes) => {
          const bytes = Buffer.from(pieces.join(' '), 'latin1');
          expect(sightingsIn(bytes, [...sizes, 1])).toEqual(bruteForce(bytes));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('shows a place as soon as its window is read, and the rest at the end', () => {
    const stream = scanStream(buildAutomaton([literal('needle')]), [{ before: 3, after: 10 }]);
    const seen = (sightings: readonly Sighting[]): unknown => sightings.map(({ window }) => window);
    expect(seen(stream.push(Buffer.from('hay needle')))).toEqual([]);
    expect(seen(stream.push(Buffer.from(' hay')))).toEqual([]);
    expect(seen(stream.push(Buffer.from('!')))).toEqual([{ text: 'ay needle hay', base: 1, at: 3 }]);
    expect(seen(stream.push(Buffer.from(' needle')))).toEqual([]);
    expect(seen(stream.end())).toEqual([{ text: 'y! needle', base: 13, at: 3 }]);
  });
});

function sightingsIn(bytes: Buffer, sizes: readonly number[]): readonly Sighting[] {
  const stream = scanStream(automaton, anchors);
  const sightings: Sighting[] = [];
  for (let from = 0, n = 0; from < bytes.length; n++) {
    // Sizes come round again; small ones are made larger then, so that a text of any length ends.
    const size = (sizes[n % sizes.length] as number) + (n < 50 ? 0 : 500);
    sightings.push(...stream.push(bytes.subarray(from, from + size)));
    from += size;
  }
  return [...sightings, ...stream.end()];
}

/** Every anchor compared at every byte. */
function bruteForce(bytes: Buffer): readonly Sighting[] {
  const text = bytes.toString('latin1');
  const sightings: Sighting[] = [];
  for (let start = 0; start < bytes.length; start++) {
    for (const [pattern, { bytes: sets, before, after }] of anchors.entries()) {
      if (!sets.every((allowed, at) => allowed.includes(bytes[start + at] ?? -1))) continue;
      const base = Math.max(0, start - before);
      sightings.push({ pattern, window: { text: text.slice(base, start + after), base, at: start - base } });
    }
  }
  return sightings;
}

const literal = (text: string): BytePattern => Array.from(Buffer.from(text), (code) => [code]);
