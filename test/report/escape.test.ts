import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { jsonLine, jsonLineAsBuilt } from '../../src/report/escape/json.ts';
import { markdownCode, markdownText } from '../../src/report/escape/markdown.ts';
import { distinctSlug, sarifText, sarifUri } from '../../src/report/escape/sarif.ts';
import { shellLine } from '../../src/report/escape/shell.ts';
import { cutTo, wrapTo, terminalText, widthOf } from '../../src/report/escape/terminal.ts';
import { hostileStrings } from '../support/hostile-strings.ts';

/** What the escapes stand for, put back. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
const canBeShown = (text: string): boolean => !/[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(text);
const has = (program: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('terminal', () => {
  test.each(hostileStrings)('%j is shown on one line, obeyed by nothing, and can be told from every other text', (text) => {
    const shown = terminalText(text);
    expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u00ad\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u);
    expect(unescaped(shown)).toBe(text);
  });

  test('cuts to columns, not to characters', () => {
    expect(widthOf('名前 ab 🎉')).toBe(10);
    expect(cutTo('abcdef', 6)).toBe('abcdef');
    expect(cutTo('abcdefg', 6)).toBe('abcde…');
    expect(cutTo('名前名前', 6)).toBe('名前…');
  });

  test('wraps at spaces, and takes no word apart', () => {
    expect(wrapTo('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapTo('a sha256:0123456789 b', 8)).toEqual(['a', 'sha256:0123456789', 'b']);
    expect(wrapTo('名前 名前', 8)).toEqual(['名前', '名前']);
    expect(wrapTo('', 8)).toEqual(['']);
  });
});

describe('shell', () => {
  const words = hostileStrings.filter(canBeShown);

  test.skipIf(!has('bash', '-c', 'true'))('bash splits the line into exactly these arguments', () => {
    const line = shellLine(['printf', String.raw`%s\0`, ...words]);
    expect(
      execFileSync('bash', ['-c', line ?? ''], { encoding: 'utf8' })
        .split('\0')
        .slice(0, -1),
    ).toEqual(words);
  });

  test.skipIf(!has('python3', '-c', 'import shlex'))('python3 shlex splits the line into exactly these arguments', () => {
    const script = 'import json,shlex,sys\nsys.stdin.reconfigure(encoding="utf-8")\nprint(json.dumps(shlex.split(sys.stdin.read())))';
    expect(JSON.parse(execFileSync('python3', ['-c', script], { input: shellLine(words) ?? '', encoding: 'utf8' }))).toEqual(words);
  });

  test.each(hostileStrings.filter((text) => !canBeShown(text)))('%j is shown in no line', (text) => {
    expect(shellLine(['aws', text])).toBeUndefined();
  });
});

describe('SARIF', () => {
  test.each(hostileStrings)('a path with %j is a relative reference that stays below its root', (text) => {
    const uri = sarifUri(`evidence/${distinctSlug(text, 'id')}.json`);
    expect(uri).toMatch(/^evidence\/[a-z0-9_][a-z0-9._-]{0,59}-[0-9a-f]{8}\.json$/);
    expect(new URL(uri, 'https://example.com/base/').href).toBe(`https://example.com/base/${uri}`);
    expect(() => new URL(sarifUri(`a/${text}`), 'https://example.com/base/')).not.toThrow();
  });

  test('two names that look alike as slugs are told apart', () => {
    expect(distinctSlug('a b', '1')).not.toBe(distinctSlug('a-b', '2'));
  });

  test.each(hostileStrings)('the message %j is one line without links, at most 1,024 characters', (text) => {
    const message = sarifText(text);
    expect(message.length).toBeLessThanOrEqual(1024);
    expect(message).not.toMatch(/(?<!\\)\]\(|[\p{Cc}\p{Cs}]/u);
  });

  test('a message that is cut is cut between characters, and says so', () => {
    for (const letters of [1020, 1021, 1022, 1023, 1024]) {
      const message = sarifText(`${'x'.repeat(letters)}${'🗝'.repeat(4)}`);
      expect(message.isWellFormed()).toBe(true);
      expect(message.length).toBeLessThanOrEqual(1024);
      expect(message.endsWith('…')).toBe(true);
    }
    expect(sarifText('x'.repeat(1024))).toBe('x'.repeat(1024));
  });
});

describe('Markdown', () => {
  test.each(hostileStrings)('%j stays text in a table cell', (text) => {
    const cell = markdownText(text);
    expect(cell).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    if (cell.startsWith('`')) {
      const fence = /^`+/.exec(cell)?.[0] ?? '';
      const inner = cell.slice(fence.length, -fence.length);
      expect(inner.match(/`+/g) ?? []).not.toContain(fence);
      expect(inner).not.toContain('|');
    } else expect(cell.replaceAll(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[`*_{}[\]()<>#|!~@]/);
  });

  test('mentions and issue numbers become code', () => {
    expect(markdownText('@everyone')).toBe('`@everyone`');
    expect(markdownText('see #123')).toBe('`see #123`');
    expect(markdownCode('a`b')).toBe('``a`b``');
  });
});

describe('JSON', () => {
  test('a whole number that a double cannot hold exactly is a text, and every other number itself', () => {
    expect(jsonLine({ b: 2 ** 60, a: [1, -2.5, Number.MAX_SAFE_INTEGER, 2 ** 53] })).toBe(
      '{"a":[1,-2.5,9007199254740991,"9007199254740992"],"b":"1152921504606846976"}',
    );
  });

  test('halves of surrogate pairs, control characters and separators of lines cannot stand in it, nor move its members', () => {
    expect(jsonLine({ ['\ud83d']: '\u2028\u0085', __proto: 1 })).toBe('{"__proto":1,"\ufffd":"\\u2028\\u0085"}');
    expect(jsonLineAsBuilt({ b: '\udc00', a: 1 })).toBe('{"a":1,"b":"\ufffd"}');
    expect(jsonLineAsBuilt({ b: '\u2029', a: 1 })).toBe('{"b":"\\u2029","a":1}');
  });
});
