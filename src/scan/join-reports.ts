import { byReportOrder } from '../model/finding-order.ts';
import type { ScopeId } from '../model/ids.ts';
import { ledgerCheckOf } from '../model/image-rule.ts';
import type { Inventory } from '../model/inventory.ts';
import { inventorySchemaVersion } from '../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../model/order.ts';
import type { FailOn, Finding, FindingCounts, Report } from '../model/report.ts';
import { severities } from '../model/severity.ts';
import { UsageError } from '../model/usage-error.ts';
import { countFindings } from './judge/count-findings.ts';
import { gateOf } from './judge/gate.ts';
import { mergeInventories } from './merge.ts';

type Head = Omit<Report, 'findings'>;

/** A report whose findings come one at a time, in report order. */
export interface StreamedReport {
  readonly head: Head;
  readonly findings: Iterable<Finding> | AsyncIterable<Finding>;
}

/** The same report with its gate at another level. The verdicts and the gaps decide, not what the report was gated at before. */
export function gatedAt(head: Head, failOn: FailOn): Head {
  const { counts, gaps, asked, assets, interrupted } = head;
  return { ...head, gate: gateOf({ failOn, counts, gaps, asked, assets: assets.length, interrupted: interrupted === true }) };
}

/**
 * Puts reports of different scopes together. Findings keep streaming, in the order of one report; only where a report
 * carries findings of what another one has read are they held, because those must be dropped before they are counted.
 * Throws a UsageError if two reports speak of the same scope.
 */
export async function joinReports(reports: readonly StreamedReport[], failOn: FailOn): Promise<StreamedReport> {
  const [first] = reports;
  if (first === undefined)
    throw new UsageError('no report was given', { hint: 'name one or more files that "aispm scan -f json=FILE" wrote' });
  if (reports.length === 1) return { ...first, head: gatedAt(first.head, failOn) };
  refuseOverlap(reports.map(({ head }) => head));
  const heads = reports.map(({ head }) => head);
  if (heads.every(({ counts }) => counts.notSelected === 0)) {
    const counts = heads.map((head) => head.counts).reduce(sum);
    return { head: joinHeads(heads, counts, failOn), findings: inOrder(reports.map(({ findings }) => findings)) };
  }
  const findings = withoutStale(heads, await Promise.all(reports.map(({ findings: stream }) => collect(stream))));
  return { head: joinHeads(heads, countFindings(findings), failOn), findings };
}

function refuseOverlap(heads: readonly Head[]): void {
  const seen = new Set<ScopeId>();
  for (const { ledger, asked, scopes } of heads) {
    const own = new Set([...scopes.map(({ id }) => id), ...asked.map(({ scope }) => scope), ...ledger.map(({ scope }) => scope)]);
    for (const scope of own) {
      if (seen.has(scope))
        throw new UsageError(`two of the reports speak of ${scope}`, {
          hint: 'judge their inventories together instead: aispm evaluate INVENTORY INVENTORY',
        });
    }
    for (const scope of own) seen.add(scope);
  }
}

function joinHeads(heads: readonly Head[], counts: FindingCounts, failOn: FailOn): Head {
  const [first] = heads as readonly [Head, ...Head[]]; // joinReports has looked
  const inventory = mergeInventories(heads.map(inventoryOf));
  const joined: Head = {
    ...inventory,
    schemaVersion: first.schemaVersion,
    checks: distinct(heads.flatMap(({ checks }) => checks)),
    frameworks: distinct(heads.flatMap(({ frameworks }) => frameworks)),
    verdicts: sortedBy(
      heads.flatMap(({ verdicts }) => verdicts),
      ({ check }) => check,
      ({ asset }) => asset,
    ),
    counts,
    ...(heads.some(({ carriedFrom }) => carriedFrom) && {
      carriedFrom: {
        checks: distinct(heads.flatMap(({ carriedFrom }) => carriedFrom?.checks ?? [])),
        assets: distinct(heads.flatMap(({ carriedFrom }) => carriedFrom?.assets ?? [])),
      },
    }),
    ledger: sortedBy(
      heads.flatMap(({ ledger }) => ledger),
      ({ check }) => check,
      ({ scope }) => scope,
    ),
    warnings: sortedBy(
      heads.flatMap(({ warnings }) => warnings),
      ({ kind }) => kind,
      ({ text }) => text,
    ),
    gate: first.gate,
  };
  return gatedAt(joined, failOn);
}

function inventoryOf({
  tool,
  scopes,
  asked,
  assets,
  edges,
  secrets,
  gaps,
  limits,
  notConfigured,
  selection,
  interrupted,
}: Head): Inventory {
  return {
    schemaVersion: inventorySchemaVersion,
    tool,
    scopes,
    asked,
    assets,
    edges,
    secrets,
    gaps,
    limits,
    notConfigured,
    selection,
    ...(interrupted && { interrupted }),
  };
}

/** One of each id; of two that differ the one whose text sorts first, so that the order of the reports does not matter. */
function distinct<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  const sorted = sortedBy(
    items,
    ({ id }) => id,
    (item) => JSON.stringify(item),
  );
  return sorted.filter((item, at) => item.id !== sorted[at - 1]?.id);
}

function sum(a: FindingCounts, b: FindingCounts): FindingCounts {
  const open = Object.fromEntries(severities.map((level) => [level, a.open[level] + b.open[level]])) as FindingCounts['open']; // severities are its keys
  return {
    open,
    notSelected: a.notSelected + b.notSelected,
    waived: a.waived + b.waived,
    carriedUnknown: a.carriedUnknown + b.carriedUnknown,
  };
}

async function collect(findings: StreamedReport['findings']): Promise<readonly Finding[]> {
  const all: Finding[] = [];
  for await (const finding of findings) all.push(finding);
  return all;
}

/** Each finding once: as it was found where it was found; as it was carried only where no other report has looked. */
function withoutStale(heads: readonly Head[], reports: readonly (readonly Finding[])[]): readonly Finding[] {
  const judged = heads.map(({ ledger }) => new Set(ledger.map(({ check, scope }) => `${check}\n${scope}`)));
  const best = new Map<string, Finding>();
  for (const [at, findings] of reports.entries()) {
    for (const finding of findings) {
      const looked = judged.some((rows, other) => other !== at && rows.has(`${ledgerCheckOf(finding.rule)}\n${finding.scope}`));
      if (looked && finding.carried?.why === 'not-selected') continue;
      const known = best.get(finding.fingerprint);
      if (!known || isBetter(finding, known)) best.set(finding.fingerprint, finding);
    }
  }
  return [...best.values()].sort(byReportOrder);
}

function isBetter(a: Finding, b: Finding): boolean {
  if (rankOf(a) !== rankOf(b)) return rankOf(a) < rankOf(b);
  return byCodeUnit(a.carried?.lastSeen ?? '', b.carried?.lastSeen ?? '') > 0;
}

function rankOf({ carried }: Finding): number {
  return carried === undefined ? 0 : carried.why === 'unknown' ? 1 : 2;
}

/** Merges sorted streams; holds one finding of each. */
async function* inOrder(streams: readonly StreamedReport['findings'][]): AsyncIterable<Finding> {
  const sources = streams.map((stream) =>
    (async function* () {
      yield* stream;
    })(),
  );
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let least: { readonly at: number; readonly finding: Finding } | undefined;
    for (const [at, next] of heads.entries()) {
      if (!next.done && (least === undefined || byReportOrder(next.value, least.finding) < 0)) least = { at, finding: next.value };
    }
    if (least === undefined) return;
    yield least.finding;
    const source = sources[least.at];
    if (source) heads[least.at] = await source.next();
  }
}
