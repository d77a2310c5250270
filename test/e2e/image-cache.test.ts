import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { keyOf, type Lab, type LabImage, repositoryWith, startLab } from '../support/image-lab.ts';
import { type Computer, newComputer, runCli, runShell } from '../support/run-cli.ts';

const base = [['usr/lib/base.txt', 'the same for all\n'.repeat(2000)]] as const;
const imageOf = (number: number): LabImage => ({ layers: [base, [['app/.env', `KEY=${keyOf('anthropic.api-key', number)}\n`]]] });

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ one: await repositoryWith(imageOf(1)), two: await repositoryWith(imageOf(2)) });
});
afterAll(() => lab.close());

const references = () => [`${lab.host}/one`, `${lab.host}/two`];
const blobs = () => lab.requests.flatMap(({ path }) => /\/v2\/(\w+)\/blobs\/(.+)/.exec(path)?.slice(1) ?? []).length / 2;

test('layers that two repositories share are pulled once, also by runs that write the same cache at the same time', async () => {
  const computer = await newComputer();
  const scan = () => runCli(computer, ['image', ...references(), '-f', 'json']);
  const start = blobs();
  const alone = await runCli(await newComputer(), ['image', ...references(), '-f', 'json']);
  expect([alone.code, blobs() - start]).toEqual([1, 5]); // two configurations, the base, and a layer of each
  const together = await Promise.all([scan(), scan(), scan()]);
  expect(together.map(({ code, stdout }) => [code, stdout === alone.stdout])).toEqual(Array.from({ length: 3 }, () => [1, true]));
  for (const { stderr } of together) expect(stderr).not.toContain('cache');
  const before = blobs();
  expect((await scan()).stdout).toBe(alone.stdout);
  expect(blobs() - before).toBe(2); // the configurations
}, 180_000);

/** In a namespace of its own: the file system goes with the process. */
const canMount = spawnSync('sh', ['-c', 'unshare -m mount -t tmpfs tmpfs /mnt']).status === 0;

describe.skipIf(!canMount)(`a disk that gives trouble (${canMount ? 'file systems can be mounted' : 'needs the right to mount'})`, () => {
  async function scanWith(computer: Computer, mount: string) {
    await mkdir(computer.at('cache'));
    const run = `"$NODE" "$AISPM" image ${references().join(' ')} -f json --cache-dir cache/layers`;
    const env = { NODE: process.execPath };
    return runShell(computer, `unshare -m bash -c 'mount -t tmpfs ${mount} tmpfs cache && ${run}'`, { env });
  }

  test.each([
    ['full', '-o size=8k', 'ENOSPC'],
    ['read-only', '-o ro', 'EROFS'],
  ])(
    'a cache on a disk that is %s costs one sentence, and nothing else',
    async (_, mount, code) => {
      const whole = await runCli(await newComputer(), ['image', ...references(), '-f', 'json', '--no-cache']);
      const ran = await scanWith(await newComputer(), mount);
      expect([ran.code, (JSON.parse(ran.stdout) as Report).findings.length]).toEqual([1, 2]);
      expect(ran.stdout).toBe(whole.stdout);
      const said = ran.stderr.split('\n').filter((line) => line.includes('cache'));
      expect(said).toEqual([`the cache of layers in "cache/layers" cannot be written (${code}): this scan goes on without it`]);
      expect(ran.stderr).not.toMatch(/\n {4}at /);
    },
    90_000,
  );

  test('an output file that does not fit is a mistake to put right, and leaves no half file', async () => {
    const computer = await newComputer();
    await mkdir(computer.at('out'));
    const run = `"$NODE" "$AISPM" image ${references().join(' ')} --no-cache -f json=out/report.json; code=$?; ls -A out; exit $code`;
    const ran = await runShell(computer, `unshare -m bash -c 'mount -t tmpfs -o size=4k tmpfs out && ${run}'`, {
      env: { NODE: process.execPath },
    });
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain('error: cannot write "out/report.json"');
  });
});
