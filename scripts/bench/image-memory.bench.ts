import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Bench } from './compare.ts';
import { benchImage, bundledChild, program } from './image-processes.ts';
import { serveLayout } from './layout-server.ts';

const run = promisify(execFile);
const { layout, tarBytes } = await benchImage();
const child = await bundledChild('image-memory-child');
const shapes = ['a small file', 'one file of 5 GB', 'a million files', 'fifty layers'] as const;
const whole = `aispm image, ${(tarBytes / 1e9).toFixed(2)} GB`;
const pulled = `${whole}, from a registry`;

async function peakOf(...argv: readonly string[]): Promise<number> {
  return (await program('image', ...argv, '--no-cache', '--fail-on', 'none', '-q', '-f', 'json=/dev/null')).rssMegabytes;
}

async function peakOfPull(): Promise<number> {
  const server = await serveLayout(layout);
  try {
    return await peakOf(`${server.host}/bench:latest`, '--plain-http', server.host);
  } finally {
    server.close();
  }
}

export default {
  name: 'image-memory',
  about: 'the most memory that looking into layers of different shapes takes (with two threads, everything searched)',
  unit: 'MB',
  rounds: 1,
  yardstick: 'a small file',
  contestants: {
    ...Object.fromEntries(shapes.map((shape) => [shape, async () => Number((await run(process.execPath, [child, shape])).stdout)])),
    [whole]: () => peakOf(layout),
    [pulled]: peakOfPull,
  },
  goals: Object.fromEntries([...shapes, whole, pulled].map((name) => [name, { most: 150 }])),
} satisfies Bench;
