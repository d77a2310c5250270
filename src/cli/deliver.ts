import { appendFile } from 'node:fs/promises';
import { UsageError } from '../model/usage-error.ts';
import type { RenderOptions, ReportStream } from '../report/reporter.ts';
import { reporters } from '../report/reporters.generated.ts';
import { closingHint } from '../report/sarif/notifications.ts';
import { exitLine, summaryLines, summaryText, worstOf } from '../report/summary.ts';
import type { Invocation } from './base-command.ts';
import { type OutputTarget, writeChunks } from './output.ts';

export const formats: readonly string[] = Object.keys(reporters).sort();

/** What a command adds to the end of the summary. */
export interface Ending {
  /** Further files that were written. */
  readonly besides?: readonly string[];
  /** The last line, made from the reason of the exit code. */
  readonly exitLine?: (line: string) => string;
}

export interface RenderFlags {
  readonly severity?: string | undefined;
  readonly 'include-pass'?: boolean | undefined;
  readonly 'include-waived'?: boolean | undefined;
  readonly 'sarif-full'?: boolean | undefined;
  readonly 'sarif-anchor'?: string | undefined;
  readonly evidence?: string | undefined;
  readonly 'no-evidence'?: boolean | undefined;
  readonly summary?: boolean | undefined;
}

/**
 * Writes a report in every chosen format, then the summary and the reason of the exit code on stderr.
 * `report` is asked anew for each format, so that a stream can be read again. Resolves with the files written.
 */
export async function deliver(
  report: () => ReportStream | Promise<ReportStream>,
  targets: readonly OutputTarget[],
  invocation: Pick<Invocation<RenderFlags>, 'flags' | 'colors' | 'tell' | 'progress' | 'world'> & Ending,
): Promise<readonly string[]> {
  const { flags, colors, tell, progress, world } = invocation;
  world.progress({ kind: 'phase', phase: 'report' });
  const files: string[] = [...(invocation.besides ?? [])];
  for (const target of targets) {
    const load = reporters[target.format];
    if (load === undefined) throw new UsageError(`no such format "${target.format}"`);
    const reporter = await load();
    progress.end();
    files.push(
      ...(await writeChunks(reporter.render(await report(), renderOptions(flags, colors.stdout, target)), target, process.stdout)),
    );
  }
  const { head, findings } = await report();
  const summary = { head, worst: await worstOf(findings), files: shortened(files) };
  const isOnScreen = targets.some(({ format, file }) => format === 'table' && file === '-');
  progress.end();
  if (isOnScreen) for (const line of summaryLines(summary).filter(({ label }) => label === 'files')) tell(summaryText([line]).trimEnd());
  else tell(`\n${summaryText(summaryLines(summary)).trimEnd()}`);
  if (flags.summary === true) await appendSummary(world.env.GITHUB_STEP_SUMMARY, summary);
  const hint = targets.some(({ format }) => format === 'sarif') ? closingHint(head) : undefined;
  if (hint !== undefined) tell(`note: ${hint}`);
  const line = exitLine(head);
  tell(invocation.exitLine?.(line) ?? line);
  return files;
}

function renderOptions(flags: RenderFlags, color: boolean, target: OutputTarget): RenderOptions {
  const onTerminal = target.file === '-' && process.stdout.isTTY;
  const withEvidence = flags['no-evidence'] !== true && (flags.evidence !== undefined || target.file !== '-');
  return {
    includePass: flags['include-pass'] === true,
    includeWaived: flags['include-waived'] === true,
    sarifFull: flags['sarif-full'] === true,
    ...(flags['sarif-anchor'] !== undefined && { sarifAnchor: flags['sarif-anchor'] }),
    ...(withEvidence && { evidenceDir: flags.evidence ?? 'aispm-evidence' }),
    // The flag's own options allow severities only.
    ...(flags.severity !== undefined && { severity: flags.severity as NonNullable<RenderOptions['severity']> }),
    ...(onTerminal && { columns: process.stdout.columns }),
    color: color && target.file === '-',
    hyperlinks: onTerminal && color,
  };
}

/** Evidence is one line, not hundreds; of files that go on in further ones the first and the last are named. */
function shortened(files: readonly string[]): readonly string[] {
  const isEvidence = (file: string) => /(^|\/)[^/]*evidence\/.*\.json$/.test(file);
  const folders = new Set(files.filter(isEvidence).map((file) => file.replace(/((^|\/)[^/]*evidence\/).*$/, '$1')));
  const others = files.filter((file) => !isEvidence(file));
  const first = (file: string) => file.replace(/-\d+(\.[^./]*)$/, '$1');
  const parts = (file: string) => others.filter((other) => other !== file && first(other) === file);
  return [
    ...others.filter((file) => first(file) === file || !others.includes(first(file))).map((file) => partsInWords(file, parts(file))),
    ...folders,
  ];
}

function partsInWords(file: string, parts: readonly string[]): string {
  const last = parts.at(-1);
  if (last === undefined) return file;
  return parts.length === 1 ? `${file}  ${last}` : `${file} to ${last} (${parts.length + 1} files)`;
}

async function appendSummary(file: string | undefined, summary: Parameters<typeof summaryLines>[0]): Promise<void> {
  if (!file)
    throw new UsageError('--summary needs GITHUB_STEP_SUMMARY in the environment', {
      hint: 'leave --summary out when not running in GitHub Actions',
    });
  const { markdownSummary } = await import('../report/markdown-summary.ts');
  await appendFile(file, markdownSummary(summary));
}
