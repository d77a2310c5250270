import { recordReach } from './announced.ts';
import type { BytePattern } from '../search/automaton.ts';
import { type Spelling, standsAloneUpTo, startsShort } from './context.ts';
import type { KindSpec } from './detector.ts';
import { announcedPattern, edgeReach, eitherOf, leftEdge, notDigest, notFollowedBy } from './edges.ts';
import { codesOf, type Guard, type GuardRule, leastRun, runAround } from './guard.ts';
import { lazily } from './lazily.ts';
import { listReach, nextOfList, valueBeforeName } from './named-value.ts';
import { patternFacts } from './pattern-syntax.ts';
import { longest, type Piece, shortest } from './shape.ts';
import { type Touching, touchingReadings } from '../verify/touching.ts';

/** Bytes that lead to a possible key, and how to tell whether there is one. Expressions are compiled when they are first asked for. */
export type Anchor = {
  readonly bytes: BytePattern;
  readonly guard: Guard;
  /** Bytes before and after the anchor's start that the decision may need. */
  readonly before: number;
  readonly after: number;
} & (
  | {
      /** The key starts `offset` bytes before the anchor. Sticky; each run is a group. */
      readonly kind: 'in key';
      readonly offset: number;
      readonly exact: RegExp;
      /** Fits a key and nothing else: for keys whose length stands before them. */
      readonly whole: RegExp;
      /** How it is told where it touches its neighbours. */
      readonly touching: readonly Touching[];
      /** The shape alone says where it ends. */
      readonly hasEnd: boolean;
      readonly min: number;
      readonly max: number;
    }
  /** The anchor is a context word; keys that start in [anchor - back, anchor + ahead] are searched. Global; each run is a group. */
  | { readonly kind: 'near key'; readonly exact: RegExp; readonly back: number; readonly ahead: number }
  /**
   * An irregular key of at most `max` bytes; sticky at the anchor, before which it looks at `behind` bytes; the group `key` is the secret.
   * `isWord`: no longer word ends in the anchor. `earlier`: the same where the key stands before the anchor; `further`: another key, sticky behind one.
   */
  | {
      readonly kind: 'pattern';
      readonly exact: RegExp;
      readonly max: number;
      readonly behind: number;
      readonly isWord: boolean;
      readonly earlier: RegExp | undefined;
      readonly further: RegExp | undefined;
    }
);

/** What anchors are made from. */
export interface Anchored {
  readonly id: string;
  readonly spec: KindSpec;
  readonly alternatives: Readings;
  readonly spellings: readonly Spelling[];
  readonly within: number;
  readonly isFree: boolean;
  /** Bytes to either side of a key that its judgement may need. */
  readonly reach: number;
}

type Readings = readonly (readonly Piece[])[];

/** No key is longer; it bounds what a scan must hold back. */
export const longestKey = 4096;
/** A key with the text around it; line breaks may be written as two characters each. */
const longestPattern = 3 * longestKey;

/** Throws where a shape or pattern asks for what cannot be searched. */
export function anchorsOf(kind: Anchored): readonly Anchor[] {
  return kind.spec.pattern === undefined ? shapeAnchors(kind) : patternAnchors(kind, kind.spec.pattern);
}

function patternAnchors({ id, spec, within }: Anchored, source: string): readonly Anchor[] {
  const exact = lazily(() => new RegExp(source, 'diy'));
  const factsOf = patternFacts(source);
  const isNamed = spec.names !== undefined && spec.value !== undefined;
  const earlier = lazily(() => new RegExp(valueBeforeName(spec), 'diy'));
  const further = lazily(() => new RegExp(nextOfList(spec), 'diy'));
  const earlierBehind = isNamed ? patternFacts(valueBeforeName(spec))([]).behind : 0;
  const short = (spec.names ?? []).filter(startsShort);
  const beginsShort = new Set(short.flatMap((name) => [name, name.replaceAll('_', '')]));
  return (spec.anchors ?? []).map((text) => {
    const bytes = anyCase(text);
    const { longest: max, landmark, ...facts } = factsOf(bytes);
    if (max > longestPattern) throw new Error(`${id}: no pattern matches more than ${longestPattern} characters`);
    const behind = Math.max(edgeReach, facts.behind, earlierBehind);
    const guard: Guard = landmark ? { kind: 'byte', set: landmark.set, from: bytes.length, to: landmark.before } : { kind: 'none' };
    return {
      kind: 'pattern',
      bytes,
      guard,
      max,
      behind,
      isWord: beginsShort.has(text),
      before: within + behind,
      after: max + within + edgeReach + (isNamed ? listReach : 0),
      get exact() {
        return exact();
      },
      get earlier() {
        return isNamed ? earlier() : undefined;
      },
      get further() {
        return isNamed ? further() : undefined;
      },
    };
  });
}

