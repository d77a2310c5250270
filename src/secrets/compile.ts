import type { BytePattern } from './automaton.ts';
import type { DetectorFile, KindSpec, Rotation, Shape } from './detector.ts';
import type { Guard, GuardRule } from './guard.ts';
import { patternFacts } from './pattern-syntax.ts';
import { standsAloneUpTo } from './context.ts';
import { withNamedValue } from './named-value.ts';
import { alphabetAtEnd, alternativesOf, escape, fixedCharacters, longest, patternOf, type Piece, randomBits, shortest } from './shape.ts';

export interface Detector {
  /** `<file>.<kind>`, for example `anthropic.api-key`. */
  readonly id: string;
  readonly issuer: string;
  readonly rotate: Rotation;
  readonly spec: KindSpec;
  /** Every reading of the shape, longest first; of an irregular key, of its example. */
  readonly alternatives: readonly (readonly Piece[])[];
  readonly anchors: readonly Anchor[];
  /** Letters may stand right before the key. */
  readonly isFree: boolean;
  /** True for keys too short or too human for a digest: from a digest they could be guessed. */
  readonly isGuessable: boolean;
  /** How near a context word must stand, in bytes. */
  readonly within: number;
  /** Bytes to either side of a key that its judgement may need: context words, the other half of a pair. */
  readonly reach: number;
}

/** Bytes that lead to a possible key, and how to tell whether there is one. */
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
      readonly min: number;
      readonly max: number;
    }
  /** The anchor is a context word; keys that start in [anchor - back, anchor + ahead] are searched. Global; each run is a group. */
  | { readonly kind: 'near key'; readonly exact: RegExp; readonly back: number; readonly ahead: number }
  /** An irregular key of at most `max` bytes; sticky at the anchor, the group `key` is the secret. */
  | { readonly kind: 'pattern'; readonly exact: RegExp; readonly max: number }
);

/** Fewer random bits than this can be tried one by one. */
const guessableBits = 70;

/** No key is longer; it bounds what a scan must hold back. */
export const longestKey = 4096;
/** A key with the text around it; line breaks may be written as two characters each. */
const longestPattern = 3 * longestKey;

/** Compiles detector files, as validated. Throws where a file asks for what cannot be searched. */
export function compileDetectors(files: readonly DetectorFile[]): readonly Detector[] {
  return files.flatMap((file) => Object.entries(file.kinds).map(([kind, spec]) => compileKind(file, kind, withNamedValue(spec))));
}

function compileKind(file: DetectorFile, kind: string, spec: KindSpec): Detector {
  const id = `${file.id}.${kind}`;
  const alternatives = shapesOf(spec)
    .flatMap(alternativesOf)
    .sort((a, b) => longest(b) - longest(a));
  const fixed = Math.min(...alternatives.map(fixedCharacters));
  const within = spec.within ?? 100;
  if (alternatives.some((pieces) => longest(pieces) > longestKey)) throw new Error(`${id}: no key has more than ${longestKey} characters`);
  const startsFixed = alternatives.every(([first]) => first?.kind === 'literal');
  const isFree = spec.left === undefined ? startsFixed && (fixed >= 8 || spec.proof !== undefined) : spec.left === 'free';
  const isIrregular = spec.pattern !== undefined;
  return {
    id,
    issuer: file.issuer,
    rotate: file.rotate,
    spec,
    alternatives,
    anchors: isIrregular ? patternAnchors(id, spec, within) : anchorsOf(id, spec, alternatives, within, isFree),
    isFree,
    isGuessable:
      (isIrregular && spec.proof === undefined && spec.names === undefined) || Math.min(...alternatives.map(randomBits)) < guessableBits,
    within,
    reach: reachOf(spec, within),
  };
}

function reachOf({ partner }: KindSpec, within: number): number {
  return Math.max(within, partner === undefined ? 0 : partner.within + longestKey / 16) + edgeReach;
}

