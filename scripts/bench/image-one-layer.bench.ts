import type { Bench } from './compare.ts';
import { benchImage, bundledChild, pass } from './image-processes.ts';

const files = (await benchImage()).gzip.slice(0, 1);
const child = await bundledChild('image-child');

export default {
  name: 'image-one-layer',
  about: 'wall time of one layer that outweighs all others: unpacked and searched in one thread, or in one each',
  unit: 'ms',
  rounds: 3,
  yardstick: 'one thread',
  contestants: {
    'one thread': async () => (await pass(child, { files })).wallMs,
    'two threads': async () => (await pass(child, { files, isSplit: true })).wallMs,
  },
  goals: { 'two threads': { ratio: 0.87 } },
} satisfies Bench;
