import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createFreeText } from '../../../src/secrets/documents/free-text.ts';

const set = await loadDetectorSet();
const freeText = createFreeText({ set });
const key = exampleOf(set.detectors, 'groq.api-key', 'free text');
const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64');

it('a key in a description is masked where it stands, plain, in base64 or in hexadecimal, and is reported', () => {
  for (const written of [key, base64(`key: ${key}!`), Buffer.from(key).toString('hex')]) {
    const { text, secrets } = freeText(`Uses ${written} for now.`);
    expect(text).toMatch(/^Uses .*\*\*\*\*.* for now\.$/);
    expect(text).not.toContain(written.slice(8, 40));
    expect(secrets.map(({ detector }) => detector)).toEqual(['groq.api-key']);
  }
});

it('a description in which a key is packed is masked whole', () => {
  const { text, secrets } = freeText(`Uses ${base64(gzipSync(`GROQ_API_KEY=${key}\n`))} for now.`);
  expect([text, secrets.map(({ detector }) => detector)]).toEqual(['****', ['groq.api-key']]);
});

it('a description without a key stays as it is', () => {
  const text = `Sums by ${base64('the quick brown fox jumps over the lazy dog')} and ${'0123abcd'.repeat(8)}.`;
  expect(freeText(text)).toEqual({ text, secrets: [] });
});
