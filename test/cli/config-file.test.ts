import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { loadConfigFile } from '../../src/cli/config-file.ts';
import { parseDuration } from '../../src/cli/durations.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'aispm-config-'));
  await mkdir(path.join(root, 'repository/deep/er'), { recursive: true });
  await mkdir(path.join(root, 'repository/.git'));
});

test('the nearest file up to the root of the repository is taken, and only that one', async () => {
  const cwd = path.join(root, 'repository/deep/er');
  await writeFile(path.join(root, 'aispm.yaml'), 'scan: { failOn: low }');
  expect(await loadConfigFile({ named: undefined, cwd, env: {} })).toEqual({ file: undefined, values: {} });
  await writeFile(path.join(root, 'repository/aispm.yaml'), 'scan: { failOn: medium }');
  expect(await loadConfigFile({ named: undefined, cwd, env: {} })).toEqual({
    file: path.join(root, 'repository/aispm.yaml'),
    values: { scan: { failOn: 'medium' } },
  });
});

test("the user's own file is the last resort", async () => {
  await mkdir(path.join(root, 'xdg/aispm'), { recursive: true });
  await writeFile(path.join(root, 'xdg/aispm/config.yaml'), 'policy: { logRetentionDays: 365 }');
  expect(
    await loadConfigFile({ named: undefined, cwd: path.join(root, 'repository'), env: { XDG_CONFIG_HOME: path.join(root, 'xdg') } }),
  ).toMatchObject({
    values: { policy: { logRetentionDays: 365 } },
  });
});

test.each([
  ['scan: { failsOn: low }', /aispm\.yaml:1: unknown member "failsOn" at "scan"/, 'did you mean "failOn"?'],
  ['scan:\n  failOn: severe', /aispm\.yaml:2: .*critical, high, medium, low, info, any, none at "scan.failOn"/, undefined],
  ['scan: [', /aispm\.yaml:1: no valid YAML/, undefined],
  ['a: 1\na: 2', /aispm\.yaml:2: no valid YAML/, undefined],
])('a file that does not fit is refused with its line: %j', async (text, message, hint) => {
  const file = path.join(root, 'repository/aispm.yaml');
  await writeFile(file, text);
  const loading = loadConfigFile({ named: file, cwd: root, env: {} });
  await expect(loading).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(message) as string,
    ...(hint && { hint }),
  });
});

test('a file that was named and is missing is refused', async () => {
  await expect(loadConfigFile({ named: 'no-such.yaml', cwd: root, env: {} })).rejects.toThrow('there is no such file');
});

test('durations carry their unit', () => {
  expect([parseDuration('30s', 'timeout'), parseDuration('5m', 'timeout'), parseDuration('90d', 'since')]).toEqual([
    30_000, 300_000, 7_776_000_000,
  ]);
  for (const wrong of ['30', '0s', 'soon', '-1s', '1.5h'])
    expect(() => parseDuration(wrong, 'timeout')).toThrow(`--timeout "${wrong}" is no duration`);
});
