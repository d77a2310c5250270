import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bench } from './compare.ts';

const cli = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

export default {
  name: 'start-up',
  about: 'wall time of whole processes; what a command takes before it does anything',
  unit: 'ms',
  rounds: 15,
  yardstick: 'node -e 0',
  contestants: {
    'node -e 0': () => timeOf('-e', '0'),
    'aispm --version': () => timeOf(cli, '--version'),
    'aispm --help': () => timeOf(cli, '--help'),
    'aispm scan --help': () => timeOf(cli, 'scan', '--help'),
    'aispm frameworks list': () => timeOf(cli, 'frameworks', 'list'),
    'aispm checks list': () => timeOf(cli, 'checks', 'list'),
  },
  // 15 ms and 75 ms over a bare Node that takes 60 ms. As ratios, because a slow minute of the machine stretches both.
  goals: {
    'aispm --version': { ratio: 1.25 },
    'aispm --help': { ratio: 2.25 },
    'aispm scan --help': { ratio: 2.25 },
    'aispm frameworks list': { ratio: 2.25 },
    'aispm checks list': { ratio: 2.25 },
  },
} satisfies Bench;

function timeOf(...argv: readonly string[]): number {
  const start = performance.now();
  spawnSync(process.execPath, argv, { stdio: 'ignore' });
  return performance.now() - start;
}
