/** Passes over the files named as layers, the largest first, as the program does; prints what it took as JSON. Arguments: threads, parts left out (comma), "split", files. */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { layerPassesHere, type PassPart } from '../../src/scan/layer-passes.ts';
import { createLayerPool } from '../../src/scan/layer-pool.ts';
import { loadDetectorSet } from '../../src/secrets/detectors.ts';

const [threads = '2', left = '', mode = '', ...files] = process.argv.slice(2);
const without = left.split(',').filter((part) => part !== '') as PassPart[]; // written by the bench
const set = await loadDetectorSet();
const here = layerPassesHere({ set, without });
const pool = createLayerPool({ workers: Number(threads), here, search: set.shared, without });

async function* read(path: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 512 << 10 })) {
    hash.update(chunk as Buffer); // no encoding is set
    yield chunk as Buffer;
  }
  hash.digest('hex');
}

const queue = files.map((path) => ({ path, size: statSync(path).size })).toSorted((a, b) => b.size - a.size);
let others = queue.reduce((sum, { size }) => sum + size, 0);
let [matches, bytes, components, gaps] = [0, 0, 0, 0];
async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    others -= next.size;
    const blob = { digest: next.path, size: next.size, mediaType: '' };
    const report = await pool.passLayer(
      blob,
      read(next.path),
      new AbortController().signal,
      mode === 'split' ? others : Number.POSITIVE_INFINITY,
    );
    matches += report.matches.length;
    bytes += report.uncompressedBytes;
    components += report.components.length;
    gaps += report.gaps.length;
  }
}
await Promise.all(Array.from({ length: Number(threads) }, work));
const cpu = process.cpuUsage();
await pool.close();
process.stdout.write(
  JSON.stringify({
    cpuMs: (cpu.user + cpu.system) / 1000,
    rssMegabytes: process.resourceUsage().maxRSS / 1024,
    matches,
    bytes,
    components,
    gaps,
  }),
);
