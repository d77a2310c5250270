/** Passes over files as layers, the largest first, as the program does; prints what it took as JSON. Its one argument is a `Task` as JSON. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { LayerReport } from '../../src/images/layer-pass.ts';
import { streamFile } from '../../src/images/sources/member-store.ts';
import { layerPassesHere, type PassPart } from '../../src/scan/layer-passes.ts';
import { createLayerPool } from '../../src/scan/layer-pool.ts';
import { keepHeapSmall } from '../../src/scan/small-heap.ts';
import { loadDetectorSet } from '../../src/secrets/detectors.ts';

export interface Task {
  readonly files: readonly string[];
  readonly without?: readonly (PassPart | 'digests')[];
  /** Whether a layer that outweighs the others may take two threads. */
  readonly isSplit?: boolean;
}

export interface Taken {
  readonly cpuMs: number;
  readonly rssMegabytes: number;
  readonly matches: number;
  readonly components: number;
  readonly gaps: number;
  /** Of everything that was found, and where. */
  readonly findings: string;
}

const { files, without = [], isSplit = false } = JSON.parse(process.argv[2] ?? '{}') as Task; // written by the bench
const parts = without.filter((part) => part !== 'digests');
keepHeapSmall();
const set = await loadDetectorSet();
const pool = createLayerPool({ workers: 2, here: layerPassesHere({ set, without: parts }), search: set.shared, without: parts });
const { signal } = new AbortController();

async function* read(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  const hash = createHash('sha256');
  try {
    for await (const chunk of streamFile(handle, 0, bytes, signal)) {
      if (!without.includes('digests')) hash.update(chunk);
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

const sized = await Promise.all(files.map(async (path) => ({ path, size: (await stat(path)).size })));
const queue = sized.toSorted((a, b) => b.size - a.size);
let others = queue.reduce((sum, { size }) => sum + size, 0);
const reports: LayerReport[] = [];
async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    others -= next.size;
    const blob = { digest: next.path, size: next.size, mediaType: '' };
    reports.push(await pool.passLayer(blob, read(next.path, next.size), signal, isSplit ? others : Number.POSITIVE_INFINITY));
  }
}
await Promise.all([work(), work()]);
const { user, system } = process.cpuUsage();
await pool.close();
const found = reports.flatMap(({ digest, matches }) => matches.map((match) => JSON.stringify([digest, match])));
process.stdout.write(
  JSON.stringify({
    cpuMs: (user + system) / 1000,
    rssMegabytes: process.resourceUsage().maxRSS / 1024,
    matches: found.length,
    components: reports.reduce((sum, { components }) => sum + components.length, 0),
    gaps: reports.reduce((sum, { gaps }) => sum + gaps.length, 0),
    findings: createHash('sha256').update(found.toSorted().join('\n')).digest('hex'),
  } satisfies Taken),
);
