import type { Chunk } from '../report/reporter.ts';

/** A value as a JSON file for people, to be written with `writeChunks`. */
export async function* jsonText(value: object): AsyncGenerator<Chunk> {
  yield { path: '', chunk: `${JSON.stringify(value, undefined, 2)}\n` };
}
