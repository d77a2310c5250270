/** Passes over files as layers, the largest first, as the program does; prints what it took as JSON. Its one argument is a `Task` as JSON. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { LayerReport } from '../../src/images/layer/layer-pass.ts';
import type { PassPart } from '../../src/scan/layers/layer-passes.ts';
import { startThreadsAhead } from '../../src/scan/layers/threads-ahead.ts';

export interface Task {
  readonly files: readonly string[];
  readonly without?: readonly PassPart[];
  /** Whether a layer that outweighs the others may take two threads. */
  readonly isSplit?: boolean;
}

/** A `Task`, with the digest of each file. */
export interface ToldTask extends Task {
  readonly digests: readonly string[];
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

const { files, digests, without = [], isSplit = false } = JSON.parse(process.argv[2] ?? '{}') as ToldTask; // written by the bench
const threads = startThreadsAhead(2);
const { openExtent } = await import('../../src/images/sources/extent.ts');
const { layerPassesHere } = await import('../../src/scan/layers/layer-passes.ts');
const { createLayerPool } = await import('../../src/scan/layers/layer-pool.ts');
const { loadDetectorSet } = await import('../../src/secrets/detectors/detectors.ts');
const set = await loadDetectorSet();
const pool = createLayerPool({ workers: 2, ahead: threads, here: layerPassesHere({ set, without }), search: set.shared, without });
const { signal } = new AbortController();

const sized = await Promise.all(files.map(async (path, n) => ({ path, digest: digests[n] ?? '', size: (await stat(path)).size })));
const queue = sized.toSorted((a, b) => b.size - a.size);
let left = queue.reduce((sum, { size }) => sum + size, 0);
const reports: LayerReport[] = [];
async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, digest, size } = next;
    left -= size;
    reports.push(
      await pool.passLayer({ digest, size, mediaType: '' }, createReadStream(path), signal, {
        othersBytes: isSplit ? left : Number.POSITIVE_INFINITY,
        onDisk: { open: () => openExtent(path), took: () => undefined, ended: () => undefined },
      }),
    );
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
