import { accountOf, regionOf } from '../model/finding-order.ts';
import type { Gap } from '../model/gap.ts';
import type { CheckId, GapId } from '../model/ids.ts';
import { byCodeUnit, sortedBy } from '../model/order.ts';
import type { Report } from '../model/report.ts';
import { reasonInWords } from './describe.ts';
import { runnersOf, unreadRunners } from './runners.ts';
import { groupedBy } from '../model/grouped-by.ts';
import { howMany } from '../model/words.ts';

type Head = Pick<Report, 'gaps' | 'assets' | 'edges'>;

/**
 * What could not be seen, and how many checks that touches. Equal refusals of one account are one line: the reader wants to know what to
 * grant, not to count regions. None is left out. Of images, equal refusals of one registry are one line, with the assets that run them.
 */
export function gapLines(head: Head, touched: ReadonlyMap<GapId, ReadonlySet<CheckId>>): readonly string[] {
  const groups = groupedBy(head.gaps, (gap) => {
    const { call, reason, detail, accepted = null } = gap;
    return JSON.stringify(
      isOfImage(gap) ? [registryOf(gap), call, reason, detail, accepted] : [accountOf(gap.scope), call, reason, accepted],
    );
  });
  const runBy = runnersOf(head);
  return sortedBy(
    [...groups.values()],
    ([{ scope }]) => accountOf(scope),
    ([{ call }]) => call,
    ([{ detail }]) => detail,
  ).map((group) => {
    const [{ call, reason, detail, accepted }] = group;
    const checks = new Set(group.flatMap(({ id }) => [...(touched.get(id) ?? [])])).size;
    const places = new Set(group.map(({ scope }) => scope)).size;
    const times = group.length > (isOfImage(group[0]) ? places : 1) ? `, ${group.length} times` : '';
    const until = accepted ? `   accepted until ${accepted.until}: ${accepted.reason}` : '';
    const what = isOfImage(group[0]) ? `${call} ${subjectsOf(group)}` : call;
    return `${what} ${reasonInWords[reason]} in ${placeOf(group)}${times} (${howMany(checks, 'check')}): ${detail}${unreadRunners(group.filter(isOfImage), runBy)}${until}`;
  });
}

const isOfImage = ({ scope }: Gap): boolean => scope.startsWith('image/');

/** `image/<host>`, or the file. */
function registryOf({ scope }: Gap): string {
  return accountOf(scope).split('/').slice(0, 2).join('/');
}

function placeOf(group: readonly [Gap, ...Gap[]]): string {
  const [first] = group;
  const accounts = new Set(group.map(({ scope }) => accountOf(scope)));
  if (!isOfImage(first)) {
    const regions = [...new Set(group.map(({ scope }) => regionOf(scope)))].sort(byCodeUnit);
    return `${accountOf(first.scope)} ${regions.join(', ')}`;
  }
  return accounts.size === 1 ? accountOf(first.scope) : `${accounts.size} repositories of ${registryOf(first).slice('image/'.length)}`;
}

const mostSubjects = 3;

/** Digests as short as people know them; of several repositories with the name of each. */
function subjectsOf(group: readonly [Gap, ...Gap[]]): string {
  const isOneRepository = new Set(group.map(({ scope }) => scope)).size === 1;
  const nameOf = ({ scope, subject = '' }: Gap): string => {
    const short = subject.replace(/^(sha\d+:[0-9a-f]{12})[0-9a-f]+$/, '$1');
    if (isOneRepository) return short;
    const repository = accountOf(scope).slice(registryOf(group[0]).length + 1);
    return `${repository}${short.includes(':') ? '@' : ':'}${short}`;
  };
  return firstOf([...new Set(group.map(nameOf))].sort(byCodeUnit), mostSubjects).join(', ');
}

function firstOf(names: readonly string[], most: number): readonly string[] {
  return names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
}
