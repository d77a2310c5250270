import { createRequire } from 'node:module';
import type { Bench } from './compare.ts';
import { benchImage, bundledChild, pass, type Timed, unpack } from './image-processes.ts';

/** Node's own decoder, from 22.15 and 23.8 on; before, ours in WebAssembly. */
const hasOwn = 'createZstdDecompress' in createRequire(import.meta.url)('node:zlib');
const decoder = hasOwn ? "Node's decoder" : 'WebAssembly';
/** Where Node has a decoder the goal is of CPU time, else of wall time; under load CPU time stands for both. */
const goals = hasOwn ? { cpuMs: 1.5 } : { cpuMs: 2, wallMs: 2 };
const without = ['utf-16', 'base64', 'containers', 'components'] as const;

/** Looking for keys in layers of zstd, compared with unpacking them. */
export async function zstdBench(name: string, quantity: keyof Timed): Promise<Bench> {
  const { zstd: files, tarBytes } = await benchImage();
  const child = await bundledChild('image-child');
  const ratio = (goals as Partial<Record<keyof Timed, number>>)[quantity];
  return {
    name,
    about: `${quantity === 'cpuMs' ? 'CPU' : 'wall'} time to look for keys in ${(tarBytes / 1e9).toFixed(2)} GB in ${files.length} layers of zstd, digests checked (Node ${process.version}, ${decoder})`,
    unit: 'ms',
    rounds: 3,
    yardstick: 'xargs -P2 zstd -dc',
    contestants: {
      'xargs -P2 zstd -dc': async () => (await unpack('zstd -dc', files))[quantity],
      'unpacking and walking': async () => (await pass(child, { files, without: ['search', 'lines', 'digests', ...without] }))[quantity],
      'no search': async () => (await pass(child, { files, without: ['search', ...without] }))[quantity],
      'keys alone': async () => (await pass(child, { files, without }))[quantity],
      everything: async () => (await pass(child, { files }))[quantity],
    },
    ...(ratio !== undefined && { goals: { 'keys alone': { ratio } } }),
  };
}
