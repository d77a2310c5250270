import type { Confidence } from '../../model/secret-match.ts';
import type { Anchor } from '../detectors/anchor.ts';
import { announcedAt, columnAt, recordReach } from '../detectors/announced.ts';
import type { Detector } from '../detectors/compile.ts';
import { distanceToWord, type WordNearby } from '../detectors/context.ts';
import type { KindSpec, Partner } from '../detectors/detector.ts';
import type { Excerpt, Excerpts } from '../excerpt.ts';
import { edgeReach, leftEdge } from '../detectors/edges.ts';
import type { Found, Span } from './found.ts';
import { keysOfPattern } from './pattern-keys.ts';
import { proofs } from './proofs.ts';
import { mask, type Redactor } from '../redact.ts';
import { tells } from './tells.ts';
import { endsString, neighbourReach, type Touched, touchedConfidence, touchedReason, touchingAt } from './touching.ts';
import { isPlausible, isPublished } from './validate.ts';

/** `escapes`: signs of it are written as URLs, JSON or pages write them, or it is written in parts. */
export type Packing = 'utf-16le' | 'utf-16be' | 'base64' | 'hexadecimal' | 'escapes';

/** A key that was found: where, whose, how sure. Offsets are bytes of the whole text or stream; the value is not in it. */
export interface Match {
  readonly detector: Detector;
  readonly start: number;
  readonly end: number;
  /** Where the other half of a pair stands. */
  readonly partner?: Span;
  readonly confidence: Confidence;
  readonly why: string;
  /** What it would be worth if nothing touched it. */
  readonly apart?: Confidence;
  /** The context word that names the issuer; absent where none stands near. */
  readonly word?: WordNearby;
  /** Absent where the key could be guessed from it. */
  readonly digest?: string;
  /** The digest under the public constant, whatever the user has. Absent where `digest` is. */
  readonly publicDigest?: string;
  /** The first twelve digits of the digest under the public constant: a name for the key that no setting changes. */
  readonly nickname?: string;
  readonly shown: string;
  /** How the key was packed where it stood; absent for plain bytes. */
  readonly packed?: Packing;
}

/** An anchor that was found at byte `at` of a text or stream. */
export interface Sighting {
  readonly detector: Detector;
  readonly anchor: Anchor;
  readonly at: number;
  /** Of the keys around a context word, those that start before this were judged already. */
  readonly judgedTo?: number;
  /** Whether it stands in a program, where keys may touch their neighbours. */
  readonly isInProgram?: () => boolean;
}

/** The keys that an anchor leads to: none, one, or several around a context word. */
export function verify(sighting: Sighting, excerpts: Excerpts, redactor: Redactor): readonly Match[] {
  return candidates(sighting, excerpts).flatMap((found) => judge(sighting.detector, found, excerpts, redactor) ?? []);
}

function candidates({ detector, anchor, at, judgedTo = 0, isInProgram = never }: Sighting, excerpts: Excerpts): readonly Found[] {
  switch (anchor.kind) {
    case 'in key': {
      const start = at - anchor.offset;
      return start < 0
        ? []
        : optional(keyAt(detector, anchor, excerpts.around(start - recordReach, start + anchor.max + neighbourReach), start, isInProgram));
    }
    case 'near key': {
      const from = Math.max(0, at - anchor.back, judgedTo);
      return from > at + anchor.ahead
        ? []
        : keysBetween(anchor.exact, excerpts.around(from - edgeReach, at + anchor.after), from, at + anchor.ahead, at + anchor.after);
    }
    case 'pattern':
      return keysOfPattern(anchor, at, excerpts);
  }
}

/** Keys that start in [from, to]. Of the text no more is searched than `reach` says, however much of it is at hand. */
function keysBetween(global: RegExp, { text, base }: Excerpt, from: number, to: number, reach: number): readonly Found[] {
  const found: Found[] = [];
  const first = Math.max(0, from - edgeReach - base);
  const part = text.slice(first, reach - base);
  for (let at = from - base - first; at <= to - base - first; ) {
    const match = execAt(global, part, at);
    if (match === null || match.index > to - base - first) break;
    found.push(foundIn(match, base + first + match.index));
    at = match.index + match[0].length;
  }
  return found;
}

function keyAt(
  detector: Detector,
  anchor: Anchor & { kind: 'in key' },
  excerpt: Excerpt,
  start: number,
  isInProgram: () => boolean,
): Found | undefined {
  const { text, base } = excerpt;
  const at = start - base;
  const said = announcedAt(anchor, text, at);
  // In a program, what looks like the mark and the length of a pickle is the end of a name.
  const announced = said !== undefined && /[zZCU]/.test(text.charAt(at - 2)) && isInProgram() ? undefined : said;
  if (announced?.isDoubtful === false) return foundIn(announced.match, start);
  const match = detector.isFree || hasLeftEdge(text, at) ? execAt(anchor.exact, text, at) : null;
  if (announced !== undefined && announced.match[0].length > (match?.[0].length ?? 0)) return foundIn(announced.match, start);
  const found = match ?? columnAt(anchor, excerpt, at);
  if (found !== undefined && (anchor.hasEnd || endsString(text, at, at + found[0].length))) return foundIn(found, start);
  const touched = isInProgram() ? touchingAt(anchor.touching, text, at, detector.spec) : undefined;
  if (touched !== undefined) return { ...foundIn(touched.match, start), touched };
  return found === undefined ? undefined : foundIn(found, start);
}