function shapeAnchors(kind: Anchored): readonly Anchor[] {
  const { alternatives, isFree, reach } = kind;
  const groups = new Map<string, { readonly anchor: InKey; readonly alternatives: (readonly Piece[])[] }>();
  for (const pieces of alternatives) {
    const anchor = anchorIn(pieces);
    if (anchor === undefined) return nearAnchors(kind);
    const key = `${anchor.offset} ${anchor.text}`;
    const group = groups.get(key);
    if (group) group.alternatives.push(pieces);
    else groups.set(key, { anchor, alternatives: [pieces] });
  }
  return [...groups.values()].map(({ anchor, alternatives: grouped }) => {
    const max = Math.max(...grouped.map(longest));
    const exact = lazily(
      () =>
        new RegExp(
          eitherOf(grouped, (pieces) => notFollowedBy(pieces, isFree)),
          'y',
        ),
    );
    const touching = lazily(() => touchingReadings(grouped));
    const whole = lazily(() => new RegExp(`^(?:${eitherOf(grouped, () => '')})$`));
    return {
      kind: 'in key',
      bytes: anchor.bytes,
      guard: runAround(grouped, anchor.offset),
      offset: anchor.offset,
      min: Math.min(...grouped.map(shortest)),
      max,
      before: anchor.offset + Math.max(reach, recordReach),
      after: max + reach,
      get exact() {
        return exact();
      },
      get whole() {
        return whole();
      },
      get touching() {
        return touching();
      },
      get hasEnd() {
        return touching().every(({ hasEnd }) => hasEnd);
      },
    };
  });
}

function nearAnchors({ id, spec, alternatives, spellings, within }: Anchored): readonly Anchor[] {
  if (spec.context === undefined) throw new Error(`${id}: a shape without fixed text needs context words`);
  if (alternatives.some(([first]) => first?.kind === 'run' && first.min !== first.max)) {
    throw new Error(`${id}: a shape that begins with a run of unknown length has no beginning; give the run one length`);
  }
  const exact = lazily(() => new RegExp(nearPattern(alternatives), 'g'));
  const farthest = Math.max(...alternatives.map(longest));
  const run = leastRun(alternatives);
  return spellings.map(({ text: word }) => {
    const back = within + farthest;
    const ahead = word.length + within;
    const rule: GuardRule = run === undefined ? { kind: 'none' } : { kind: 'run within', ...run, from: -back, to: ahead + farthest };
    return {
      kind: 'near key',
      bytes: anyCase(word),
      guard: standsAloneUpTo >= word.length ? { ...rule, alone: word.length } : rule,
      back,
      ahead,
      before: back + edgeReach,
      after: ahead + farthest + edgeReach,
      get exact() {
        return exact();
      },
    };
  });
}

/** Keys of one length may also stand behind a byte that says it, as bytecode and pickles write it; then a letter may stand behind them. */
function nearPattern(alternatives: Readings): string {
  const beside = `${notDigest}${leftEdge}(?:${eitherOf(alternatives, (pieces) => notFollowedBy(pieces, false))})`;
  const announced = alternatives.flatMap((pieces) => announcedPattern(pieces) ?? []);
  return [beside, ...new Set(announced)].join('|');
}

interface InKey {
  readonly offset: number;
  readonly text: string;
  readonly bytes: BytePattern;
}

/** As many bytes as the kernel compares at once: the longer, the rarer is what it can look for first. */
const anchorLength = 16;
const selectiveLength = 4;
const shortestAnchor = 3;

/** The longest fixed text at a fixed place. Short ones are lengthened by the classes that follow, to be selective. */
function anchorIn(pieces: readonly Piece[]): InKey | undefined {
  let best: InKey | undefined;
  let offset = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'run') {
      if (piece.min !== piece.max) break;
      offset += piece.min;
      continue;
    }
    const isLonger = best === undefined || Math.min(piece.text.length, anchorLength) > Math.min(best.text.length, anchorLength);
    if (piece.text.length >= 2 && isLonger) {
      const text = piece.text.slice(0, anchorLength);
      const bytes = [...bytesOf(text), ...following(pieces, index + 1, selectiveLength - text.length)];
      if (bytes.length >= shortestAnchor) best = { offset, text, bytes };
    }
    offset += piece.text.length;
  }
  return best;
}

function following(pieces: readonly Piece[], index: number, count: number): BytePattern {
  const next = pieces[index];
  if (count <= 0 || next?.kind !== 'run') return [];
  const codes = codesOf(next.characters);
  return Array.from({ length: Math.min(count, next.min) }, () => codes);
}

const bytesOf = (text: string): BytePattern => text.split('').map((character) => [character.charCodeAt(0)]);

/** Letters in either case; `_` stands for every sign that joins the words of a name. */
const anyCase = (text: string): BytePattern =>
  text
    .slice(0, anchorLength)
    .split('')
    .map((character) => (character === '_' ? codesOf('_-.') : [...new Set(codesOf(character.toLowerCase() + character.toUpperCase()))]));
