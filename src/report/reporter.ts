import type { Finding, Report } from '../model/report.ts';

/** A report whose findings may come one at a time, in report order, so that any number of them streams. */
export interface ReportStream {
  readonly head: Omit<Report, 'findings'>;
  readonly findings: Iterable<Finding> | AsyncIterable<Finding>;
}

export interface RenderOptions {
  readonly includePass: boolean;
  readonly includeWaived: boolean;
  readonly sarifFull: boolean;
  readonly sarifAnchor?: string;
  /** Folder of redacted evidence files, relative to the report; `undefined` writes none. */
  readonly evidenceDir?: string;
  /** Show findings at least this bad; never changes the gate. */
  readonly severity?: import('../model/severity.ts').Severity;
  /** Width of the terminal, or `undefined` where the output is no terminal: then nothing is cut. */
  readonly columns?: number;
  readonly color: boolean;
  readonly hyperlinks: boolean;
}

export interface Chunk {
  /** `''` is the output that was asked for; anything else is a further file, relative to it (`aispm-evidence/…`, `NAME-2.sarif` as `-2`). */
  readonly path: string;
  readonly chunk: string;
}

/** A pure function of the report: no clock, network, files. One file per format in `formats/`, as the default export. */
export interface Reporter {
  readonly name: string;
  readonly describe: string;
  render(report: ReportStream, options: RenderOptions): AsyncIterable<Chunk>;
}
