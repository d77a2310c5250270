import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareByteSinks } from '../../src/secrets/byte-sink.ts';
import type { Detector } from '../../src/secrets/detectors/compile.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { kernelSearch } from '../../src/secrets/search/kernel/search.ts';
import { makeSearchTables } from '../../src/secrets/search/make-search-tables.ts';
import { createRedactor } from '../../src/secrets/redact.ts';
import { seededRandom } from '../../src/secrets/detectors/random.ts';
import { netNames, type NetName, readSearchTables, type SearchTables } from '../../src/secrets/search/search-tables.ts';
import type { Bench } from './compare.ts';

/** A quarter each of JavaScript, Python, compiled libraries and tensors; what a machine lacks is made up for by JavaScript. */
const partBytes = 32 << 20;
const chunk = 256 << 10;
const root = fileURLToPath(new URL('../..', import.meta.url));
const scripts = folderBytes(join(root, 'node_modules'), /\.(?:m?js|cjs|ts|json|md|map)$/);
const corpus = Buffer.concat([
  scripts,
  orScripts(folderBytes('/usr/lib/python3', /\.pyc?$/, folderBytes('/usr/lib/python3.11', /\.pyc?$/))),
  orScripts(folderBytes('/usr/lib', /\.so(?:\.\d+)*$/)),
  tensors(),
]);

const set = await loadDetectorSet();
const { detectors } = set;
const redactor = createRedactor();
const plain = { utf16: false, base64: false };
const sinks = {
  plain: prepareByteSinks({ set, redactor, engine: 'wasm', passes: plain }),
  utf16: prepareByteSinks({ set, redactor, engine: 'wasm', passes: { ...plain, utf16: true } }),
  base64: prepareByteSinks({ set, redactor, engine: 'wasm', passes: { ...plain, base64: true } }),
  all: prepareByteSinks({ set, redactor, engine: 'wasm' }),
  automaton: prepareByteSinks({ set, redactor, engine: 'automaton' }),
};
const once = searchFor(set.tables, ['plain']);
const packed = searchFor(set.tables, ['plain and base64', 'utf-16']);
const doubled = readSearchTables(makeSearchTables([...detectors, ...detectors.map(shifted)], 1));
const twice = searchFor(doubled, ['plain']);
const packedTwice = searchFor(doubled, ['plain and base64', 'utf-16']);

export default {
  name: 'kernel',
  about: `CPU time to search ${corpus.length >> 20} MB of scripts, libraries and tensors for keys (${detectors.length} detectors, patterns: ${netNames.map((name) => `${set.tables.nets[name].patterns} ${name}`).join(', ')}); ${Math.round(corpus.length / 1.6e6)} ms is 1.6 GB/s`,
  unit: 'ms',
  rounds: 5,
  yardstick: 'kernel alone',
  contestants: {
    'copy of the bytes': () => cpu(() => pour({ room: () => once.bytes, commit: () => undefined })),
    'kernel alone': () => cpu(() => search(once)),
    'kernel alone, detectors doubled': () => cpu(() => search(twice)),
    'kernel, UTF-16 and base64 too': () => cpu(() => search(packed)),
    'kernel, UTF-16 and base64 too, detectors doubled': () => cpu(() => search(packedTwice)),
    'sink, plain bytes': () => cpu(() => drain(sinks.plain)),
    'sink, and UTF-16': () => cpu(() => drain(sinks.utf16)),
    'sink, and base64': () => cpu(() => drain(sinks.base64)),
    'sink, everything': () => cpu(() => drain(sinks.all)),
    'sink on the automaton, everything': () => cpu(() => drain(sinks.automaton)),
  },
  goals: { 'kernel alone, detectors doubled': { ratio: 1.3 }, 'sink, plain bytes': { ratio: 1.4 }, 'sink, everything': { ratio: 1.6 } },
} satisfies Bench;

function cpu(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

type Search = NonNullable<ReturnType<typeof kernelSearch>>;

function searchFor(tables: SearchTables, wanted: readonly NetName[]): Search {
  const search = kernelSearch(set.code, tables, wanted, chunk + 4096);
  if (search === undefined) throw new Error('no SIMD here');
  return search;
}

function search(kernel: Search): void {
  for (let from = 0; from < corpus.length; from += chunk) {
    const count = corpus.copy(kernel.bytes, 0, from, from + chunk);
    kernel.find(0, count, count, () => undefined);
  }
}

function drain(makeSink: ReturnType<typeof prepareByteSinks>): void {
  const sink = makeSink();
  pour(sink);
  sink.end();
}

function pour(sink: { readonly room: () => Uint8Array; readonly commit: (bytes: number) => void }): void {
  for (let from = 0; from < corpus.length; ) {
    const space = sink.room();
    const count = corpus.copy(space, 0, from, from + space.length);
    sink.commit(count);
    from += count;
  }
}

/** The same detector of other letters: as selective, and none that is there already. */
function shifted(detector: Detector): Detector {
  const isLetter = (byte: number): boolean => /[a-z]/i.test(String.fromCharCode(byte));
  const other = (byte: number): number => (isLetter(byte) ? (byte & 0xe0) + 1 + (((byte & 0x1f) + 12) % 26) : byte);
  const anchors = detector.anchors.map((anchor) => ({ ...anchor, bytes: anchor.bytes.map((bytes) => bytes.map(other)) }));
  return { ...detector, anchors };
}

function folderBytes(folder: string, names: RegExp, before: Buffer = Buffer.alloc(0)): Buffer {
  const parts = [before];
  let length = before.length;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && length < partBytes; next = folders.pop()) {
    for (const entry of entriesOf(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile() || !names.test(entry.name) || length >= partBytes) continue;
      const content = readFileSync(path).subarray(0, 4 << 20);
      parts.push(content);
      length += content.length;
    }
  }
  return Buffer.concat(parts).subarray(0, partBytes);
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not on this machine
  }
}

function orScripts(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, scripts]).subarray(0, partBytes);
}

/** Numbers of sixteen bits as weights have them: a random byte, and one of few exponents. */
function tensors(): Buffer {
  const random = seededRandom('tensors');
  const block = Buffer.from(
    Array.from(
      { length: 1 << 20 },
      (_, at) => (at % 2 === 0 ? random() * 256 : [0x3c, 0x3d, 0xbc, 0xbd][Math.floor(random() * 4)]) as number,
    ),
  );
  return Buffer.concat(Array.from({ length: partBytes >> 20 }, () => block));
}
