import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aiImage } from './ai-image.ts';
import type { Bench } from './compare.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const megabytes = Number(process.env.BENCH_IMAGE_MEGABYTES ?? 2_048);
const image = await aiImage(megabytes);
const child = await bundle();

interface Taken {
  readonly cpuMs: number;
  readonly rssMegabytes: number;
  readonly matches: number;
}

export default {
  name: 'image',
  about: `wall time to look into ${(image.tarBytes / 1e9).toFixed(2)} GB in ${image.gzip.length} layers, digests checked (${cpus().length} cores, Node ${process.version}); CPU times and memory follow`,
  unit: 'ms',
  rounds: Number(process.env.BENCH_IMAGE_ROUNDS ?? 3),
  yardstick: 'xargs -P2 gzip -dc',
  contestants: {
    'xargs -P2 gzip -dc': () => shell('gzip -dc', image.gzip),
    'xargs -P2 zstd -dc': () => shell('zstd -dc', image.zstd),
    everything: () => pass('everything', [], image.gzip),
    'keys alone': () => pass('keys alone', ['packed text', 'containers', 'components'], image.gzip),
    'no search': () => pass('no search', ['search', 'packed text', 'containers', 'components'], image.gzip),
    'without packed text': () => pass('without packed text', ['packed text'], image.gzip),
    'without containers': () => pass('without containers', ['containers'], image.gzip),
    'without components': () => pass('without components', ['components'], image.gzip),
    'everything, zstd': () => pass('everything, zstd', [], image.zstd),
    'largest layer, one thread': () => pass('largest layer, one thread', [], image.gzip.slice(0, 1)),
    'largest layer, split': () => pass('largest layer, split', [], image.gzip.slice(0, 1), 'split'),
  },
  goals: { everything: { ratio: 0.6 }, 'keys alone': { ratio: 0.5 } },
} satisfies Bench;

async function shell(command: string, files: readonly string[]): Promise<number> {
  const start = performance.now();
  await run('sh', ['-c', `printf '%s\\n' "$@" | xargs -P2 -n1 ${command} > /dev/null`, 'sh', ...files]);
  return performance.now() - start;
}

/** CPU and memory are printed as they come; the table has the wall time. */
async function pass(name: string, without: readonly string[], files: readonly string[], mode = ''): Promise<number> {
  const start = performance.now();
  const { stdout } = await run(process.execPath, [child, '2', without.join(','), mode, ...files]);
  const wallMs = performance.now() - start;
  const { cpuMs, rssMegabytes, matches } = JSON.parse(stdout) as Taken;
  process.stderr.write(
    `  ${name}: wall ${wallMs.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms, peak ${rssMegabytes.toFixed(0)} MB, ${matches} matches\n`,
  );
  return wallMs;
}

/** As the program ships: bundled, with the worker as an entry of its own. */
async function bundle(): Promise<string> {
  const outdir = join(root, '.cache/bench-image-dist');
  await build({
    absWorkingDir: root,
    entryPoints: { 'bench/image-child': 'scripts/bench/image-child.ts', 'scan/layer-worker': 'src/scan/layer-worker.ts' },
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    outExtension: { '.js': '.js' },
  });
  return join(outdir, 'bench/image-child.js');
}
