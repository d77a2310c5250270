import { pick, seededRandom } from '../../src/secrets/detectors/random.ts';

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

/** Words of programs: the table of one seed is the same everywhere. */
const words =
  `accept access address allocate array attempt block buffer bytes cache cannot certificate channel client close code config connection context
copy count create data decode default delete device digest directory empty encode error event exceeds exit expected failed field file flag format frame
function handler hash header host http index integer invalid key length limit list load local lock map marker memory message method missing mode module
mutex name network node nil not null number object offset open option overflow packet panic parse path pipe pointer pool port process protocol queue range
read record reflect request reset resource response return runtime schema secret send server session size slice socket stack start state status stream
string struct syscall table task thread time timeout tls token trace type unexpected unknown update user value version wait window with write`.split(
    /\s+/,
  );

const nameOf = (random: () => number): string =>
  Array.from({ length: 1 + Math.floor(random() * 4) }, (_, n) => {
    const word = pick(words, random);
    return n === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1);
  }).join('');

const sentenceOf = (random: () => number): string =>
  Array.from({ length: 3 + Math.floor(random() * 12) }, () => pick(words, random)).join(' ');

/** Names and sentences of programs, some joined by signs, and some of the very length of the key: in Go they stand right beside it. */
function stringsFor(seed: string, length: number): readonly string[] {
  const random = seededRandom(`${seed} strings`);
  const joined = (): string => `${nameOf(random)}${pick(['_', '-', '.', '/', ' ', ': '], random)}${nameOf(random)}`;
  const long = (): string => {
    let text = nameOf(random);
    while (text.length < length) text += random() < 0.5 ? nameOf(random) : sentenceOf(random);
    return text.slice(0, length);
  };
  return Array.from({ length: neighbours }, (_, n) => {
    if (n % 20 === 0) return long();
    if (n % 4 === 0) return joined();
    return n % 3 === 0 ? sentenceOf(random) : nameOf(random);
  });
}
