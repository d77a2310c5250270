import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Automaton, buildAutomaton, type BytePattern } from '../../src/secrets/search/automaton.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { createFinder } from '../../src/secrets/find.ts';
import type { Bench } from './compare.ts';

const megabytes = 64;
const set = await loadDetectorSet();
const { detectors } = set;
const patterns = detectors.flatMap(({ anchors }) => anchors.map(({ bytes }) => bytes));
const automaton = buildAutomaton(patterns);
const doubled = buildAutomaton([...patterns, ...patterns.map(shifted)]);
const finder = createFinder(set);
const corpus = corpusOf(megabytes << 20);

export default {
  name: 'secrets',
  about: `CPU time to search ${megabytes} MB of installed packages for keys (${detectors.length} detectors, ${automaton.states} states); 64 ms is 1 GB/s`,
  unit: 'ms',
  rounds: 7,
  yardstick: 'sum of the bytes',
  contestants: {
    'sum of the bytes': () => cpu(sum),
    automaton: () => cpu(() => walk(automaton)),
    'automaton, detectors doubled': () => cpu(() => walk(doubled)),
    'automaton and verification': () => cpu(() => chunked((chunks) => finder.findIn(chunks).length)),
    'building the automaton': () => cpu(() => buildAutomaton(patterns).states),
  },
  goals: { automaton: { ratio: 3.5 }, 'automaton, detectors doubled': { ratio: 4 } },
} satisfies Bench;

/** What was computed last; written so that no computation can be left out. */
const seen = { result: 0 };

function cpu(work: () => number): number {
  const start = process.cpuUsage();
  seen.result = work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function sum(): number {
  let total = 0;
  for (let at = 0; at < corpus.length; at++) total = (total + (corpus[at] as number)) | 0;
  return total;
}

function walk(searched: Automaton): number {
  let count = 0;
  const chunk = 256 << 10;
  for (let from = 0; from < corpus.length; from += chunk) searched.find(corpus, from, Math.min(corpus.length, from + chunk), () => count++);
  return count;
}

function chunked(search: (chunks: Iterable<Uint8Array>) => number): number {
  const size = 256 << 10;
  return search(Array.from({ length: corpus.length / size }, (_, n) => corpus.subarray(n * size, (n + 1) * size)));
}

/** The same pattern of other letters: as selective, and none that is there already. */
function shifted(pattern: BytePattern): BytePattern {
  const isLetter = (byte: number): boolean => /[a-z]/i.test(String.fromCharCode(byte));
  return pattern.map((set) => set.map((byte) => (isLetter(byte) ? (byte & 0xe0) + 1 + (((byte & 0x1f) + 12) % 26) : byte)));
}

/** Code, documents, maps and binaries as they are installed, up to a size. */
function corpusOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  const folders = [fileURLToPath(new URL('../../node_modules', import.meta.url))];
  for (let folder = folders.pop(); folder !== undefined && length < size; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile() || length >= size) continue;
      const content = readFileSync(path).subarray(0, Math.min(4 << 20, size - length));
      bytes.set(content, length);
      length += content.length;
    }
  }
  // A small tree is repeated, so that the figures always stand for the same number of bytes.
  for (; length < size; length *= 2) bytes.copyWithin(length, 0, Math.min(length, size - length));
  return bytes;
}
