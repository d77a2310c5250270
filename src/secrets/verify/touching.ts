import { drawnRather } from './drawn.ts';
import type { Confidence } from '../../model/secret-match.ts';
import type { KindSpec } from '../detectors/detector.ts';
import type { Proof } from './proof.ts';
import { proofs } from './proofs.ts';
import { alphabetAtEnd, escape, patternOf, type Piece } from '../detectors/shape.ts';
import { groupedBy } from '../../model/grouped-by.ts';

/**
 * How a key is told in a program, where letters of other strings stand right before it and right behind it: compilers of Go and Rust write
 * string constants one behind the other, with nothing between them.
 */
export interface Touching {
  /** Sticky, without edges; each run is a group. */
  readonly exact: RegExp;
  /** The same, as long as such keys may be. */
  readonly longest: RegExp;
  /** Its first text, if it begins with one; the characters of its last run. */
  readonly first: string;
  readonly end: string;
  /** The shape says where the key ends. Else `exact` takes what every key of the kind has, and what follows may belong to it. */
  readonly hasEnd: boolean;
  /** Each run's bits per character. */
  readonly bits: readonly number[];
  readonly fixed: number;
  /** Base64 of something else would seldom look like it. */
  readonly isSelective: boolean;
}

/** Readings that differ in the length of their last run alone are one, of which the end is not known. Longest first. */
export function touchingReadings(alternatives: readonly (readonly Piece[])[]): readonly Touching[] {
  const groups = groupedBy(alternatives, (pieces) =>
    JSON.stringify(endsInRun(pieces) ? [...pieces.slice(0, -1), (pieces.at(-1) as Run).of] : pieces),
  );
  return [...groups.values()].map((group) => readingOf(group.at(-1) ?? [], group.length));
}

type Run = Piece & { readonly kind: 'run' };

const endsInRun = (pieces: readonly Piece[]): boolean => pieces.at(-1)?.kind === 'run';

function readingOf(pieces: readonly Piece[], lengths: number): Touching {
  const last = pieces.at(-1) as Piece;
  const hasEnd = last.kind === 'literal' || (last.min === last.max && lengths === 1);
  const cut = last.kind === 'literal' ? pieces : [...pieces.slice(0, -1), { ...last, max: last.min }];
  const bits = pieces.flatMap((piece) => (piece.kind === 'run' ? [Math.log2(piece.characters.length)] : []));
  const fixed = pieces.reduce((sum, piece) => sum + (piece.kind === 'literal' ? piece.text.length : 0), 0);
  const narrow = pieces.reduce(
    (sum, piece) => sum + (piece.kind === 'run' ? piece.min * Math.max(0, 6 - Math.log2(piece.characters.length)) : 0),
    0,
  );
  const hasSign = pieces.some((piece) => piece.kind === 'literal' && /[^A-Za-z0-9+/]/.test(piece.text));
  return {
    exact: new RegExp(patternOf(cut), 'y'),
    longest: new RegExp(patternOf(pieces), 'y'),
    first: pieces[0]?.kind === 'literal' ? pieces[0].text : '',
    end: alphabetAtEnd(pieces),
    hasEnd,
    bits,
    fixed,
    isSelective: hasSign || 6 * fixed + narrow >= selectiveBits,
  };
}

/** Base64 of code is far from drawn: four letters stand in it more often than once in a gigabyte. */
const selectiveBits = 48;
/** What a letter of fixed text weighs among words. */
const fixedBits = 4.5;
/** Words of programs that happen to fit are tens of bits below, keys above. */
const enoughBits = 28;

/** A key in a program, told in spite of what touches it. */
export interface Touched {
  readonly match: RegExpExecArray;
  /** It is known where the key ends. */
  readonly hasEnd: boolean;
  /** Bits that speak for a key, beyond what words of a program would show. */
  readonly evidence: number;
}

/** The key that begins at a place of a program's text. What `proof` checks need not look drawn. */
export function touchingAt(readings: readonly Touching[], text: string, at: number, spec: KindSpec): Touched | undefined {
  const { proof } = spec;
  for (const reading of readings) {
    const match = execAt(reading.exact, text, at);
    if (match === null) continue;
    if (proof !== undefined) return proved(reading, match, proofs[proof], spec);
    const end = at + match[0].length;
    const evidence = Math.max(evidenceOf(match, reading), ...longerMatches(reading, match).map((longer) => evidenceOf(longer, reading)));
    const isKey = evidence >= enoughBits && (reading.isSelective || isAmongWords(reading, text, at, end)) && !goesOn(reading, text, end);
    if (isKey) return { match, hasEnd: reading.hasEnd, evidence };
  }
  return undefined;
}

