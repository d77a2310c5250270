import type { BytePattern } from './automaton.ts';
import { base64Patterns } from './base64.ts';
import type { Anchor, Detector } from './compile.ts';
import type { Guard } from './guard.ts';

/** Ways of packing that a search sees through, beside plain bytes. Each costs time of its own. */
export interface Passes {
  readonly utf16: boolean;
  readonly base64: boolean;
}

/** Bytes in a stream that lead to an anchor, plain or packed. */
export type Lead = {
  readonly detector: Detector;
  readonly anchor: Anchor;
  readonly bytes: BytePattern;
  readonly guard: Guard;
  /** Bytes of the stream before and after its start that the decision may need. */
  readonly before: number;
  readonly after: number;
} & (
  | { readonly packing: 'plain' }
  /** Every other byte is zero. */
  | { readonly packing: 'utf-16' }
  /** The lead's start is character `skipped` of a group in whose bytes the anchor begins at `phase`. */
  | { readonly packing: 'base64'; readonly phase: number; readonly skipped: number }
);

/** Everything to search for, in an order that depends on the detectors and passes alone: first the plain anchors. */
export function leadsOf(detectors: readonly Detector[], passes: Passes): readonly Lead[] {
  const anchors = detectors.flatMap((detector) => detector.anchors.map((anchor) => ({ detector, anchor })));
  return [
    ...anchors.map(plainLead),
    ...(passes.utf16 ? anchors.map(utf16Lead) : []),
    ...(passes.base64 ? anchors.filter(isWorthUnpacking).flatMap(base64Leads) : []),
  ];
}

interface Anchored {
  readonly detector: Detector;
  readonly anchor: Anchor;
}

const plainLead = ({ detector, anchor }: Anchored): Lead => ({
  detector,
  anchor,
  bytes: anchor.bytes,
  guard: anchor.guard,
  before: anchor.before,
  after: anchor.after,
  packing: 'plain',
});

/** Eight characters and the zeros between them are as many bytes as the kernel compares at once. */
const utf16Characters = 8;
const zero: readonly number[] = [0];

function utf16Lead({ detector, anchor }: Anchored): Lead {
  const bytes = anchor.bytes.slice(0, utf16Characters).flatMap((set, at) => (at === 0 ? [set] : [zero, set]));
  return { detector, anchor, bytes, guard: anchor.guard, before: 2 * anchor.before + 2, after: 2 * anchor.after + 2, packing: 'utf-16' };
}

/** Keys by what is fixed in them. A context word stands outside a packed key as often as inside, and assignments are guesses even in plain text. */
function isWorthUnpacking({ detector, anchor }: Anchored): boolean {
  return anchor.kind === 'in key' || (anchor.kind === 'pattern' && detector.spec.proof !== undefined);
}

function base64Leads({ detector, anchor }: Anchored): readonly Lead[] {
  return base64Patterns(anchor.bytes).map(({ bytes, phase, skipped }) => ({
    detector,
    anchor,
    bytes,
    guard: { kind: 'none' },
    before: packedReach(anchor.before),
    after: packedReach(anchor.after),
    packing: 'base64',
    phase,
    skipped,
  }));
}

/** Four characters for three bytes, line breaks with their indentation, and what stands right before the run. */
export const packedReach = (bytes: number): number => Math.ceil(bytes * 1.75) + 256;
