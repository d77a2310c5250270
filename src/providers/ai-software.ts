import software from './ai-software.json' with { type: 'json' };

/**
 * Software that serves, trains or drives models, and where it shows: a row of ai-software.json.
 * The ports are those that the software's own documentation gives as its defaults.
 */
export interface AiSoftware {
  readonly name: string;
  /** Default ports that hardly anything else has: an open one says by itself that AI is served. */
  readonly ports?: readonly number[];
  /** Default ports that many other programs listen on, too: watched on machines of which something else says that they are AI. */
  readonly sharedPorts?: readonly number[];
  /** Pattern that finds it in names of images and packages, in tags and in scripts; case does not matter. */
  readonly words: string;
}

// The file is our own data.
const rows: readonly AiSoftware[] = software;
const named = rows.map(({ name, words }) => ({ name, pattern: new RegExp(words, 'i') }));

/** Every port of the list, ascending, each once. */
export const aiPorts: readonly number[] = distinct(rows.flatMap(({ ports = [], sharedPorts = [] }) => [...ports, ...sharedPorts]));

/** The software that has this port to itself. */
export function softwareOfPort(port: number): readonly string[] {
  return rows.filter(({ ports = [] }) => ports.includes(port)).map(({ name }) => name);
}

/** The software that a text names. */
export function softwareIn(text: string): readonly string[] {
  return named.filter(({ pattern }) => pattern.test(text)).map(({ name }) => name);
}

function distinct(ports: readonly number[]): readonly number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}
