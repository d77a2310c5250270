import { expect, onTestFinished, test } from 'vitest';
import { newComputer, runCli } from '../support/run-cli.ts';
import { startClouds } from '../support/start-clouds.ts';

interface Around {
  readonly surroundings: readonly { readonly what: string; readonly state: string }[];
}

const clockIn = (stdout: string) => (JSON.parse(stdout) as Around).surroundings.find(({ what }) => what === 'clock')?.state;

test("doctor compares this machine's clock with that of the clouds that answered", async () => {
  const computer = await newComputer();
  const clouds = await startClouds(computer);
  onTestFinished(() => clouds.close());
  for (const cloud of [clouds.aws, clouds.azure, clouds.alibaba]) {
    const { stdout, stderr } = await runCli(computer, ['doctor', ...cloud, '--json'], { env: clouds.env });
    expect(clockIn(stdout), stderr).toMatch(/Z, agrees with (localhost|127\.0\.0\.1|\d hosts)$/);
  }
  const { stdout } = await runCli(computer, ['doctor', 'aws', '--json']);
  expect(clockIn(stdout)).toMatch(/Z, no host told its own time$/);
}, 120_000);
