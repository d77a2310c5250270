import { accountOf, regionOf } from '../../model/finding-order.ts';
import type { CheckId, GapId } from '../../model/ids.ts';
import { byCodeUnit } from '../../model/order.ts';
import type { Report } from '../../model/report.ts';
import { limitInWords, reasonInWords } from '../describe.ts';
import { sarifText } from '../escape/sarif.ts';
import { runnersOf, unreadRunners } from '../runners.ts';
import type { RuleBook } from './rules.ts';
import { howMany, sentence } from '../../model/words.ts';

type Head = Omit<Report, 'findings'>;

/** `tool.driver.notifications`: every kind that can occur, each with a help text (GitHub's rule GH2012 asks for one). */
export const descriptors: readonly { readonly id: string }[] = [
  ...Object.entries(reasonInWords).map(([reason, words]) => ({
    id: `gap.${reason}`,
    name: `Gap${pascal(reason)}`,
    shortDescription: { text: `Something could not be read: ${words}.` },
    fullDescription: { text: 'A call that checks need could not be made or answered, so those checks could not be answered.' },
    help: { text: 'Grant the named permission, or try again later; or accept the gap by name in .aispmignore.yaml.' },
  })),
  ...Object.entries(limitInWords).map(([reason, words]) => ({
    id: `limit.${reason}`,
    name: `Limit${pascal(reason)}`,
    shortDescription: { text: `Something ${words}.` },
    fullDescription: { text: 'This is not there, or is not looked at by design. It does not make the scan incomplete.' },
    help: { text: 'Nothing has to be done.' },
  })),
  {
    id: 'manual',
    name: 'ManualItem',
    shortDescription: { text: 'A question that no interface answers.' },
    fullDescription: { text: 'A person has to look. It is never counted as done.' },
    help: { text: 'Look at the place that the message names.' },
  },
  {
    id: 'not-configured',
    name: 'ProviderNotConfigured',
    shortDescription: { text: 'A cloud without credentials was left out.' },
    fullDescription: { text: 'No credentials of this cloud were found, so it was not scanned.' },
    help: { text: 'Configure credentials if the cloud is in use, and scan again.' },
  },
  {
    id: 'waivers',
    name: 'WaiverWarning',
    shortDescription: { text: 'Something about waivers or carried findings.' },
    fullDescription: { text: 'A waiver ended or matched nothing, or findings were carried over from the previous report.' },
    help: { text: 'Read the message.' },
  },
  {
    id: 'may-close-alerts',
    name: 'MayCloseAlerts',
    shortDescription: { text: 'Uploading this file may close alerts that still stand.' },
    fullDescription: { text: 'The scan was incomplete, and a code-scanning service closes what a new file no longer holds.' },
    help: { text: 'Pass the JSON report of the last run as --previous: what could not be read is then carried over.' },
  },
];

/** The sentence for people, on stderr, when a SARIF is written after an incomplete scan without `--previous`. */
export function closingHint({ gate, carriedFrom }: Head): string | undefined {
  if (gate.complete || carriedFrom) return undefined;
  return 'the scan is incomplete: a code-scanning service may close the alerts of what was not read; pass the JSON report of the last run as --previous to carry them over';
}

/** Whatever an account's run has to say beside its results. */
export function accountNotifications(account: string, head: Head, book: RuleBook, checksOfGap: GapChecks): readonly object[] {
  const hint = closingHint(head);
  return [
    ...gapNotifications(head, (scope) => scope === account, book, checksOfGap),
    ...limitNotifications(head, (scope) => scope === account),
    ...manualNotifications(head, account, book),
    ...(hint === undefined ? [] : [notification('may-close-alerts', 'warning', sentence(hint))]),
  ];
}

/** What belongs to no account that has a run: accounts that could not be entered, clouds without credentials, warnings. */
export function coverageNotifications(head: Head, hasRun: ReadonlySet<string>, checksOfGap: GapChecks): readonly object[] {
  const elsewhere = (account: string): boolean => !hasRun.has(account);
  return [
    ...gapNotifications(head, elsewhere, undefined, checksOfGap),
    ...limitNotifications(head, elsewhere),
    ...head.notConfigured.map(({ provider, detail }) => notification('not-configured', 'note', sentence(`${provider}: ${detail}`))),
    ...head.warnings.map(({ text }) => notification('waivers', 'warning', sentence(text))),
  ];
}

