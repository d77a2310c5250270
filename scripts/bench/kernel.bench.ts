import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareByteSinks } from '../../src/secrets/byte-sink.ts';
import type { BytePattern } from '../../src/secrets/automaton.ts';
import { loadDetectors } from '../../src/secrets/detectors.ts';
import { kernelCode } from '../../src/secrets/kernel/code.generated.ts';
import { planFor } from '../../src/secrets/kernel/plan-for.ts';
import { kernelSearch } from '../../src/secrets/kernel/search.ts';
import type { KernelPattern } from '../../src/secrets/kernel/tables.ts';
import { leadsOf } from '../../src/secrets/lead.ts';
import { leadSetOf } from '../../src/secrets/lead-set.ts';
import { createRedactor } from '../../src/secrets/redact.ts';
import { seededRandom } from '../../src/secrets/random.ts';
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

const detectors = await loadDetectors();
const redactor = createRedactor();
const plain = { utf16: false, base64: false };
const patterns = leadSetOf(leadsOf(detectors, plain)).wanted.everywhere;
const sinks = {
  plain: prepareByteSinks({ detectors, redactor, engine: 'wasm', passes: plain }),
  utf16: prepareByteSinks({ detectors, redactor, engine: 'wasm', passes: { ...plain, utf16: true } }),
  base64: prepareByteSinks({ detectors, redactor, engine: 'wasm', passes: { ...plain, base64: true } }),
  all: prepareByteSinks({ detectors, redactor, engine: 'wasm' }),
  automaton: prepareByteSinks({ detectors, redactor, engine: 'automaton', passes: plain }),
};
const once = searchFor(patterns);
const twice = searchFor([...patterns, ...patterns.map(({ bytes, ...rest }) => ({ ...rest, bytes: shifted(bytes) }))]);

export default {
  name: 'kernel',
  about: `CPU time to search ${corpus.length >> 20} MB of scripts, libraries and tensors for keys (${detectors.length} detectors, ${patterns.length} patterns); ${Math.round(corpus.length / 1.6e6)} ms is 1.6 GB/s`,
  unit: 'ms',
  rounds: 5,
  yardstick: 'kernel alone',
  contestants: {
    'copy of the bytes': () => cpu(() => pour({ room: () => once.bytes, commit: () => undefined })),
    'kernel alone': () => cpu(() => search(once)),
    'kernel alone, patterns doubled': () => cpu(() => search(twice)),
    'sink, plain bytes': () => cpu(() => drain(sinks.plain)),
    'sink, and UTF-16': () => cpu(() => drain(sinks.utf16)),
    'sink, and base64': () => cpu(() => drain(sinks.base64)),
    'sink, everything': () => cpu(() => drain(sinks.all)),
    'sink on the automaton, plain bytes': () => cpu(() => drain(sinks.automaton)),
  },
  goals: { 'kernel alone, patterns doubled': { ratio: 1.3 }, 'sink, plain bytes': { ratio: 1.4 }, 'sink, everything': { ratio: 2 } },
} satisfies Bench;

function cpu(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

type Search = NonNullable<ReturnType<typeof kernelSearch>>;

function searchFor(wanted: readonly KernelPattern[]): Search {
  const search = kernelSearch(kernelCode(), { everywhere: wanted, wide: [] }, planFor, chunk + 4096);
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

/** The same pattern of other letters: as selective, and none that is there already. */
function shifted(pattern: BytePattern): BytePattern {
  const isLetter = (byte: number): boolean => /[a-z]/i.test(String.fromCharCode(byte));
  return pattern.map((set) => set.map((byte) => (isLetter(byte) ? (byte & 0xe0) + 1 + (((byte & 0x1f) + 12) % 26) : byte)));
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