/** As long as the key itself says; else as short as its proof holds. */
function proved({ hasEnd, longest }: Touching, match: RegExpExecArray, proof: Proof, spec: KindSpec): Touched {
  const shortest = { match, hasEnd, evidence: enoughBits };
  const whole = hasEnd ? null : execAt(longest, match.input, match.index);
  if (whole === null) return shortest;
  const upTo = (length: number): RegExpExecArray | null => execAt(longest, match.input.slice(0, match.index + length), match.index);
  const length = proof.length?.(whole[0]);
  if (length !== undefined && length <= whole[0].length) return { ...shortest, match: upTo(length) ?? match, hasEnd: true };
  const step = Math.ceil((whole[0].length - match[0].length) / 8);
  for (let size = match[0].length; size < whole[0].length; size += step) {
    const part = upTo(size);
    if (part !== null && proof.check(part[0], spec) !== undefined) return { ...shortest, match: part };
  }
  return { ...shortest, match: whole };
}

/** Some of the lengths that it may have: the shortest alone may be too short to tell. */
function longerMatches({ hasEnd, longest }: Touching, { input, index, 0: shortest }: RegExpExecArray): readonly RegExpExecArray[] {
  if (hasEnd) return [];
  return [4, 8, 12].map((more) => execAt(longest, input.slice(0, index + shortest.length + more), index)).filter((match) => match !== null);
}

/** Less than none where the key, or its end, looks written by people: a shorter key may end before it. */
function evidenceOf(match: RegExpExecArray, { bits, fixed }: Touching): number {
  const runs = match.slice(1);
  const drawn = drawnRather(
    runs.join(''),
    runs.reduce((sum, run, at) => sum + run.length * (bits[at] as number), 0),
  );
  const tail = runs.at(-1)?.slice(-tailLength) ?? '';
  const isWritten = drawn < 0 || (tail.length === tailLength && drawnRather(tail, tailLength * (bits.at(-1) as number)) < writtenTail);
  return isWritten ? -Infinity : drawn + fixed * fixedBits;
}

const tailLength = 16;
/** One drawn text in a hundred looks so much like words. */
const writtenTail = -8;

/** Digits of hexadecimal go on behind it, as those of a longer number do and words do not. */
function goesOn({ end, hasEnd }: Touching, text: string, from: number): boolean {
  return (
    hasEnd &&
    end.length <= hexadecimal &&
    text.slice(from, from + digitsOn).length === digitsOn &&
    isAllIn(end, text.slice(from, from + digitsOn))
  );
}

const hexadecimal = 22;
const digitsOn = 6;

const isAllIn = (characters: string, text: string): boolean => text.split('').every((character) => characters.includes(character));

/** So far to either side of a key is looked at. */
export const neighbourReach = 24;
const leastBeside = 8;
const before = new RegExp(`[${escape('+/')}A-Za-z0-9]{${leastBeside},${neighbourReach}}$`);
const behind = new RegExp(`^[${escape('+/')}A-Za-z0-9]{${leastBeside},${neighbourReach}}`);

/** It is not in the midst of base64. Other keys of the kind that touch it are passed over: base64 of code, too, has such beginnings at any distance. */
function isAmongWords({ first }: Touching, text: string, start: number, end: number): boolean {
  const size = end - start;
  const isKey = (at: number): boolean => first !== '' && at >= 0 && text.startsWith(first, at);
  let from = start;
  while (isKey(from - size)) from -= size;
  let to = end;
  while (isKey(to)) to += size;
  const left = text.slice(Math.max(0, from - neighbourReach), from);
  const right = text.slice(to, to + neighbourReach);
  // Behind other keys nothing may be at hand to be looked at.
  const isTold = (side: string, isBeside: boolean): boolean => isBeside || side.length >= leastBeside;
  return (isTold(left, from === start) && !isBase64(before.exec(left))) || (isTold(right, to === end) && !isBase64(behind.exec(right)));
}

/** Words are far below, and base64 of code, in which few letters stand often, is not. */
const wordy = -0.5;

const isBase64 = (side: RegExpExecArray | null): boolean =>
  side !== null && drawnRather(side[0], side[0].length * 6) >= wordy * side[0].length;

/** A string ends here as those of C do; or as texts do, where it begins as they do. */
export function endsString(text: string, start: number, end: number): boolean {
  if (end >= text.length || /[^ -~\t\r\n]/.test(text.charAt(end))) return true;
  const [before, after] = [text.charAt(start - 1), text.charAt(end)];
  return !/\w/.test(before) && (/[\r\n]/.test(after) || (after === before && /["'`|]/.test(after)));
}

const strong = 40;

/** How sure a key is that other strings touch; `sure`: how sure it would be without them. */
export function touchedConfidence({ hasEnd, evidence }: Touched, sure: Confidence, isProven: boolean): Confidence {
  if (isProven && hasEnd) return sure;
  if (sure === 'certain') return 'likely';
  return hasEnd && evidence >= strong ? sure : 'possible';
}

/** Ends a sentence. */
export function touchedReason({ hasEnd }: Touched, isProven: boolean): string {
  if (!hasEnd) return 'it stands in a program, where nothing shows its end';
  return isProven ? 'other strings of a program touch it' : 'other strings of a program touch it, and nothing proves that it ends there';
}

function execAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  const pattern = sticky;
  pattern.lastIndex = at;
  return pattern.exec(text);
}
