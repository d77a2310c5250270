import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compilePattern, PatternError } from '../../src/checks/pattern.ts';

const pattern: fc.Arbitrary<string> = fc.letrec<{ all: string }>((tie) => ({
  all: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'a',
      'b',
      'A',
      '.',
      String.raw`\d`,
      String.raw`\w`,
      String.raw`\.`,
      '[ab]',
      '[^a]',
      '[a-c]',
      '[]a]',
      '[a-]',
      '-',
      ':',
      '/',
    ),
    fc.tuple(tie('all'), tie('all')).map(([a, b]) => a + b),
    fc.tuple(tie('all'), tie('all')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('all'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}')).map(([a, sign]) => `(?:${a})${sign}`),
  ),
})).all;

it('matches what an anchored regular expression matches', () => {
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '1', '.', '-', ']', ':', '/'), maxLength: 8 }),
      (source, text) => {
        // Node reads "[]a]" as an empty set; here, as in other tools, a bracket that comes first is a member.
        const expected = new RegExp(`^(?:${source.replaceAll('[]a]', String.raw`[\]a]`)})$`, 's').test(text);
        expect(compilePattern(source, { fold: false })(text)).toBe(expected);
      },
    ),
    { numRuns: 2000 },
  );
});

it('ignores case where it is told to', () => {
  expect(compilePattern('Allow[A-Z]+', { fold: true })('ALLOWinternet')).toBe(true);
  expect(compilePattern('Allow[A-Z]+', { fold: false })('ALLOWinternet')).toBe(false);
});

it('takes linear time on patterns that make others try for ever', () => {
  const started = performance.now();
  expect(compilePattern('(a+)+b|(a|a)*c|.*a.*a.*a.*d', { fold: false })('a'.repeat(20_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(3000);
});

it.each([
  ['(', 'a group is not closed'],
  ['a)', '")" at 2 closes nothing'],
  ['[a', 'a set is not closed'],
  ['*a', '"*" at 1 repeats nothing'],
  ['a**', 'a second quantifier stands at 3'],
  ['(?=a)', 'look-around and named groups are not understood'],
  [String.raw`(a)\1`, String.raw`"\1" is not understood`],
  ['^a', '"^" is not needed: a pattern always matches the whole text'],
  ['a{3,1}', '"{3,1}" ends before it begins'],
  ['(((a{99}){99}){99})', 'the pattern repeats too much'],
])('refuses %s with a sentence', (source, sentence) => {
  expect(() => compilePattern(source, { fold: false })).toThrow(new PatternError(sentence));
});
