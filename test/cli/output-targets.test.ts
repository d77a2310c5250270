import { expect, test } from 'vitest';
import { chooseOutputs } from '../../src/cli/output-targets.ts';
import { UsageError } from '../../src/model/usage-error.ts';

const known = ['table', 'json', 'ndjson', 'sarif'];

test('one command may write several formats, one of them to stdout', () => {
  expect(chooseOutputs({ format: ['table', 'sarif=out.sarif', 'json=report.json'] }, {}, known, 'table')).toEqual([
    { format: 'table', file: '-' },
    { format: 'sarif', file: 'out.sarif' },
    { format: 'json', file: 'report.json' },
  ]);
});

test('without any choice the file decides, and without a file the fallback', () => {
  expect(chooseOutputs({}, {}, known, 'table')).toEqual([{ format: 'table', file: '-' }]);
  expect(chooseOutputs({}, { outputs: [{ format: 'sarif', file: 'a.sarif' }] }, known, 'table')).toEqual([
    { format: 'sarif', file: 'a.sarif' },
  ]);
});

test('-o takes the format from -f, else from the name of the file', () => {
  expect(chooseOutputs({ format: ['json'], output: 'x.txt' }, {}, known, 'table')).toEqual([{ format: 'json', file: 'x.txt' }]);
  expect(chooseOutputs({ output: 'x.sarif' }, {}, known, 'table')).toEqual([{ format: 'sarif', file: 'x.sarif' }]);
  expect(chooseOutputs({ output: 'x.txt' }, {}, known, 'table')).toEqual([{ format: 'table', file: 'x.txt' }]);
});

test.each([
  [{ format: ['sarff'] }, 'no such format "sarff"'],
  [{ format: ['table', 'json'] }, 'only one format fits on stdout, not table and json'],
  [{ format: ['table'], json: true }, 'only one format fits on stdout, not table and json'],
  [{ format: ['json=a', 'sarif=a'] }, 'two formats would write "a"'],
  [{ format: ['json=a', 'sarif=b'], output: 'c' }, '-o is for a single format'],
  [{ format: ['json='] }, '--format "json=" names no file'],
])('a choice that cannot be meant is refused: %j', (choice, message) => {
  expect(() => chooseOutputs(choice, {}, known, 'table')).toThrow(UsageError);
  expect(() => chooseOutputs(choice, {}, known, 'table')).toThrow(message);
});
