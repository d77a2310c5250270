import type { Bench } from './compare.ts';
import { benchImage, bundledChild, pass, unpack } from './image-processes.ts';

const { zstd: files, tarBytes } = await benchImage();
const child = await bundledChild('image-child');
const without = ['utf-16', 'base64', 'containers', 'components'] as const;
const hasOwn = Number(process.versions.node.split('.')[0]) >= 24;
/** Where Node has a decoder the goal is of CPU time, else of wall time. */
const quantity = hasOwn ? 'cpuMs' : 'wallMs';

export default {
  name: 'image-zstd',
  about: `${hasOwn ? 'CPU' : 'wall'} time to look for keys in ${(tarBytes / 1e9).toFixed(2)} GB in ${files.length} layers of zstd, digests checked (Node ${process.version})`,
  unit: 'ms',
  rounds: 2,
  yardstick: 'xargs -P2 zstd -dc',
  contestants: {
    'xargs -P2 zstd -dc': async () => (await unpack('zstd -dc', files))[quantity],
    'no search': async () => (await pass(child, { files, without: ['search', ...without] }))[quantity],
    'keys alone': async () => (await pass(child, { files, without }))[quantity],
    everything: async () => (await pass(child, { files }))[quantity],
  },
  goals: { 'keys alone': { ratio: hasOwn ? 1.5 : 2 } },
} satisfies Bench;
