import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Bench } from './compare.ts';
import { benchImage, bundledChild, program } from './image-processes.ts';

const run = promisify(execFile);
const { layout, tarBytes } = await benchImage();
const child = await bundledChild('image-memory-child');
const shapes = ['a small file', 'one file of 5 GB', 'a million files', 'fifty layers'] as const;
const whole = `aispm image, ${(tarBytes / 1e9).toFixed(2)} GB`;

export default {
  name: 'image-memory',
  about: 'the most memory that looking into layers of different shapes takes (with two threads, everything searched)',
  unit: 'MB',
  rounds: 1,
  yardstick: 'a small file',
  contestants: {
    ...Object.fromEntries(shapes.map((shape) => [shape, async () => Number((await run(process.execPath, [child, shape])).stdout)])),
    [whole]: async () => (await program('image', layout, '--no-cache', '--fail-on', 'none', '-q', '-f', 'json=/dev/null')).rssMegabytes,
  },
  goals: Object.fromEntries([...shapes, whole].map((name) => [name, { most: 150 }])),
} satisfies Bench;