function shapesOf(spec: KindSpec): readonly Shape[] {
  if (spec.shapes !== undefined) return spec.shapes;
  const shape = spec.shape ?? spec.example?.key;
  return shape === undefined ? [] : [shape];
}

function patternAnchors(id: string, spec: KindSpec, within: number): readonly Anchor[] {
  const source = spec.pattern ?? '';
  const exact = new RegExp(source, 'diy');
  return (spec.anchors ?? []).map((text) => {
    const bytes = anyCase(text);
    const { longest: max, landmark } = patternFacts(source, bytes);
    if (max > longestPattern) throw new Error(`${id}: no pattern matches more than ${longestPattern} characters`);
    const guard: Guard = landmark ? { kind: 'byte', set: landmark.set, from: bytes.length, to: landmark.before } : { kind: 'none' };
    return { kind: 'pattern', bytes, exact, guard, max, before: within + edgeReach, after: max + within + edgeReach };
  });
}

/** What may stand between an escape and the key, plus the escape: what the left edge looks at. */
export const edgeReach = 16;

function anchorsOf(
  id: string,
  spec: KindSpec,
  alternatives: readonly (readonly Piece[])[],
  within: number,
  isFree: boolean,
): readonly Anchor[] {
  const reach = reachOf(spec, within);
  const groups = new Map<string, { anchor: InKey; alternatives: (readonly Piece[])[] }>();
  for (const pieces of alternatives) {
    const anchor = anchorIn(pieces);
    if (anchor === undefined) return nearAnchors(id, spec, alternatives, within);
    const key = `${anchor.offset} ${anchor.text}`;
    const group = groups.get(key);
    if (group) group.alternatives.push(pieces);
    else groups.set(key, { anchor, alternatives: [pieces] });
  }
  return [...groups.values()].map(({ anchor, alternatives: grouped }) => {
    const max = Math.max(...grouped.map(longest));
    return {
      kind: 'in key',
      bytes: anchor.bytes,
      guard: runAround(grouped, anchor),
      offset: anchor.offset,
      exact: new RegExp(
        eitherOf(grouped, (pieces) => notFollowedBy(pieces, isFree)),
        'y',
      ),
      whole: new RegExp(`^(?:${eitherOf(grouped, () => '')})$`),
      min: Math.min(...grouped.map(shortest)),
      max,
      before: anchor.offset + reach,
      after: max + reach,
    };
  });
}

function nearAnchors(id: string, spec: KindSpec, alternatives: readonly (readonly Piece[])[], within: number): readonly Anchor[] {
  if (spec.context === undefined) throw new Error(`${id}: a shape without fixed text needs context words`);
  if (alternatives.some(([first]) => first?.kind === 'run' && first.min !== first.max)) {
    throw new Error(`${id}: a shape that begins with a run of unknown length has no beginning; give the run one length`);
  }
  const exact = new RegExp(`${leftEdge}(?:${eitherOf(alternatives, (pieces) => notFollowedBy(pieces, false))})`, 'g');
  const farthest = Math.max(...alternatives.map(longest));
  const run = leastRun(alternatives);
  return spec.context.map((word) => {
    const back = within + farthest;
    const ahead = word.length + within;
    const rule: GuardRule = run === undefined ? { kind: 'none' } : { kind: 'run within', ...run, from: -back, to: ahead + farthest };
    return {
      kind: 'near key',
      bytes: anyCase(word),
      guard: standsAloneUpTo >= word.length ? { ...rule, alone: word.length } : rule,
      exact,
      back,
      ahead,
      before: back + edgeReach,
      after: ahead + farthest + edgeReach,
    };
  });
}

