import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { ByteSink } from '../../src/model/byte-sink.ts';
import { prepareByteSinks } from '../../src/secrets/byte-sink.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { exampleInContext } from '../../src/secrets/detectors/example.ts';
import { createRedactor } from '../../src/secrets/redact.ts';
import { everyPattern } from '../../test/support/every-pattern.ts';
import { aiImage } from './ai-image.ts';
import type { Bench } from './compare.ts';

/** Of each layer; the plainest way takes some ten seconds for ten megabytes of all. */
const megabytes = Number(process.env.BENCH_ENGINES_MEGABYTES ?? 24);
const image = await aiImage(Number(process.env.BENCH_IMAGE_MEGABYTES ?? 2_048));
const set = await loadDetectorSet();
const redactor = createRedactor();
/** A key of each detector, some twenty times in each layer: installed packages hold few. */
const planted = Buffer.from(
  set.detectors
    .map((detector) => exampleInContext(detector, 'planted'))
    .map(({ before, key, after }) => `\n${before}${key}${after}\n`)
    .join(''),
  'latin1',
);
/** What was found first, layer by layer: everything else must be the same, key by key. */
const known = new Map<string, string>();

export default {
  name: 'engines',
  about: `keys found in ${megabytes} MB of each of ${image.gzip.length} layers by the kernel, the automaton, and a comparison of every pattern at every byte; fails where they are not the same ones`,
  unit: 'keys',
  rounds: 1,
  yardstick: 'every pattern at every byte',
  contestants: {
    'every pattern at every byte': () => count(everyPattern(set, redactor)),
    kernel: () => count(prepareByteSinks({ set, redactor, engine: 'wasm' })),
    automaton: () => count(prepareByteSinks({ set, redactor, engine: 'automaton' })),
  },
  goals: { kernel: { ratio: 1 }, automaton: { ratio: 1 } },
} satisfies Bench;

type Searching = Pick<ByteSink, 'room' | 'commit' | 'take' | 'end'>;

async function count(make: () => Searching): Promise<number> {
  let keys = 0;
  for (const path of image.gzip) {
    const found = await keysIn(path, make());
    const text = JSON.stringify(found);
    if ((known.get(path) ?? text) !== text) throw new Error(`not the same keys are found in ${path}`);
    known.set(path, text);
    keys += found.length;
  }
  return keys;
}

async function keysIn(path: string, sink: Searching): Promise<readonly unknown[]> {
  const keys: unknown[] = [];
  function take(part: Buffer): void {
    for (let from = 0; from < part.length; ) {
      const room = sink.room();
      const copied = part.copy(room, 0, from, from + room.length);
      sink.commit(copied);
      keys.push(...sink.take());
      from += copied;
    }
  }
  let left = megabytes * 1e6;
  let unplanted = 0;
  for await (const chunk of createReadStream(path).pipe(createGunzip({ chunkSize: 1 << 20 }))) {
    const part = (chunk as Buffer).subarray(0, left); // no encoding is set
    take(part);
    unplanted += part.length;
    if (unplanted > (megabytes * 1e6) / 24) {
      take(planted);
      unplanted = 0;
    }
    left -= part.length;
    if (left <= 0) break;
  }
  return [...keys, ...sink.end()];
}
