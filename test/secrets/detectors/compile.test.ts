import { expect, it } from 'vitest';
import { compileDetectors } from '../../../src/secrets/detectors/compile.ts';
import type { KindSpec } from '../../../src/secrets/detectors/detector.ts';

const compile = (spec: Partial<KindSpec>): unknown =>
  compileDetectors([
    {
      id: 'acme',
      issuer: 'Acme',
      rotate: { see: 'https://acme.example', do: 'Make a new one.' },
      kinds: { key: { confidence: 'likely', ...spec } },
    },
  ]);

it('a shape that cannot be searched is refused with the reason', () => {
  expect(() => compile({ shape: [{ of: '[0-9a-f]', length: 32 }] })).toThrow('acme.key: a shape without fixed text needs context words');
  expect(() => compile({ shape: [{ of: '[0-9a-f]', length: { min: 30, max: 40 } }], context: ['acme'] })).toThrow(
    'acme.key: a shape that begins with a run of unknown length has no beginning; give the run one length',
  );
  expect(() => compile({ shape: ['acme-', { of: '[0-9a-f]', length: 5000 }] })).toThrow('acme.key: no key has more than 4096 characters');
  expect(() => compile({ shape: ['acme-', { of: 'hex', length: 5 }] })).toThrow('"hex" is no character class');
  expect(() => compile({ shape: ['acme-', { of: '[z-a]', length: 5 }] })).toThrow('"[z-a]" has a range that runs backwards');
});
