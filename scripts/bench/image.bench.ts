import { cpus } from 'node:os';
import type { Bench } from './compare.ts';
import { benchImage, bundledChild, pass, program, unpack } from './image-processes.ts';

const { gzip: files, layout, tarBytes } = await benchImage();
const child = await bundledChild('image-child');
const keysAlone = ['utf-16', 'base64', 'containers', 'components'] as const;

export default {
  name: 'image',
  about: `wall time to look into ${(tarBytes / 1e9).toFixed(2)} GB in ${files.length} layers, digests checked (${cpus().length} cores, Node ${process.version})`,
  unit: 'ms',
  rounds: 3,
  yardstick: 'xargs -P2 gzip -dc',
  contestants: {
    'xargs -P2 gzip -dc': async () => (await unpack('gzip -dc', files)).wallMs,
    'no search': async () => (await pass(child, { files, without: ['search', ...keysAlone] })).wallMs,
    'keys alone': async () => (await pass(child, { files, without: keysAlone })).wallMs,
    everything: async () => (await pass(child, { files })).wallMs,
    'aispm image': async () => (await program('image', layout, '--no-cache', '--fail-on', 'none', '-q', '-f', 'json=/dev/null')).wallMs,
  },
  goals: { 'keys alone': { ratio: 0.5 }, everything: { ratio: 0.6 } },
} satisfies Bench;
