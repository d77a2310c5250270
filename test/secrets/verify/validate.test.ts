import { expect, test } from 'vitest';
import { pickMany, seededRandom } from '../../../src/secrets/detectors/random.ts';
import { isPlaceholder, isPlausible } from '../../../src/secrets/verify/validate.ts';

const drawn = pickMany('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 40, seededRandom('validate'));

test.each([
  ['a word that stands for a key', `${drawn}your-api`],
  ['one character seven times', `${drawn}zzzzzzz`],
  ['seven letters in order', `${drawn}cdefghi`],
  ['seven digits backwards', `${drawn}9876543`],
  ['a block three times', 'q7mk'.repeat(3)],
])('%s is a placeholder', (_, text) => {
  expect(isPlaceholder(text)).toBe(true);
});

test.each([
  ['a drawn text', drawn],
  ['one character six times', `${drawn}zzzzzz`],
  ['six letters in order', `${drawn}_cdefgh`],
  ['six digits backwards', `${drawn}_987654`],
  ['a block twice', 'q7mk2x9w'.repeat(2)],
])('%s is none', (_, text) => {
  expect(isPlaceholder(text)).toBe(false);
});

test('a key with a word that its kind ignores is none, in any case', () => {
  const key = `acme-${drawn}`;
  expect(isPlausible(key, drawn, {})).toBe(true);
  expect(isPlausible(key, drawn, { ignore: [drawn.slice(3, 9).toUpperCase()] })).toBe(false);
  expect(isPlausible(key, drawn, { ignore: ['no-such-word'] })).toBe(true);
});
