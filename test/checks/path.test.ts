import fc from 'fast-check';
import { expect, it } from 'vitest';
import { covers, formatPath, parsePath, pathOf, type Segment } from '../../src/checks/path.ts';

it.each([
  ['', []],
  ['a', ['.a']],
  ['a.b', ['.a', '.b']],
  ['list[]', ['.list', '[]']],
  ['list[].x', ['.list', '[]', '.x']],
  ['list[][]', ['.list', '[]', '[]']],
  ['map{}.x', ['.map', '{}', '.x']],
  ['list[2].x', ['.list', '[2]', '.x']],
  ['labels."app.kubernetes.io/name"', ['.labels', '.app.kubernetes.io/name']],
  [String.raw`a."say \"hi\" \\"`, ['.a', '.say "hi" \\']],
  ['$ai', ['.$ai']],
  ['aws:SourceAccount', ['.aws:SourceAccount']],
])('"%s" is a path', (text, segments) => {
  expect(parsePath(text)).toEqual(segments);
  expect(formatPath(pathOf(text))).toBe(text);
});

it.each(['.a', 'a.', 'a..b', 'a[', 'a]', 'a.[]', 'a[x]', 'a{x}', '"a', 'a b', 'a"b"'])('"%s" is no path', (text) => {
  expect(parsePath(text)).toBeUndefined();
});

const segment = fc.oneof(
  fc.string({ minLength: 1 }).map((name): Segment => `.${name}`),
  fc.constantFrom<Segment>('[]', '{}', '[0]', '[12]'),
);

it('any names can be written down and read back', () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path);
    }),
  );
});

it('a prefix covers what lies at and below it, in every element', () => {
  const yes = (prefix: string, path: string): boolean => covers(pathOf(prefix), pathOf(path));
  expect(yes('', 'a.b')).toBe(true);
  expect(yes('a', 'a')).toBe(true);
  expect(yes('a', 'a.b')).toBe(true);
  expect(yes('a', 'ab')).toBe(false);
  expect(yes('a.b', 'a')).toBe(false);
  expect(yes('list[]', 'list[3].x')).toBe(true);
  expect(yes('list[3]', 'list[]')).toBe(false);
  expect(yes('map{}', 'map.key.x')).toBe(true);
  expect(yes('list.x', 'list[3].x')).toBe(true);
  expect(yes('list.x', 'list[3].y')).toBe(false);
  expect(yes('list[].x', 'list[3].y')).toBe(false);
  expect(yes('list[2].x', 'list[3].x')).toBe(false);
});