const never = (): boolean => false;

function foundIn(match: RegExpExecArray | RegExpMatchArray, start: number): Found {
  return { start, end: start + match[0].length, random: match.slice(1).join('') };
}

const edge = new RegExp(leftEdge, 'y');

/** Most keys stand behind a sign, which needs no expression to be told. */
const hasLeftEdge = (text: string, start: number): boolean =>
  isSign[text.charCodeAt(start - 1)] !== 0 || execAt(edge, text, start) !== null;
const isSign = Uint8Array.from({ length: 256 }, (_, code) => Number(!/[\w-]/.test(String.fromCharCode(code))));

function judge(detector: Detector, found: Found, excerpts: Excerpts, redactor: Redactor): Match | undefined {
  const { spec } = detector;
  const reach = detector.reach;
  const { text, base } = excerpts.around(found.start - reach, found.end + reach);
  const here = { start: found.start - base, end: found.end - base };
  const key = text.slice(here.start, here.end);
  const proof = spec.proof === undefined ? undefined : proofs[spec.proof].check(key, spec);
  if (spec.proof !== undefined && proof === undefined) return undefined;
  const random = (spec.proof && proofs[spec.proof].open?.(found.random)) ?? found.random;
  if (!isPlausible(key, random, spec)) return undefined;
  const plain = plainKey(key, spec);
  if (plain !== key && isPublished(plain, spec.published ?? [])) return undefined;
  const word = spec.context && distanceToWord(text, here.start, here.end, detector.spellings, detector.within);
  if (spec.context !== undefined && word === undefined && spec.alone === undefined) return undefined;
  const partner = spec.partner && partnerOf(text, here, spec.partner);
  const sure = partner === undefined ? confidenceOf(detector, word) : (spec.partner as Partner).confidence;
  const hasEnd = found.touched?.hasEnd ?? true;
  return {
    detector,
    start: found.start,
    end: found.end,
    ...(partner && { partner: { start: base + partner.start, end: base + partner.end } }),
    confidence: found.touched === undefined ? sure : touchedConfidence(found.touched, sure, proof !== undefined),
    why: reason(detector, {
      proof,
      touched: found.touched,
      told: spec.tells && tells[spec.tells](key),
      word,
      isPair: partner !== undefined,
    }),
    ...(found.touched && { apart: sure }),
    ...(word && { word }),
    ...(!detector.isGuessable && hasEnd && digestsOf(plain, redactor)),
    shown: mask(key, detector, hasEnd),
  };
}

const plainKey = (key: string, { proof }: KindSpec): string => (proof && proofs[proof].plain?.(key)) ?? key;

function digestsOf(key: string, redactor: Redactor): Required<Pick<Match, 'digest' | 'publicDigest' | 'nickname'>> {
  const publicDigest = redactor.publicDigest(key);
  return { digest: redactor.digest(key), publicDigest, nickname: publicDigest.slice(0, 12) };
}

function confidenceOf({ spec }: Detector, word: WordNearby | undefined): Confidence {
  return spec.context !== undefined && word === undefined ? (spec.alone ?? 'possible') : spec.confidence;
}

interface Evidence {
  readonly proof: string | undefined;
  readonly touched: Touched | undefined;
  readonly told: string | undefined;
  readonly word: WordNearby | undefined;
  readonly isPair: boolean;
}

function reason({ spec }: Detector, { proof, touched, told, word, isPair }: Evidence): string {
  const said = [
    spec.names !== undefined
      ? "the issuer's own variable name stands before it"
      : spec.pattern !== undefined && spec.proof === undefined
        ? 'a name that promises a secret stands before it'
        : 'length and alphabet are right',
    proof,
    touched && touchedReason(touched, proof !== undefined),
    told,
    isPair ? 'its secret stands beside it' : undefined,
    spec.context === undefined ? undefined : word === undefined ? 'nothing nearby names an issuer' : `"${word.word}" stands near`,
    spec.doubt,
  ];
  return said.filter((part) => part !== undefined).join('; ');
}

/** The nearest run of the other half's alphabet and length, whole. */
function partnerOf(text: string, found: Span, partner: Partner): Span | undefined {
  const lengths = lengthsOf(partner);
  const reach = partner.within + lengths.max + 1;
  const from = Math.max(0, found.start - reach);
  const around = text.slice(from, found.end + reach);
  const characters = partner.of.slice(1, -1);
  const run = new RegExp(`(?<![\\w.${characters}])[${characters}]{${lengths.min},${lengths.max}}(?![${characters}])`, 'g');
  let best: (Span & { away: number }) | undefined;
  for (const match of around.matchAll(run)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (start < found.end && end > found.start) continue;
    if (!lengths.fits(match[0].length) || !isPlausible(match[0], match[0], partner)) continue;
    const away = start >= found.end ? start - found.end : found.start - end;
    if (away <= partner.within && (best === undefined || away < best.away)) best = { start, end, away };
  }
  return best;
}

function lengthsOf({ length }: Partner): { min: number; max: number; fits: (length: number) => boolean } {
  if (typeof length === 'number') return { min: length, max: length, fits: () => true };
  if ('min' in length) return { ...length, fits: () => true };
  return { min: Math.min(...length), max: Math.max(...length), fits: (n) => length.includes(n) };
}

function execAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  const pattern = sticky;
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const optional = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);
