import { readFileSync } from 'node:fs';
import { pick, seededRandom } from '../../src/secrets/random.ts';

/** A program's strings as its compiler lays them out. */
export interface StringTable {
  readonly bytes: Buffer;
  /** Where the wanted string begins. */
  readonly start: number;
}

const neighbours = 400;

/** As the linker of Go does: by length, then by content, nothing between. */
export function goTable(text: string, seed: string): StringTable {
  const sorted = [...stringsFor(seed, text.length), text].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return tableOf(sorted, text);
}

/** As the compiler of Rust does: in the order in which they are met, nothing between. */
export function rustTable(text: string, seed: string): StringTable {
  const strings = stringsFor(seed, text.length);
  const at = Math.floor(seededRandom(`${seed} place`)() * strings.length);
  return tableOf([...strings.slice(0, at), text, ...strings.slice(at)], text);
}

function tableOf(strings: readonly string[], text: string): StringTable {
  const start = strings.slice(0, strings.indexOf(text)).reduce((sum, { length }) => sum + length, 0);
  return { bytes: Buffer.from(`${strings.join('')}and more`, 'latin1'), start };
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'latin1');
const names = [...new Set(read('checks/models/aws.json').match(/[A-Za-z][A-Za-z0-9_]{2,40}/g))];
const sentences = [...new Set(`${read('README.md')}${read('docs/architecture.md')}`.match(/[A-Z][A-Za-z0-9 ,.'"()-]{10,200}/g))];

/** Names and sentences of real programs, some joined by signs, and some of the very length of the key: in Go they stand right beside it. */
function stringsFor(seed: string, length: number): readonly string[] {
  const random = seededRandom(`${seed} strings`);
  const joined = (): string => `${pick(names, random)}${pick(['_', '-', '.', '/', ' ', ': '], random)}${pick(names, random)}`;
  const long = (): string => {
    let text = pick(names, random);
    while (text.length < length) text += pick(random() < 0.5 ? names : sentences, random);
    return text.slice(0, length);
  };
  return Array.from({ length: neighbours }, (_, n) => {
    if (n % 20 === 0) return long();
    return n % 4 === 0 ? joined() : pick(n % 3 === 0 ? sentences : names, random);
  });
}
