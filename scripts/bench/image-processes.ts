/** Processes that the benches of images time: the program's passes as it ships them, and the tools that they are compared with. */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aiImage } from './ai-image.ts';
import type { Taken, Task, ToldTask } from './image-child.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Timed {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export const benchImage = () => aiImage(Number(process.env['BENCH_IMAGE_MEGABYTES'] ?? 2_400));

/** Unpacks files by a tool, two at a time. */
export async function unpack(command: string, files: readonly string[]): Promise<Timed> {
  const start = performance.now();
  const { stdout } = await run('sh', ['-c', `printf '%s\\n' "$@" | xargs -P2 -n1 ${command} > /dev/null; times`, 'sh', ...files]);
  const wallMs = performance.now() - start;
  // The second line is of the children: user and system, as 1m2.345s.
  const times = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return { wallMs, cpuMs: times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0) };
}

export async function pass(child: string, task: Task): Promise<Timed & Taken> {
  const told: ToldTask = { ...task, digests: await Promise.all(task.files.map(digestOf)) };
  const start = performance.now();
  const { stdout } = await run(process.execPath, [child, JSON.stringify(told)]);
  const wallMs = performance.now() - start;
  return { wallMs, ...(JSON.parse(stdout) as Taken) };
}

const digests = new Map<string, Promise<string>>();

function digestOf(file: string): Promise<string> {
  const known = digests.get(file) ?? computed(file);
  digests.set(file, known);
  return known;
}

async function computed(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** The whole program, from its command line on. Findings make it end with 1, gaps with 3. */
export async function program(...argv: readonly string[]): Promise<Timed & { readonly rssMegabytes: number }> {
  const code = `process.argv.splice(1, 0, ${JSON.stringify(join(root, 'bin/run.js'))});
    process.on('exit', () => { const { user, system } = process.cpuUsage();
      require('node:fs').writeSync(2, '\\n' + JSON.stringify({ cpuMs: (user + system) / 1000, rssMegabytes: process.resourceUsage().maxRSS / 1024 })); });
    import(${JSON.stringify(new URL('../../bin/run.js', import.meta.url).href)});`;
  const start = performance.now();
  const { stderr } = await run(process.execPath, ['-e', code, '--', ...argv], { maxBuffer: 1 << 28 }).catch(
    (error: unknown) => error as { stderr: string },
  );
  const wallMs = performance.now() - start;
  return { wallMs, ...(JSON.parse(stderr.slice(stderr.lastIndexOf('\n'))) as { cpuMs: number; rssMegabytes: number }) };
}

/** As the program ships: bundled, with the worker as an entry of its own. Gives the path of a child. */
export async function bundledChild(name: 'image-child' | 'image-memory-child'): Promise<string> {
  const outdir = join(root, '.cache/bench-image-dist');
  await build({
    absWorkingDir: root,
    entryPoints: { [`bench/${name}`]: `scripts/bench/${name}.ts`, 'scan/layers/layer-worker': 'src/scan/layers/layer-worker.ts' },
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
  });
  return join(outdir, `bench/${name}.js`);
}
