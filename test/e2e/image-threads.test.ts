import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { layoutMembers, writeFolder, writeTar } from '../support/image-files.ts';
import { keyOf, repositoryWith } from '../support/image-lab.ts';
import { newComputer, runCli } from '../support/run-cli.ts';

/** More than is passed in the main thread: others read it, and the main thread has nothing to do but wait for them. */
const noise = 26 << 20;

test.each(['a folder', 'an archive'] as const)('an image whose layers other threads read is read to its end, as %s', async (kind) => {
  const computer = await newComputer();
  const image = await repositoryWith({
    layers: [
      [['noise', randomBytes(noise)]],
      [['noise', randomBytes(noise)]],
      [['app/.env', `ANTHROPIC_API_KEY=${keyOf('anthropic.api-key')}\n`]],
    ],
  });
  const members = layoutMembers(image);
  if (kind === 'a folder') await writeFolder(computer.at('image'), members);
  else await writeTar(computer.at('image'), members);
  const { code, stdout, stderr } = await runCli(computer, ['image', './image', '--no-cache', '-f', 'json']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('exit 1')]);
  expect((JSON.parse(stdout) as Report).findings.map(({ rule }) => rule)).toEqual(['secret.anthropic.api-key']);
});
