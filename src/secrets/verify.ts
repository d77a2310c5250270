import type { Confidence } from '../model/secret-match.ts';
import { type Anchor, type Detector, leftEdge } from './compile.ts';
import { distanceToWord, type WordNearby } from './context.ts';
import type { Partner } from './detector.ts';
import { proofs } from './proofs.ts';
import { mask, type Redactor } from './redact.ts';
import { isPlausible } from './validate.ts';

/** A key that was found: where, whose, how sure. Offsets are bytes of the whole text or stream; the value is not in it. */
export interface Match {
  readonly detector: Detector;
  readonly start: number;
  readonly end: number;
  /** Where the other half of a pair stands. */
  readonly partner?: Span;
  readonly confidence: Confidence;
  readonly why: string;
  /** The context word that names the issuer; absent where none stands near. */
  readonly word?: WordNearby;
  /** Absent where the key could be guessed from it. */
  readonly digest?: string;
  /** The digest under the public constant, whatever the user has. Absent where `digest` is. */
  readonly publicDigest?: string;
  /** The first twelve digits of the digest under the public constant: a name for the key that no setting changes. */
  readonly nickname?: string;
  readonly shown: string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Part of a text around an anchor: `text` holds one character per byte and begins at byte `base`. */
export interface Window {
  readonly text: string;
  readonly base: number;
  /** Offset of the anchor in `text`. */
  readonly at: number;
}

/** The keys that an anchor leads to: none, one, or several around a context word. */
export function verify(detector: Detector, anchor: Anchor, window: Window, redactor: Redactor): readonly Match[] {
  return candidates(detector, anchor, window).flatMap((found) => judge(detector, found, window, redactor) ?? []);
}

interface Found extends Span {
  readonly random: string;
}

function candidates(detector: Detector, anchor: Anchor, window: Window): readonly Found[] {
  const { text, at } = window;
  switch (anchor.kind) {
    case 'in key':
      return optional(keyAt(detector, anchor, text, at - anchor.offset));
    case 'near key':
      return [...text.matchAll(anchor.exact)].map((match) => foundIn(match, match.index)).filter((found) => isWhole(found, anchor, window));
    case 'pattern': {
      const match = execAt(anchor.exact, text, at);
      const span = match?.indices?.groups?.['key'];
      if (span === undefined) return [];
      const [start, end] = span;
      return [{ start, end, random: text.slice(start, end) }];
    }
  }
}

/** A run at the border of a window may be the rest of a longer one. */
function isWhole({ start, end }: Found, anchor: Anchor, { base, at }: Window): boolean {
  return (start > 0 || base === 0) && end < at + anchor.after;
}

function keyAt(detector: Detector, anchor: Anchor & { kind: 'in key' }, text: string, start: number): Found | undefined {
  if (start < 0) return undefined;
  const announced = announcedAt(anchor, text, start);
  if (announced !== undefined) return announced;
  const match = execAt(anchor.exact, text, start);
  return match !== null && (detector.isFree || hasLeftEdge(text, start)) ? foundIn(match, start) : undefined;
}

/** Bytecode, pickles and protocol buffers write the length of a string right before it, and anything right after it. */
function announcedAt(anchor: Anchor & { kind: 'in key' }, text: string, start: number): Found | undefined {
  const length = text.charCodeAt(start - 1);
  if (!(length >= anchor.min && length <= anchor.max) || !binaryBefore.test(text.charAt(start - 2))) return undefined;
  if (endsInUtf8.test(text.slice(Math.max(0, start - 4), start))) return undefined;
  const whole = anchor.whole.exec(text.slice(start, start + length));
  return whole === null ? undefined : foundIn(whole, start);
}

/** The last byte of a letter or quote outside ASCII is no length. */
const endsInUtf8 = /(?:[\u00c2-\u00df]|[\u00e0-\u00ef][\u0080-\u00bf]|[\u00f0-\u00f4][\u0080-\u00bf]{2})[\u0080-\u00bf]$/;

/** What stands before a length: a byte that is no text, or the letter by which bytecode announces a short string. */
const binaryBefore = /[^\t\n\r -y{-~]|Z/;

function foundIn(match: RegExpExecArray | RegExpMatchArray, start: number): Found {
  return { start, end: start + match[0].length, random: match.slice(1).join('') };
}

const edge = new RegExp(leftEdge, 'y');

const hasLeftEdge = (text: string, start: number): boolean => execAt(edge, text, start) !== null;

function judge(detector: Detector, found: Found, window: Window, redactor: Redactor): Match | undefined {
  const { spec } = detector;
  const key = window.text.slice(found.start, found.end);
  const proof = spec.proof === undefined ? undefined : proofs[spec.proof].check(key, spec);
  if (spec.proof !== undefined && proof === undefined) return undefined;
  if (!isPlausible(key, found.random, spec)) return undefined;
  const word = spec.context && distanceToWord(window.text, found.start, found.end, spec.context, detector.within);
  if (spec.context !== undefined && word === undefined && spec.alone === undefined) return undefined;
  const partner = spec.partner && partnerOf(window.text, found, spec.partner);
  const confidence = partner === undefined ? confidenceOf(detector, word) : (spec.partner as Partner).confidence;
  return {
    detector,
    start: window.base + found.start,
    end: window.base + found.end,
    ...(partner && { partner: { start: window.base + partner.start, end: window.base + partner.end } }),
    confidence,
    why: reason(detector, proof, word, partner !== undefined),
    ...(word && { word }),
    ...(!detector.isGuessable && digestsOf(key, redactor)),
    shown: mask(key, detector),
  };
}

function digestsOf(key: string, redactor: Redactor): Required<Pick<Match, 'digest' | 'publicDigest' | 'nickname'>> {
  const publicDigest = redactor.publicDigest(key);
  return { digest: redactor.digest(key), publicDigest, nickname: publicDigest.slice(0, 12) };
}

function confidenceOf({ spec }: Detector, word: WordNearby | undefined): Confidence {
  return spec.context !== undefined && word === undefined ? (spec.alone ?? 'possible') : spec.confidence;
}

function reason({ spec }: Detector, proof: string | undefined, word: WordNearby | undefined, isPair: boolean): string {
  const said = [
    spec.pattern !== undefined && spec.proof === undefined
      ? 'a name that promises a secret stands before it'
      : 'length and alphabet are right',
    proof,
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