/** The longest stretch of one class beside the anchor, at a place that is the same in every reading of the shape. */
function runAround(alternatives: readonly (readonly Piece[])[], { offset }: InKey): Guard {
  const readings = alternatives.map(fixedClasses);
  const reach = Math.min(...readings.map((classes) => classes.length));
  const union = Array.from({ length: reach }, (_, at) => [...new Set(readings.flatMap((classes) => codesOf(classes[at] ?? '')))]);
  let best: Guard = { kind: 'none' };
  let worth = 0;
  for (let from = 0; from < reach; ) {
    const set = union[from] ?? [];
    const key = set.join();
    let to = from + 1;
    while (to < reach && union[to]?.join() === key) to++;
    const length = Math.min(to - from, longestGuard);
    const bits = set.length < 2 ? 0 : length * (8 - Math.log2(set.length));
    if (bits > worth) {
      worth = bits;
      best = { kind: 'run', set, from: from - offset, length };
    }
    from = to;
  }
  return best;
}

/** Longer runs are seldom told from shorter ones by looking farther. */
const longestGuard = 40;

/** What may stand at each place of a key, as far as the places are known. */
function fixedClasses(pieces: readonly Piece[]): readonly string[] {
  const classes: string[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'literal') classes.push(...piece.text.split(''));
    else for (let n = 0; n < piece.min; n++) classes.push(piece.characters);
    if (piece.kind === 'run' && piece.min !== piece.max) break;
  }
  return classes;
}

/** A run that every reading of the shape has. */
function leastRun(alternatives: readonly (readonly Piece[])[]): { readonly set: readonly number[]; readonly length: number } | undefined {
  const runs = alternatives.map((pieces) =>
    pieces.reduce<(Piece & { kind: 'run' }) | undefined>(
      (best, piece) => (piece.kind === 'run' && piece.min > (best?.min ?? 0) ? piece : best),
      undefined,
    ),
  );
  const set = [...new Set(runs.flatMap((run) => codesOf(run?.characters ?? '')))];
  const length = Math.min(...runs.map((run) => run?.min ?? 0));
  return length === 0 ? undefined : { set, length };
}

const codesOf = (characters: string): readonly number[] => characters.split('').map((character) => character.charCodeAt(0));

/**
 * No letter stands before the key, or it belongs to an escape: `\n`, `%3D`, `\x3d`, `\u003d`, a colour code.
 * A plain word boundary would lose every key in an escaped string.
 */
export const leftEdge = '(?:(?<![\\w-])|(?<=\\\\[nrtbf]|%[0-9A-Fa-f]{2}|\\\\x[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4}|[^ -~]\\[[0-9;]{0,8}m))';

interface InKey {
  readonly offset: number;
  readonly text: string;
  readonly bytes: BytePattern;
}

/** At most this many bytes of a key or a word lead to it: more cost states and select no better. */
const anchorLength = 8;
const selectiveLength = 4;

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
      best = { offset, text, bytes: [...bytesOf(text), ...following(pieces, index + 1, selectiveLength - text.length)] };
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

function eitherOf(alternatives: readonly (readonly Piece[])[], end: (pieces: readonly Piece[]) => string): string {
  return alternatives.map((pieces) => `${notPrecededBy(pieces)}${patternOf(pieces)}${end(pieces)}`).join('|');
}

/** A run that begins before the key is longer than the shape: signs of its class that the left edge lets pass. */
function notPrecededBy([first]: readonly Piece[]): string {
  const signs = first?.kind === 'run' ? first.characters.replace(/[\w-]/g, '') : '';
  return signs === '' ? '' : `(?<![${signs.split('').map(escape).join('')}])`;
}

/** A run that is longer than the shape is no key; beside short prefixes, neither is one that goes on in other letters. */
function notFollowedBy(pieces: readonly Piece[], isFree: boolean): string {
  const alphabet = new Set(isFree ? alphabetAtEnd(pieces) : `${alphabetAtEnd(pieces)}${wordCharacters}`);
  return alphabet.size === 0 ? '' : `(?![${[...alphabet].map(escape).join('')}])`;
}

const wordCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';

const bytesOf = (text: string): BytePattern => text.split('').map((character) => [character.charCodeAt(0)]);

const anyCase = (text: string): BytePattern =>
  text
    .slice(0, anchorLength)
    .split('')
    .map((character) => [...new Set([character.toLowerCase().charCodeAt(0), character.toUpperCase().charCodeAt(0)])]);
