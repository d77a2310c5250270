/** Passes over made-up layers of one shape, as the program does, and prints the most memory that the process had, in megabytes. */
import { layerPassesHere } from '../../src/scan/layers/layer-passes.ts';
import { createLayerPool } from '../../src/scan/layers/layer-pool.ts';
import { tuneEngine } from '../../src/scan/layers/tune-engine.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';

const shapes: { readonly [shape: string]: () => readonly (readonly [files: number, bytes: number])[] } = {
  'a small file': () => [[1, 1 << 20]],
  'one file of 5 GB': () => [[1, 5e9]],
  'a million files': () => [[1e6, 300]],
  'fifty layers': () => Array.from({ length: 50 }, () => [200, 100_000]),
};
const layers = shapes[process.argv[2] ?? '']?.() ?? [];

tuneEngine();
const set = await loadDetectorSet();
const pool = createLayerPool({ workers: 2, here: layerPassesHere({ set }), search: set.shared });
const words = Buffer.from(Array.from({ length: 9000 }, (_, n) => `line ${n}: ${Math.imul(n, 2654435761) >>> 0} of ${n % 97}\n`).join(''));
const queue = layers.map(([files, bytes], n) => ({ files, bytes, n }));

async function* tar(files: number, bytes: number): AsyncGenerator<Uint8Array> {
  const block = Buffer.alloc(512);
  for (let file = 0; file < files; file++) {
    yield header(block, `folder-${file % 1000}/of-files/number-${file}.txt`, bytes);
    for (let left = bytes + ((512 - (bytes % 512)) % 512); left > 0; left -= words.length)
      yield words.subarray(0, Math.min(left, words.length));
  }
}

/** Each is valid until the next: what a million of them took would be measured, too. */
function header(block: Buffer, name: string, bytes: number): Buffer {
  block.fill(0);
  block.write(name, 0, 'latin1');
  if (bytes < 8 ** 11) block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  return block;
}

const kept: unknown[] = [];
async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const blob = { digest: `layer ${next.n}`, mediaType: '' };
    const report = await pool.passLayer(blob, tar(next.files, next.bytes), new AbortController().signal);
    if (report.gaps.length > 0) throw new Error(report.gaps[0]?.detail);
    kept.push(report); // as the program does, for what is asked of all layers in the end
  }
}
await Promise.all([work(), work()]);
await pool.close();
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
