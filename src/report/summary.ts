import { accountOf, regionOf } from '../model/finding-order.ts';
import type { CheckId, GapId } from '../model/ids.ts';
import { isImageRule, repositoryType } from '../model/image-rule.ts';
import { objectsIn } from '../model/json.ts';
import { byCodeUnit } from '../model/order.ts';
import type { Finding, LedgerRow, Report } from '../model/report.ts';
import { byReportOrder } from '../model/finding-order.ts';
import { severities } from '../model/severity.ts';
import { evidenceInWords } from './describe.ts';
import { terminalText } from './escape/terminal.ts';
import { gapLines } from './gap-lines.ts';
import { howMany } from '../model/words.ts';

type Head = Omit<Report, 'findings'>;

export interface SummaryInput {
  readonly head: Head;
  /** The worst findings, worst first (`worstOf`). */
  readonly worst: readonly Finding[];
  /** Files that were written, as the user named them. */
  readonly files?: readonly string[];
}

/** One line of the summary: a label and its text, escaped for a terminal. A label repeats for further lines of its block. */
export interface SummaryLine {
  readonly label: 'assets' | 'findings' | 'top' | 'coverage' | 'limits' | 'manual' | 'waived' | 'carried' | 'files' | 'next' | 'note';
  readonly text: string;
}

/** What a person needs to know of a report, in a few lines. The coverage lines are never shortened. */
export function summaryLines(input: SummaryInput): readonly SummaryLine[] {
  const { head, files } = input;
  const lines: SummaryLine[] = [
    { label: 'assets', text: assetsLine(head) },
    ...componentsLine(head).map((text) => ({ label: 'assets' as const, text })),
    { label: 'findings', text: findingsLine(head) },
    ...topLines(input).map((text) => ({ label: 'top' as const, text })),
    ...coverageLines(head).map((text) => ({ label: 'coverage' as const, text })),
    ...limitsLine(head).map((text) => ({ label: 'limits' as const, text })),
    ...manualLine(head).map((text) => ({ label: 'manual' as const, text })),
    ...head.notConfigured.map(({ provider, detail }) => ({ label: 'note' as const, text: `${provider} was not scanned: ${detail}` })),
    ...head.warnings.map(({ text }) => ({ label: 'note' as const, text })),
    ...(files && files.length > 0 ? [{ label: 'files' as const, text: files.join('  ') }] : []),
    ...nextLines(head).map((text) => ({ label: 'next' as const, text })),
  ];
  return lines.map(({ label, text }) => ({ label, text: terminalText(text) }));
}

/** `exit 1: 3 findings at or above high (gate: high); incomplete: 2 scopes not fully read`. */
export function exitLine({ gate }: Pick<Report, 'gate'>): string {
  return terminalText(`exit ${gate.exitCode}: ${gate.why}`);
}

/** The summary as text, labels in a column of their own; the exit line is not among them. */
export function summaryText(lines: readonly SummaryLine[]): string {
  const width = Math.max(...lines.map(({ label }) => label.length)) + 2;
  return lines.map(({ label, text }, at) => `${(lines[at - 1]?.label === label ? '' : label).padEnd(width)}${text}\n`).join('');
}

/** The worst open findings of a stream, worst first; holds no more than `count` of them. */
export async function worstOf(findings: Iterable<Finding> | AsyncIterable<Finding>, count = 5): Promise<readonly Finding[]> {
  let worst: Finding[] = [];
  for await (const finding of findings) {
    if (!isOpen(finding)) continue;
    worst.push(finding);
    if (worst.length >= count * 64) worst = keepWorst(worst, count);
  }
  return keepWorst(worst, count);
}

/** Neither waived, nor of a scope or check that was not selected this time. */
export function isOpen({ waived, carried }: Finding): boolean {
  return waived === undefined && carried?.why !== 'not-selected';
}

/** Worst first, then in the order of the report. */
export function bySeverity(a: Finding, b: Finding): number {
  return severities.indexOf(a.severity) - severities.indexOf(b.severity) || byReportOrder(a, b);
}

function keepWorst(findings: readonly Finding[], count: number): Finding[] {
  return [...findings].sort(bySeverity).slice(0, count);
}

function assetsLine({ assets, asked, gaps }: Head): string {
  const providers = countBy(assets, ({ type }) => type.slice(0, type.indexOf('.')));
  const nouns = [...countBy(assets, ({ type }) => type.slice(type.lastIndexOf('.') + 1).replaceAll('-', ' '))];
  if (assets.length === 0) {
    const accounts = new Set(asked.map(({ scope }) => accountOf(scope))).size;
    const where = howMany(accounts, 'account');
    if (asked.length === 0) return 'none: nothing was read';
    return gaps.length === 0 ? `no AI assets found in ${where}` : `none seen in ${where}, which could not be fully read`;
  }
  const kinds = nouns.sort(([a, n], [b, m]) => m - n || byCodeUnit(a, b)).map(([noun, count]) => howMany(count, noun, plural(noun)));
  const totals = [...providers].sort(([a], [b]) => byCodeUnit(a, b)).map(([provider, count]) => `${provider} ${count}`);
  return `${totals.join('   ')}   (${kinds.join(', ')})`;
}

const mostNamed = 5;

