import type { Piece } from './shape.ts';

/**
 * What must stand around an anchor, or it leads to no key: told by looking at a few bytes, before any text is made of them.
 * Offsets are bytes from the anchor's start (characters, where the text is packed). A guard never refuses what verification would accept.
 */
export type Guard = GuardRule & {
  /** Length of the anchor, if letters may stand neither right before nor right behind it. */
  readonly alone?: number;
};

export type GuardRule =
  | { readonly kind: 'none' }
  /** Every one of `length` bytes from `from` on is in the set. */
  | { readonly kind: 'run'; readonly set: readonly number[]; readonly from: number; readonly length: number }
  /** One byte in [from, to) is in the set. */
  | { readonly kind: 'byte'; readonly set: readonly number[]; readonly from: number; readonly to: number }
  /** A run of at least `length` bytes of the set lies in [from, to). */
  | { readonly kind: 'run within'; readonly set: readonly number[]; readonly length: number; readonly from: number; readonly to: number };

type Readings = readonly (readonly Piece[])[];

/** The longest stretch of one class beside the anchor, at a place that is the same in every reading of the shape. */
export function runAround(alternatives: Readings, offset: number): Guard {
  const readings = alternatives.map(fixedClasses);
  const reach = Math.min(...readings.map((classes) => classes.length));
  const union = Array.from({ length: reach }, (_, at) => unionOf(readings.map((classes) => classes[at] ?? '')));
  let best: Guard = { kind: 'none' };
  let worth = 0;
  for (let from = 0; from < reach; ) {
    const characters = union[from] ?? '';
    let to = from + 1;
    while (to < reach && union[to] === characters) to++;
    const length = Math.min(to - from, longestGuard);
    const bits = characters.length < 2 ? 0 : length * (8 - Math.log2(characters.length));
    if (bits > worth) {
      worth = bits;
      best = { kind: 'run', set: codesOf(characters), from: from - offset, length };
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

function unionOf(classes: readonly string[]): string {
  const [first = '', ...others] = classes;
  return others.every((other) => other === first) ? first : [...new Set(classes.join(''))].join('');
}

/** A run that every reading of the shape has. */
export function leastRun(alternatives: Readings): { readonly set: readonly number[]; readonly length: number } | undefined {
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

export const codesOf = (characters: string): readonly number[] => characters.split('').map((character) => character.charCodeAt(0));
