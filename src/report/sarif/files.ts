import type { Chunk } from '../reporter.ts';
import { jsonLine, jsonLineAsBuilt } from '../escape/json.ts';

const runsPerFile = 20;
const resultsPerRun = 5000;
const flushAt = 65_536;

export interface RunStart {
  /** `aispm/<provider>/<account>/`: a later upload with the same category replaces this one. */
  readonly category: string;
  /** Members of the run but for `automationDetails` and `results`. `first` is false for the second and later parts of a run. */
  readonly members: (first: boolean) => object;
}

/**
 * Writes runs into as many files as the portals ask for: at most 20 runs a file, and at most 5,000 results a run. What is
 * beyond goes on in a run with a category of its own, in the next file.
 */
export class SarifFiles {
  #file = 0;
  #runs = 0;
  #resultsInFile = 0;
  #run: { readonly start: RunStart; part: number; results: number } | undefined;
  #pending = '';

  *openRun(start: RunStart): Iterable<Chunk> {
    yield* this.closeRun();
    yield* this.#begin(start, 1);
  }

  *addResult(result: object): Iterable<Chunk> {
    const run = this.#run;
    if (!run) throw new Error('a result stands in no run');
    if (run.results === resultsPerRun) {
      yield* this.closeRun();
      yield* this.#closeFile();
      yield* this.#begin(run.start, run.part + 1);
    }
    const current = this.#run ?? run;
    this.#pending += `${current.results === 0 ? '' : ','}\n${jsonLineAsBuilt(result)}`;
    current.results++;
    this.#resultsInFile++;
    if (this.#pending.length >= flushAt) yield* this.#flush();
  }

  *closeRun(): Iterable<Chunk> {
    if (!this.#run) return;
    this.#pending += `${this.#run.results === 0 ? '' : '\n'}]}`;
    this.#run = undefined;
    yield* this.#flush();
  }

  *close(): Iterable<Chunk> {
    yield* this.closeRun();
    yield* this.#closeFile();
  }

  *#begin(start: RunStart, part: number): Iterable<Chunk> {
    if (this.#runs === runsPerFile || this.#resultsInFile >= resultsPerRun) yield* this.#closeFile();
    if (this.#runs === 0) this.#pending += '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[';
    const id = part === 1 ? start.category : `${start.category}part-${part}/`;
    const members = jsonLine({ automationDetails: { id }, columnKind: 'utf16CodeUnits', ...start.members(part === 1) });
    this.#pending += `${this.#runs === 0 ? '' : ','}\n${members.slice(0, -1)},"results":[`;
    this.#runs++;
    this.#run = { start, part, results: 0 };
  }

  *#closeFile(): Iterable<Chunk> {
    if (this.#runs === 0) return;
    this.#pending += '\n]}\n';
    yield* this.#flush();
    this.#file++;
    this.#runs = 0;
    this.#resultsInFile = 0;
  }

  *#flush(): Iterable<Chunk> {
    if (this.#pending === '') return;
    yield { path: this.#file === 0 ? '' : `-${this.#file + 1}`, chunk: this.#pending };
    this.#pending = '';
  }
}
