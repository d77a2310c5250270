import type { Anchor } from '../detectors/anchor.ts';
import { announcedBy, tooLongBy } from '../detectors/announced.ts';
import type { Excerpts } from '../excerpt.ts';
import type { Found } from './found.ts';
import { listReach } from '../detectors/named-value.ts';
import { isEscapeLetter, isInsideWord } from '../detectors/word-edge.ts';

/** The irregular keys that an anchor at byte `at` leads to: one, or as many as stand in a list behind one name. */
export function keysOfPattern(anchor: Anchor & { kind: 'pattern' }, at: number, excerpts: Excerpts): readonly Found[] {
  const { text, base } = excerpts.around(at - anchor.behind, at + anchor.max + 1);
  if (isEscapeLetter(text, at - base) || (anchor.isWord && isInsideWord(text, at - base))) return [];
  const first = foundBy(anchor.exact, text, base, at);
  if (first === undefined) return optional(anchor.earlier && foundBy(anchor.earlier, text, base, at));
  return anchor.further === undefined ? [first] : [first, ...othersOfList(anchor.further, first, excerpts)];
}

/** Keys behind the first one of a list: keys of one issuer are equally long. */
function othersOfList(further: RegExp, first: Found, excerpts: Excerpts): readonly Found[] {
  const others: Found[] = [];
  const { text, base } = excerpts.around(first.start, first.end + listReach);
  const limit = first.end + listReach;
  for (let last: Found | undefined = first; last !== undefined; ) {
    const next = foundBy(further, text, base, last.end);
    const isOther = next !== undefined && next.end <= limit && next.end - next.start === first.end - first.start;
    if (isOther) others.push(next);
    last = isOther ? next : undefined;
  }
  return others;
}

function foundBy(sticky: RegExp, text: string, base: number, at: number): Found | undefined {
  const pattern = sticky;
  pattern.lastIndex = at - base;
  const span = pattern.exec(text)?.indices?.groups?.['key'];
  if (span === undefined) return undefined;
  const [first, last] = span;
  const start = first + announcedBy(text, first, last);
  const end = last - tooLongBy(text, start, last);
  return { start: base + start, end: base + end, random: text.slice(start, end) };
}

const optional = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);
