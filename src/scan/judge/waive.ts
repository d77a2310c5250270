import { accountOf, providerOf, regionOf } from '../../model/finding-order.ts';
import type { Gap } from '../../model/gap.ts';
import type { Finding, Warning } from '../../model/report.ts';
import { UsageError } from '../../model/usage-error.ts';
import { globMatcher } from '../../model/glob.ts';
import type { FindingWaiver, GapAcceptance, Waivers } from './read-waivers.ts';

export interface Waived {
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly warnings: readonly Warning[];
}

/**
 * Marks findings that are waived and gaps that are accepted on the day `today` (`YYYY-MM-DD`). Both stay in the report.
 * An entry whose day is over marks nothing and is warned of; so is one that matches nothing. Verdicts are never touched:
 * a waiver cannot cover what is unknown.
 * Throws a UsageError for an entry that ends more than a year ahead.
 */
export function waive(
  findings: readonly Finding[],
  gaps: readonly Gap[],
  waivers: Waivers,
  { today, looked }: { readonly today: string; readonly looked?: Looked },
): Waived {
  const latest = oneYearAfter(today);
  for (const { until, line } of [...waivers.findings, ...waivers.gaps]) {
    if (until > latest)
      throw new UsageError(`${waivers.file}:${line}: the entry ends on ${until}, more than a year after ${today}`, {
        hint: `choose a day until ${latest}`,
      });
  }
  const forFindings = waivers.findings.map((entry) => use(entry, findingMatcher(entry), today));
  const forGaps = waivers.gaps.map((entry) => use(entry, gapMatcher(entry), today));
  return {
    findings: findings.map((finding) => {
      const entry = firstValid(forFindings, finding);
      if (!entry) return finding;
      const { reason, until, owner, ticket } = entry;
      return { ...finding, waived: { reason, until, ...(owner !== undefined && { owner }), ...(ticket !== undefined && { ticket }) } };
    }),
    gaps: gaps.map((gap) => {
      const entry = firstValid(forGaps, gap);
      return entry ? { ...gap, accepted: { reason: entry.reason, until: entry.until } } : gap;
    }),
    warnings: [
      ...forFindings
        .filter(({ entry, matched }) => matched > 0 || couldMatch(entry.check, looked?.rules))
        .flatMap((used) => warningOf(used, waivers.file, 'waiver', 'finding')),
      ...forGaps
        .filter(({ entry, matched }) => matched > 0 || couldMatch(entry.gap.scope, looked?.scopes))
        .flatMap((used) => warningOf(used, waivers.file, 'gap-acceptance', 'gap')),
    ],
  };
}

/** What this run asked and read, by the first word of its rules and scopes (`aws`, `secret`, `image`). */
export interface Looked {
  readonly rules: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
}

/** One file serves many runs: of an entry for what this one did not look at nothing can be said. */
function couldMatch(glob: string | undefined, looked: ReadonlySet<string> | undefined): boolean {
  if (looked === undefined) return true;
  const [, first] = /^([a-z0-9-]+)[./]/.exec(glob ?? '') ?? [];
  return first === undefined ? looked.size > 0 : looked.has(first);
}

interface Used<E, T> {
  readonly entry: E;
  readonly matches: (thing: T) => boolean;
  readonly expired: boolean;
  matched: number;
}

function use<E extends { readonly until: string }, T>(entry: E, matches: (thing: T) => boolean, today: string): Used<E, T> {
  return { entry, matches, expired: entry.until < today, matched: 0 };
}

/** Every entry that matches is counted as used; the first whose day is not over holds. */
function firstValid<E, T>(entries: readonly Used<E, T>[], thing: T): E | undefined {
  let found: E | undefined;
  for (const used of entries) {
    if (!used.matches(thing)) continue;
    used.matched++;
    if (!used.expired) found ??= used.entry;
  }
  return found;
}

function findingMatcher({ check, fingerprint, asset, account, region }: FindingWaiver): (finding: Finding) => boolean {
  const narrowed = [
    check === undefined
      ? undefined
      : (
          (matches) => (finding: Finding) =>
            matches(finding.rule)
        )(globMatcher(check)),
    fingerprint === undefined
      ? undefined
      : (finding: Finding) => [finding.fingerprint, ...(finding.formerly ?? [])].some((known) => known.startsWith(fingerprint)),
    asset === undefined
      ? undefined
      : (
          (matches) => (finding: Finding) =>
            matches(finding.asset)
        )(globMatcher(asset)),
    account === undefined
      ? undefined
      : (
          (matches) => (finding: Finding) =>
            matches(accountOf(finding.scope).slice(providerOf(finding.scope).length + 1))
        )(globMatcher(account)),
    region === undefined
      ? undefined
      : (
          (matches) => (finding: Finding) =>
            matches(regionOf(finding.scope))
        )(globMatcher(region)),
  ].filter((test) => test !== undefined);
  return (finding) => narrowed.every((test) => test(finding));
}

function gapMatcher({ gap }: GapAcceptance): (gap: Gap) => boolean {
  const [call, scope] = [globMatcher(gap.call), globMatcher(gap.scope)];
  return (found) => call(found.call) && scope(found.scope);
}

function warningOf<E extends FindingWaiver | GapAcceptance, T>(
  { entry, expired, matched }: Used<E, T>,
  file: string,
  kind: 'waiver' | 'gap-acceptance',
  noun: string,
): readonly Warning[] {
  const place = `${file}:${entry.line}: the entry for "${nameOf(entry)}"`;
  if (expired) {
    const effect =
      matched === 0 ? 'it matches nothing and can be removed' : `${matched} ${noun}${matched === 1 ? ' counts' : 's count'} again`;
    return [{ kind: `${kind}-expired`, text: `${place} ended on ${entry.until}; ${effect}` }];
  }
  return matched === 0 ? [{ kind: `${kind}-unused`, text: `${place} matched no ${noun}` }] : [];
}

function nameOf(entry: FindingWaiver | GapAcceptance): string {
  return 'gap' in entry ? `${entry.gap.call} in ${entry.gap.scope}` : (entry.check ?? entry.fingerprint ?? '');
}

function oneYearAfter(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  const next = `${Number(year) + 1}-${month}-${date}`;
  return month === '02' && date === '29' ? `${Number(year) + 1}-02-28` : next;
}