export type GapChecks = ReadonlyMap<GapId, readonly CheckId[]>;

/** Gap → checks whose ledger names it. */
export function checksByGap({ ledger }: Head): GapChecks {
  const checks = new Map<GapId, Set<CheckId>>();
  for (const { check, gaps } of ledger) {
    for (const gap of gaps) {
      const known = checks.get(gap);
      if (known) known.add(check);
      else checks.set(gap, new Set([check]));
    }
  }
  return new Map([...checks].map(([gap, ids]) => [gap, [...ids].sort(byCodeUnit)]));
}

function gapNotifications(
  head: Head,
  isOurs: (account: string) => boolean,
  book: RuleBook | undefined,
  checksOfGap: GapChecks,
): readonly object[] {
  const { gaps, scopes } = head;
  const times = new Map(scopes.map(({ id, collectedAt }) => [id, collectedAt]));
  const ours = gaps.filter(({ scope }) => isOurs(accountOf(scope)));
  const runBy = ours.some(({ scope }) => scope.startsWith('image/')) ? runnersOf(head) : undefined;
  return ours.map((gap) => {
    const checks = checksOfGap.get(gap.id) ?? [];
    const rule = checks.find((check) => book?.indexOf(check) !== undefined);
    const index = rule === undefined ? undefined : book?.indexOf(rule);
    const accepted = gap.accepted ? ` Accepted until ${gap.accepted.until}: ${sentence(gap.accepted.reason)}` : '';
    const account = accountOf(gap.scope);
    const isOfImage = account.startsWith('image/');
    const place = isOfImage ? account.slice('image/'.length) : `${regionOf(gap.scope)} of ${account}`;
    const where = `${gap.call} ${isOfImage ? 'of' : 'in'} ${place}${gap.subject === undefined ? '' : ` (${gap.subject})`}`;
    const runners = isOfImage && runBy !== undefined ? unreadRunners([gap], runBy) : '';
    return {
      ...notification(
        `gap.${gap.reason}`,
        gap.accepted ? 'warning' : 'error',
        `${where}: ${sentence(`${gap.detail}${runners}`)}${accepted}`,
      ),
      ...(rule !== undefined && index !== undefined && { associatedRule: { id: rule, index } }),
      ...(times.has(gap.scope) && { timeUtc: times.get(gap.scope) }),
      properties: { gap: gap.id, checks, ...(gap.permission !== undefined && { permission: gap.permission }) },
    };
  });
}

function limitNotifications({ limits }: Head, isOurs: (account: string) => boolean): readonly object[] {
  return limits
    .filter(({ scope }) => isOurs(accountOf(scope)))
    .map(({ scope, subject, reason, count }) =>
      notification(
        `limit.${reason}`,
        'note',
        `${subject} ${limitInWords[reason]} (${regionOf(scope)}${count > 1 ? `, ${count} times` : ''}).`,
      ),
    );
}

function manualNotifications({ verdicts, assets }: Head, account: string, book: RuleBook): readonly object[] {
  const ours = new Set(assets.filter(({ scope }) => accountOf(scope) === account).map(({ id }) => id));
  const items = new Map<CheckId, { readonly where: string; count: number }>();
  for (const { check, asset, verdict } of verdicts) {
    if (verdict.status !== 'manual' || !ours.has(asset)) continue;
    const known = items.get(check);
    if (known) known.count++;
    else items.set(check, { where: verdict.where, count: 1 });
  }
  return [...items].map(([check, { where, count }]) => {
    const index = book.indexOf(check);
    return {
      ...notification('manual', 'note', `To be looked at by a person, for ${howMany(count, 'asset')}: ${sentence(where)}`),
      ...(index !== undefined && { associatedRule: { id: check, index } }),
    };
  });
}

function notification(id: string, level: 'error' | 'warning' | 'note', text: string): object {
  return {
    level,
    descriptor: { id, index: descriptors.findIndex((descriptor) => descriptor.id === id) },
    message: { text: sarifText(text) },
  };
}

function pascal(text: string): string {
  return text.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
