import { expect, it } from 'vitest';
import { loadDetectors } from '../../src/secrets/detectors.ts';
import { exampleOf } from '../../src/secrets/example.ts';
import { createFinder } from '../../src/secrets/find.ts';
import { pickMany, seededRandom } from '../../src/secrets/random.ts';

const detectors = await loadDetectors();
const finder = createFinder(detectors);
const rulesIn = (text: string): readonly string[] => finder.find(Buffer.from(text, 'latin1')).map(({ rule }) => rule);

it('the end of a longer run is no key, wherever the window of a context word begins or ends', () => {
  const digest = pickMany('0123456789abcdef', 64, seededRandom('digest'));
  for (let distance = 0; distance < 400; distance++) {
    const filler = ' '.repeat(distance);
    expect(rulesIn(`${digest} deepgram ${filler} deepgram`)).toEqual([]);
    expect(rulesIn(`deepgram ${filler} deepgram ${digest}`)).toEqual([]);
  }
});

it('the end of a longer run is no half of a pair', () => {
  const random = seededRandom('pair');
  const id = exampleOf(detectors, 'aws.access-key', 1);
  const blob = pickMany('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 120, random);
  for (let distance = 0; distance < 260; distance++) {
    expect(finder.find(Buffer.from(`${blob}${' '.repeat(distance)} ${id}`)).map(({ confidence }) => confidence)).toEqual(['likely']);
    expect(finder.find(Buffer.from(`${id} ${' '.repeat(distance)}${blob}`)).map(({ confidence }) => confidence)).toEqual(['likely']);
  }
});

it('a key inside a word is none where its prefix is short', () => {
  const key = exampleOf(detectors, 'deepseek.api-key', 1);
  expect(rulesIn(`deepseek ${key}`)).toEqual(['deepseek.api-key']);
  expect(rulesIn(`deepseek ta${key}`)).toEqual([]);
  expect(rulesIn(`deepseek di${key}`)).toEqual([]);
});

it('an assignment that names its issuer is told once, by the issuer', () => {
  expect(rulesIn(`OPENAI_API_KEY=${exampleOf(detectors, 'openai.api-key', 1)}`)).toEqual(['openai.api-key']);
});
