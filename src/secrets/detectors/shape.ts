import type { Length, Part, Shape } from './detector.ts';

/** A shape with its choices made: fixed text and runs of one character class. */
export type Piece =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'run'; readonly of: string; readonly characters: string; readonly min: number; readonly max: number };

/** Every way to read a shape: `oneOf` and lists of lengths are multiplied out, adjacent literals are joined. */
export function alternativesOf(shape: Shape): readonly (readonly Piece[])[] {
  const choices = shape.flatMap(expand).map(choicesOf);
  const product = choices.reduce<readonly (readonly Piece[])[]>(
    (heads, tails) => heads.flatMap((head) => tails.map((tail) => [...head, tail])),
    [[]],
  );
  return product.map(joinLiterals);
}

/** The characters of a class such as `[A-Za-z0-9_-]`. Throws for what is no class of plain characters and ranges. */
export function charactersOf(of: string): string {
  const body = /^\[([ -~]+)\]$/.exec(of)?.[1];
  if (body === undefined || /[\\^\]]/.test(body)) throw new Error(`"${of}" is no character class`);
  const characters = new Set<string>();
  for (let at = 0; at < body.length; at++) {
    const from = body.charCodeAt(at);
    const isRange = body[at + 1] === '-' && at + 2 < body.length;
    const to = isRange ? body.charCodeAt(at + 2) : from;
    if (to < from) throw new Error(`"${of}" has a range that runs backwards`);
    for (let code = from; code <= to; code++) characters.add(String.fromCharCode(code));
    if (isRange) at += 2;
  }
  return [...characters].join('');
}

/** The pieces as a regular expression in which each run is a group. Quantifiers are bounded. */
export function patternOf(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'literal') return escape(piece.text);
      return piece.min === piece.max ? `(${piece.of}{${piece.min}})` : `(${piece.of}{${piece.min},${piece.max}})`;
    })
    .join('');
}

export const shortest = (pieces: readonly Piece[]): number =>
  sum(pieces, (piece) => (piece.kind === 'literal' ? piece.text.length : piece.min));

export const longest = (pieces: readonly Piece[]): number =>
  sum(pieces, (piece) => (piece.kind === 'literal' ? piece.text.length : piece.max));

export const fixedCharacters = (pieces: readonly Piece[]): number =>
  sum(pieces, (piece) => (piece.kind === 'literal' ? piece.text.length : 0));

/** Bits that a guesser has to try: the runs at their shortest. */
export const randomBits = (pieces: readonly Piece[]): number =>
  sum(pieces, (piece) => (piece.kind === 'literal' ? 0 : piece.min * Math.log2(piece.characters.length)));

/** What may not follow a key: the class of its last run, so that a longer run is no key. */
export function alphabetAtEnd(pieces: readonly Piece[]): string {
  const run = pieces.findLast((piece) => piece.kind === 'run');
  return run === undefined ? '' : run.characters;
}

export const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

const hex = '[0-9A-Fa-f]';

function expand(part: Part): readonly Part[] {
  if (typeof part === 'string' || !('like' in part)) return [part];
  return [8, 4, 4, 4, 12].flatMap((length, index) => [...(index === 0 ? [] : ['-']), { of: hex, length }]);
}

function choicesOf(part: Part): readonly Piece[] {
  if (typeof part === 'string') return [{ kind: 'literal', text: part }];
  if ('oneOf' in part) return part.oneOf.map((text) => ({ kind: 'literal', text }));
  if ('like' in part) throw new Error('a likeness stands for its parts');
  const characters = charactersOf(part.of);
  return boundsOf(part.length).map(([min, max]) => ({ kind: 'run', of: part.of, characters, min, max }));
}

function boundsOf(length: Length): readonly (readonly [number, number])[] {
  if (typeof length === 'number') return [[length, length]];
  return 'min' in length ? [[length.min, length.max]] : length.map((one) => [one, one] as const);
}

function joinLiterals(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind === 'literal' && last?.kind === 'literal') {
      joined[joined.length - 1] = { kind: 'literal', text: last.text + piece.text };
    } else joined.push(piece);
  }
  return joined;
}

const sum = (pieces: readonly Piece[], of: (piece: Piece) => number): number => pieces.reduce((total, piece) => total + of(piece), 0);
