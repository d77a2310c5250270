import type { Bench } from './compare.ts';
import type { Task } from './image-child.ts';
import { benchImage, bundledChild, pass, unpack } from './image-processes.ts';

const { gzip: files, tarBytes } = await benchImage();
const child = await bundledChild('image-child');
const beside = ['utf-16', 'base64', 'containers', 'components'] as const;
const but = (one: (typeof beside)[number]): Task['without'] => beside.filter((part) => part !== one);
const findings = new Map<string, string>();

export default {
  name: 'image-cpu',
  about: `CPU time of the same passes over ${(tarBytes / 1e9).toFixed(2)} GB, and of each switch: on a busy machine it says more than wall time`,
  unit: 'ms',
  rounds: 2,
  yardstick: 'no search',
  contestants: {
    'gzip -dc': async () => (await unpack('gzip -dc', files)).cpuMs,
    'no search': () => cpuOf({ without: ['search', ...beside] }),
    'no search, no digests': () => cpuOf({ without: ['search', 'digests', ...beside] }),
    'keys alone': () => cpuOf({ without: beside }),
    'keys, lines not counted': () => cpuOf({ without: ['lines', ...beside] }),
    'keys and UTF-16': () => cpuOf({ without: but('utf-16') }),
    'keys and base64': () => cpuOf({ without: but('base64') }),
    'keys and containers': () => cpuOf({ without: but('containers') }),
    'keys and components': () => cpuOf({ without: but('components') }),
    everything: () => cpuOf({}, 'kernel'),
    'everything, on the automaton': () => cpuOf({ without: ['kernel'] }, 'automaton'),
  },
  goals: { 'keys alone': { ratio: 1.35 } },
} satisfies Bench;

/** Both engines must find the same, to the last offset. */
async function cpuOf(task: Omit<Task, 'files'>, engine?: 'kernel' | 'automaton'): Promise<number> {
  const taken = await pass(child, { files, ...task });
  if (engine !== undefined) findings.set(engine, taken.findings);
  if (findings.size === 2 && new Set(findings.values()).size > 1) throw new Error('the kernel and the automaton found different keys');
  return taken.cpuMs;
}
