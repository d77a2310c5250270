import { type Anchor, anchorsOf, longestKey } from './anchor.ts';
import { type Spelling, spellingsOf } from './context.ts';
import type { DetectorFile, KindSpec, Rotation, Shape } from './detector.ts';
import { edgeReach } from './edges.ts';
import { lazily } from './lazily.ts';
import { withNamedValue } from './named-value.ts';
import { proofs } from '../verify/proofs.ts';
import { alternativesOf, fixedCharacters, longest, type Piece, randomBits } from './shape.ts';

/** A kind of key. Whatever follows from its data is worked out when it is first asked for. */
export interface Detector extends Compiled {
  /** `<file>.<kind>`, for example `anthropic.api-key`. */
  readonly id: string;
  readonly issuer: string;
  readonly rotate: Rotation;
}

/** What follows from the data of a kind. */
interface Compiled {
  readonly spec: KindSpec;
  /** Every reading of the shape, longest first; of an irregular key, of its example. */
  readonly alternatives: readonly (readonly Piece[])[];
  readonly anchors: readonly Anchor[];
  /** Letters may stand right before the key. */
  readonly isFree: boolean;
  /** True for keys too short or too human for a digest: from a digest they could be guessed. */
  readonly isGuessable: boolean;
  /** Context words, in every spelling that is looked for. */
  readonly spellings: readonly Spelling[];
  /** How near a context word must stand, in bytes. */
  readonly within: number;
  /** Bytes to either side of a key that its judgement may need: context words, the other half of a pair. */
  readonly reach: number;
}

/** Fewer random bits than this can be tried one by one. */
const guessableBits = 70;

/** Compiles detector files, as validated. Throws where a file asks for what cannot be searched. */
export function compileDetectors(files: readonly DetectorFile[]): readonly Detector[] {
  const detectors = detectorsOf(files);
  for (const { anchors } of detectors) anchors.at(0);
  return detectors;
}

/** The same for files that were compiled before, when the package was built: each detector is compiled when it is needed, most of them never. */
export function detectorsOf(files: readonly DetectorFile[]): readonly Detector[] {
  return files.flatMap((file) => Object.entries(file.kinds).map(([kind, spec]) => detectorOf(file, kind, spec)));
}

function detectorOf(file: DetectorFile, kind: string, data: KindSpec): Detector {
  const id = `${file.id}.${kind}`;
  const spec = lazily(() => withNamedValue(data));
  const compiled = lazily(() => compile(id, spec()));
  return {
    id,
    issuer: file.issuer,
    rotate: file.rotate,
    get spec() {
      return spec();
    },
    get alternatives() {
      return compiled().alternatives;
    },
    get anchors() {
      return compiled().anchors;
    },
    get isFree() {
      return compiled().isFree;
    },
    get isGuessable() {
      return compiled().isGuessable;
    },
    get spellings() {
      return compiled().spellings;
    },
    get within() {
      return compiled().within;
    },
    get reach() {
      return compiled().reach;
    },
  };
}

function compile(id: string, spec: KindSpec): Compiled {
  const alternatives = shapesOf(spec)
    .flatMap(alternativesOf)
    .sort((a, b) => longest(b) - longest(a));
  const fixed = Math.min(...alternatives.map(fixedCharacters));
  const within = spec.within ?? 100;
  if (alternatives.some((pieces) => longest(pieces) > longestKey)) throw new Error(`${id}: no key has more than ${longestKey} characters`);
  const startsFixed = alternatives.every(([first]) => first?.kind === 'literal');
  const isFree = spec.left === undefined ? startsFixed && (fixed >= 8 || spec.proof !== undefined) : spec.left === 'free';
  const reach = reachOf(spec, within);
  const spellings = spellingsOf(spec.context ?? []);
  return {
    spec,
    alternatives,
    anchors: anchorsOf({ id, spec, alternatives, spellings, within, isFree, reach }),
    isFree,
    isGuessable:
      (spec.pattern !== undefined && spec.proof === undefined && spec.names === undefined) ||
      (spec.proof !== undefined && proofs[spec.proof].isGuessable === true) ||
      Math.min(...alternatives.map(randomBits)) < guessableBits,
    spellings,
    within,
    reach,
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
