import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { compileDetectors } from '../../../src/secrets/detectors/compile.ts';
import type { KindSpec } from '../../../src/secrets/detectors/detector.ts';
import { makeDetectorSet } from '../../../src/secrets/detectors/detector-set.ts';
import { loadDetectors } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { pickMany, seededRandom } from '../../../src/secrets/detectors/random.ts';
import { createFinder } from '../../../src/secrets/find.ts';

const rotate = { see: 'https://acme.example', do: 'Make a new one.' };

/** What a detector of this kind finds in a text: the key itself, how sure it is, and where its other half stands. */
async function found(spec: Omit<KindSpec, 'confidence'>, text: string) {
  const detectors = compileDetectors([{ id: 'acme', issuer: 'Acme', rotate, kinds: { key: { confidence: 'likely', ...spec } } }]);
  const matches = createFinder(makeDetectorSet(detectors)).find(Buffer.from(text));
  return matches.map(({ start, end, confidence, partner }) => ({
    key: text.slice(start, end),
    confidence,
    ...(partner && { partner: text.slice(partner.start, partner.end) }),
  }));
}

test('a published private key is none, however its lines are broken', async () => {
  const detectors = await loadDetectors();
  const kind = detectors.find(({ spec }) => spec.proof === 'pem-der');
  if (kind === undefined) throw new Error('no kind of key is a PEM structure');
  const { confidence: _, published: __, ...spec } = kind.spec;
  const key = exampleOf(detectors, kind.id, 1);
  const text = `-----BEGIN PRIVATE KEY-----${key}-----END PRIVATE KEY-----\n`;
  const body = key.replaceAll(/[^A-Za-z0-9+/=]/g, '');
  const digest = createHash('sha256').update(body).digest('hex');
  expect(await found(spec, text)).toHaveLength(1);
  expect(await found({ ...spec, published: [digest] }, text)).toEqual([]);
  expect(await found({ ...spec, published: [digest] }, text.replaceAll('\n', '\\n'))).toEqual([]);
});

const drawn = (seed: string, count: number): string => pickMany('abcdefghijklmnopqrstuvwxyz0123456789', count, seededRandom(seed));
const id = `acmeid-${drawn('id', 16)}`;
const partner = { of: '[a-z0-9]', length: 24, within: 60, confidence: 'certain' } as const;
const pair: Omit<KindSpec, 'confidence'> = { shape: ['acmeid-', { of: '[a-z0-9]', length: 16 }], partner };
const [near, far] = [drawn('near', 24), drawn('far', 24)];

test('the other half of a pair is the nearest run of its kind, before or behind', async () => {
  expect(await found(pair, `${far} ......... ${id} ${near}\n`)).toEqual([{ key: id, confidence: 'certain', partner: near }]);
  expect(await found(pair, `${near} ${id} ......... ${far}\n`)).toEqual([{ key: id, confidence: 'certain', partner: near }]);
});

test('a run that stands farther off than a pair may is no half of it', async () => {
  const apart = (bytes: number): string => `${id}${' '.repeat(bytes)}${near}\n`;
  expect(await found(pair, apart(60))).toEqual([{ key: id, confidence: 'certain', partner: near }]);
  expect(await found(pair, apart(61))).toEqual([{ key: id, confidence: 'likely' }]);
});

test('a key is no half of itself', async () => {
  const itself: Omit<KindSpec, 'confidence'> = { ...pair, partner: { ...partner, of: '[a-z0-9-]', length: id.length } };
  expect(await found(itself, `ID=${id}\n`)).toEqual([{ key: id, confidence: 'likely' }]);
});