/** What images are made of, as far as it is AI: the first few by name, model files by number. */
function componentsLine({ assets }: Head): readonly string[] {
  const components = assets.flatMap(({ type, facts }) => (type === repositoryType ? objectsIn(facts['$components']) : []));
  const others = components.filter(({ kind }) => kind !== 'model');
  const names = [...new Set(others.map(({ name, version }) => [name, version].filter((part) => typeof part === 'string').join(' ')))];
  const models = components.length - others.length;
  const parts = [
    ...names.slice(0, mostNamed),
    ...(names.length > mostNamed ? [`${names.length - mostNamed} more`] : []),
    ...(models > 0 ? [howMany(models, 'model file')] : []),
  ];
  return parts.length === 0 ? [] : [`in images: ${parts.join(', ')}`];
}

function findingsLine({ counts }: Head): string {
  const open = severities.filter((level) => level !== 'info' || counts.open.info > 0).map((level) => `${level} ${counts.open[level]}`);
  const others = [
    ...(counts.waived > 0 ? [`waived ${counts.waived}`] : []),
    ...(counts.carriedUnknown > 0 ? [`carried over ${counts.carriedUnknown}`] : []),
    ...(counts.notSelected > 0 ? [`not selected this time ${counts.notSelected}`] : []),
  ];
  return [open.join('   '), ...others].join('       ');
}

/** Three lines each: where, what is wrong, and what to do. */
function topLines({ worst }: SummaryInput): readonly string[] {
  const width = Math.max(0, ...worst.map(({ severity }) => severity.length));
  return worst.flatMap((finding, at) => {
    const [evidence] = finding.evidence;
    const region = regionOf(finding.scope) === 'global' ? '' : ` in ${regionOf(finding.scope)}`;
    const level = `${at + 1} ${finding.severity.padEnd(width)}  `;
    const indent = ' '.repeat(level.length);
    return [
      `${level}${finding.assetType} "${finding.assetName}"${region}`,
      `${indent}expected: ${finding.title}${evidence === undefined ? '' : `; found: ${evidenceInWords(evidence)}`}`,
      `${indent}fix: ${finding.fix.do}`,
    ];
  });
}

/** `assessed 118 of 124 checks in full; 6 could not be fully answered`, then one line per gap with the number of checks that it touches. */
export function coverageLines(head: Head): readonly string[] {
  const { checks: texts, ledger, gaps } = head;
  // The rules of found keys are answers to one question, which has its rows.
  const checks = texts.filter(({ id }) => !isImageRule(id));
  const open = new Set(gaps.filter((gap) => gap.accepted === undefined).map(({ id }) => id));
  const touched = new Map<GapId, Set<CheckId>>();
  const unanswered = new Set<CheckId>();
  for (const row of ledger) {
    if (isUnanswered(row, open)) unanswered.add(row.check);
    for (const gap of row.gaps) touched.set(gap, (touched.get(gap) ?? new Set()).add(row.check));
  }
  // Without a row nothing was read that it could judge: the account was not entered, or none was there.
  const judged = new Set(ledger.map(({ check }) => check));
  const nowhere = checks.filter(({ id }) => !judged.has(id)).length;
  const parts = [
    `assessed ${checks.length - nowhere - unanswered.size} of ${checks.length} checks in full`,
    ...(unanswered.size === 0 ? [] : [`${unanswered.size} could not be fully answered`]),
    ...(nowhere === 0 ? [] : [`${nowhere} had nothing to judge, because no scope of theirs was read`]),
  ];
  return [parts.join('; '), ...gapLines(head, touched)];
}

function isUnanswered({ unknown, gaps }: LedgerRow, open: ReadonlySet<GapId>): boolean {
  return unknown > 0 || gaps.some((gap) => open.has(gap));
}

function limitsLine({ limits }: Head): readonly string[] {
  if (limits.length === 0) return [];
  const counts = countBy(limits, ({ reason }) => reason);
  const words = { 'not-in-region': 'not in a region', 'not-activated': 'not activated', 'by-design': 'not inspected by design' };
  const parts = [...counts].sort(([a], [b]) => byCodeUnit(a, b)).map(([reason, count]) => `${count} ${words[reason]}`);
  return [`${parts.join(', ')} (no gap: nothing there to read)`];
}

function manualLine({ verdicts }: Head): readonly string[] {
  const manual = verdicts.filter(({ verdict }) => verdict.status === 'manual');
  if (manual.length === 0) return [];
  const checks = new Set(manual.map(({ check }) => check)).size;
  return [`${howMany(checks, 'question')} that only a person can answer, on ${howMany(manual.length, 'asset')}`];
}

/** What to do about gaps: the permission to add, by provider. */
function nextLines({ gaps }: Head): readonly string[] {
  const denied = gaps.filter((gap) => gap.accepted === undefined && gap.reason === 'denied' && gap.call !== 'sign-in');
  const providers = [...new Set(denied.map(({ scope }) => scope.slice(0, scope.indexOf('/'))))].sort(byCodeUnit);
  return providers.map((provider) =>
    provider === 'image'
      ? 'docker login to the registries that refused, or name a reachable image'
      : `aispm permissions ${provider} --explain`,
  );
}

function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(noun) ? noun : `${noun}s`;
}
