import type { Shape } from './detector.ts';
import { pick, pickMany } from './random.ts';
import { alternativesOf, type Piece } from './shape.ts';

/** A random text of a shape. */
export function drawShape(shape: Shape, random: () => number): string {
  return drawPieces(pick(alternativesOf(shape), random), random);
}

export function drawPieces(pieces: readonly Piece[], random: () => number): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'literal') return piece.text;
      const length = piece.min + Math.floor(random() * (piece.max - piece.min + 1));
      return pickMany(piece.characters, length, random);
    })
    .join('');
}
