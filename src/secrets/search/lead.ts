import type { BytePattern } from './automaton.ts';
import { base64Patterns } from '../encodings/base64.ts';
import { escapedGuard, escapedPatterns } from '../encodings/escaped-anchors.ts';
import { hexPattern } from '../encodings/hexadecimal.ts';
import type { Anchor } from '../detectors/anchor.ts';
import type { Detector } from '../detectors/compile.ts';
import type { Guard } from '../detectors/guard.ts';

/** Ways of packing that a search sees through, beside plain bytes. Each costs time of its own. */
export interface Passes {
  readonly utf16: boolean;
  /** And hexadecimal, and escapes. */
  readonly base64: boolean;
}

export const allPasses: Passes = { utf16: true, base64: true };

/** How the bytes of a lead are written. */
export type Packed = 'plain' | 'utf-16' | 'base64' | 'hexadecimal' | 'escapes';

/** What a pattern in a stream may lead to: an anchor, plain or packed. */
export interface Lead {
  readonly detector: Detector;
  readonly anchor: Anchor;
  readonly packing: Packed;
  /** Bytes of the pattern. */
  readonly length: number;
  /** In base64, the pattern's start is character `skipped` of a group in whose bytes the anchor begins at `phase`. Of escapes, `phase` is 1 where the anchor itself is escaped. Else both are 0. */
  readonly phase: number;
  readonly skipped: number;
}

/** A lead, and the pattern to search for. */
export interface SoughtLead extends Lead {
  readonly bytes: BytePattern;
  readonly guard: Guard;
  /** Bytes of the stream before and after its start that the decision may need. */
  readonly before: number;
  readonly after: number;
}

/** Everything to search for, in an order that depends on the detectors and passes alone: first the plain anchors. */
export function leadsOf(detectors: readonly Detector[], passes: Passes): readonly SoughtLead[] {
  const anchors = detectors.flatMap((detector) => detector.anchors.map((anchor) => ({ detector, anchor })));
  return [
    ...anchors.map(plainLead),
    ...(passes.utf16 ? anchors.map(utf16Lead) : []),
    ...(passes.base64
      ? anchors.filter(isWorthUnpacking).flatMap((one) => [...base64Leads(one), ...hexLeads(one), ...escapedLeads(one)])
      : []),
  ];
}

interface Anchored {
  readonly detector: Detector;
  readonly anchor: Anchor;
}

const plainLead = ({ detector, anchor }: Anchored): SoughtLead => ({
  detector,
  anchor,
  bytes: anchor.bytes,
  length: anchor.bytes.length,
  guard: anchor.guard,
  before: anchor.before,
  after: anchor.after,
  packing: 'plain',
  phase: 0,
  skipped: 0,
});

/** Eight characters and the zeros between them are as many bytes as the kernel compares at once. */
const utf16Characters = 8;
const zero: readonly number[] = [0];

function utf16Lead({ detector, anchor }: Anchored): SoughtLead {
  const bytes = anchor.bytes.slice(0, utf16Characters).flatMap((set, at) => (at === 0 ? [set] : [zero, set]));
  return {
    detector,
    anchor,
    bytes,
    length: bytes.length,
    guard: anchor.guard,
    before: 2 * anchor.before + 2,
    after: 2 * anchor.after + 2,
    packing: 'utf-16',
    phase: 0,
    skipped: 0,
  };
}

/** Keys by what is fixed in them. A context word stands outside a packed key as often as inside, and assignments are guesses even in plain text. */
function isWorthUnpacking({ detector, anchor }: Anchored): boolean {
  return anchor.kind === 'in key' || (anchor.kind === 'pattern' && detector.spec.proof !== undefined && !detector.isGuessable);
}

function base64Leads({ detector, anchor }: Anchored): readonly SoughtLead[] {
  return base64Patterns(anchor.bytes).map(({ bytes, phase, skipped }) => ({
    detector,
    anchor,
    bytes,
    length: bytes.length,
    guard: { kind: 'none' },
    before: unpackedReach(anchor.before),
    after: unpackedReach(anchor.after),
    packing: 'base64',
    phase,
    skipped,
  }));
}

function hexLeads({ detector, anchor }: Anchored): readonly SoughtLead[] {
  const bytes = hexPattern(anchor.bytes);
  if (bytes === undefined) return [];
  return [
    {
      detector,
      anchor,
      bytes,
      length: bytes.length,
      guard: { kind: 'none' },
      packing: 'hexadecimal',
      phase: 0,
      skipped: 0,
      before: hexReach(anchor.before),
      after: hexReach(anchor.after),
    },
  ];
}

/** The anchor as it stands, of a key that is escaped farther on, and with its own signs escaped. */
function escapedLeads({ detector, anchor }: Anchored): readonly SoughtLead[] {
  const leadOf = (bytes: BytePattern, guard: Guard, phase: number): SoughtLead => ({
    detector,
    anchor,
    bytes,
    length: bytes.length,
    guard,
    packing: 'escapes',
    phase,
    skipped: 0,
    before: unpackedReach(anchor.before),
    after: unpackedReach(anchor.after),
  });
  return [
    leadOf(anchor.bytes, escapedGuard(anchor), 0),
    ...escapedPatterns(anchor.bytes).map((bytes) => leadOf(bytes, { kind: 'none' }, 1)),
  ];
}

/** Two digits for each byte, line breaks, and what stands right before the run. */
const hexReach = (bytes: number): number => Math.ceil(bytes * 2.25) + 256;

/** Four characters for three bytes, line breaks with their indentation, and what stands right before the run. */
export const unpackedReach = (bytes: number): number => Math.ceil(bytes * 1.75) + 256;
