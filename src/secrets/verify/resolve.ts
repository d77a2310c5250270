import { byCodeUnit } from '../../model/order.ts';
import type { Confidence } from '../../model/secret-match.ts';
import type { Detector } from '../detectors/compile.ts';
import type { WordNearby } from '../detectors/context.ts';
import type { Span } from './found.ts';
import type { Match } from './verify.ts';

/** A match as it is reported: under one rule, with every issuer whose keys look like it. */
export interface Named extends Match {
  /** `<issuer>.<kind>`, or `shared.<shape>` where several issuers use the shape and nothing nearby decides. */
  readonly rule: string;
  readonly issuers: readonly string[];
}

/**
 * One match per secret. Where issuers share a shape, the nearest context word decides; where none stands near, all are named.
 * Of overlapping matches the more specific one stays; a half of a pair is no match of its own. In order of place.
 */
export function resolve(matches: readonly Match[], detectors: readonly Detector[]): readonly Named[] {
  const named = bySpan(matches).map((same) => nameOf(same, detectors));
  const taken = spansTaken();
  const kept: Named[] = [];
  for (const match of named.toSorted(bySpecificity)) {
    if (taken.has(match)) continue;
    kept.push(match);
    taken.add(match);
    if (match.partner) taken.add(match.partner);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** Spans by the pages that they touch, so that a text full of keys takes time in proportion to its length. */
function spansTaken(): { has(span: Span): boolean; add(span: Span): void } {
  const pages = new Map<number, Span[]>();
  const pagesOf = ({ start, end }: Span): readonly number[] => {
    const first = Math.floor(start / pageBytes);
    return Array.from({ length: Math.floor(end / pageBytes) - first + 1 }, (_, n) => first + n);
  };
  return {
    has: (span) => pagesOf(span).some((page) => pages.get(page)?.some((other) => overlaps(other, span))),
    add(span) {
      for (const page of pagesOf(span)) {
        const spans = pages.get(page);
        if (spans) spans.push(span);
        else pages.set(page, [span]);
      }
    },
  };
}

const pageBytes = 1024;

function bySpan(matches: readonly Match[]): readonly (readonly Match[])[] {
  const groups = new Map<string, Map<string, Match>>();
  for (const match of matches) {
    const key = `${match.start} ${match.end}`;
    const group = groups.get(key) ?? new Map<string, Match>();
    const known = group.get(match.detector.id);
    // Told twice, as it stands and with its escapes resolved: the other half of its pair may be escaped.
    if (known === undefined || bySpecificity(match, known) < 0) group.set(match.detector.id, match);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => [...group.values()]);
}

function nameOf(same: readonly Match[], detectors: readonly Detector[]): Named {
  const [first, second] = same.toSorted(byEvidence);
  if (first === undefined) throw new Error('a group of matches has a match');
  const { collides } = first.detector.spec;
  const isNamed = first.detector.spec.names !== undefined;
  const isDecided = isNamed || (first.word !== undefined && (second?.word === undefined || isNearer(first.word, second.word)));
  if (isDecided) return { ...first, rule: first.detector.id, issuers: [first.detector.issuer] };
  if (collides === undefined) return { ...first, rule: first.detector.id, issuers: issuersOf([first.detector]) };
  return { ...first, rule: `shared.${collides}`, issuers: issuersOf(detectors.filter(({ spec }) => spec.collides === collides)) };
}

/** Of two issuers named nearby, one is meant only where the nearer name stands on the key's own line. */
const isNearer = (first: WordNearby, second: WordNearby): boolean => first.isOnSameLine && first.distance !== second.distance;

function issuersOf(detectors: readonly Detector[]): readonly string[] {
  const all = detectors.flatMap(({ issuer, spec }) => [issuer, ...(spec.candidates ?? [])]);
  return [...new Set(all)].sort(byCodeUnit);
}

const rank: { readonly [confidence in Confidence]: number } = { certain: 0, likely: 1, possible: 2 };

function byEvidence(a: Match, b: Match): number {
  return (
    standingOf(a) - standingOf(b) ||
    distanceOf(a) - distanceOf(b) ||
    rank[a.confidence] - rank[b.confidence] ||
    byCodeUnit(a.detector.id, b.detector.id)
  );
}

/** What a match rests on: a shape of its own, a name beside it, a shape that others have too, or a name that promises any secret. */
function standingOf(match: Match): number {
  const { spec } = match.detector;
  if (isIrregular(match)) return 3;
  if (spec.proof === 'base64-json') return 2; // a token says what it is, and a variable whose
  if (spec.context === undefined && spec.names === undefined) return 0;
  return match.word !== undefined || spec.names !== undefined ? 1 : 2;
}

/** A number that can be subtracted, also where no word stands near. A variable's name stands right before its value. */
function distanceOf({ word, detector }: Match): number {
  return detector.spec.names === undefined ? (word?.distance ?? Number.MAX_SAFE_INTEGER) : 0;
}

function bySpecificity(a: Match, b: Match): number {
  return (
    Number(isIrregular(a)) - Number(isIrregular(b)) ||
    rank[a.confidence] - rank[b.confidence] ||
    rank[a.apart ?? a.confidence] - rank[b.apart ?? b.confidence] ||
    Number(a.partner === undefined) - Number(b.partner === undefined) ||
    b.end - b.start - (a.end - a.start) ||
    a.start - b.start ||
    byCodeUnit(a.detector.id, b.detector.id)
  );
}

/** What stands behind any name, or opens anything, names no issuer: whatever names one is more specific. */
const isIrregular = ({ detector: { spec, isGuessable } }: Match): boolean =>
  spec.pattern !== undefined && spec.names === undefined && isGuessable;

const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;
