/**
 * npx tsx scripts/bench/engines.ts [MEGABYTES]
 * Passes the layers of the bench image (or so many megabytes of each) through the kernel, through the automaton and through a
 * comparison of every pattern at every byte, and says how many keys each finds. Fails where they are not the same, key by key.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type KeySink, prepareByteSinks } from '../../src/secrets/byte-sink.ts';
import { loadDetectorSet } from '../../src/secrets/detectors.ts';
import { createRedactor } from '../../src/secrets/redact.ts';
import { everyPattern } from '../../test/support/every-pattern.ts';
import { aiImage } from './ai-image.ts';

const megabytes = Number(process.argv[2] ?? Infinity);
const image = await aiImage(Number(process.env.BENCH_IMAGE_MEGABYTES ?? 2_048));
const set = await loadDetectorSet();
const redactor = createRedactor();
const sinks = {
  kernel: prepareByteSinks({ set, redactor, engine: 'wasm' }),
  automaton: prepareByteSinks({ set, redactor, engine: 'automaton' }),
  'every pattern at every byte': everyPattern(set, redactor),
};

let isSame = true;
for (const [n, path] of image.gzip.entries()) {
  const found: string[] = [];
  const counts = [];
  for (const [name, make] of Object.entries(sinks)) {
    const { bytes, keys } = await pass(path, make());
    found.push(JSON.stringify(keys));
    counts.push(`${name} ${keys.length}`);
    if (name === 'kernel') counts.unshift(`layer ${n + 1}, ${Math.round(bytes / 1e6)} MB:`);
  }
  isSame &&= new Set(found).size === 1;
  process.stdout.write(`${counts.join('  ')}  ${new Set(found).size === 1 ? 'the same' : 'NOT THE SAME'}\n`);
}
if (!isSame) process.exitCode = 1;

async function pass(path: string, sink: Pick<KeySink, 'room' | 'commit' | 'take' | 'end'>) {
  const keys: unknown[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(path).pipe(createGunzip({ chunkSize: 1 << 20 }))) {
    const part = chunk as Buffer; // no encoding is set
    for (let from = 0; from < part.length; ) {
      const room = sink.room();
      const count = part.copy(room, 0, from, from + room.length);
      sink.commit(count);
      keys.push(...sink.take());
      from += count;
    }
    bytes += part.length;
    if (bytes >= megabytes * 1e6) break;
  }
  keys.push(...sink.end());
  return { bytes, keys };
}
