import { alphabetAtEnd, escape, longest, patternOf, type Piece, shortest } from './shape.ts';

/** What may stand between an escape and the key, plus the escape: what the left edge looks at. */
export const edgeReach = 16;

/**
 * No letter stands before the key, or it belongs to an escape: `\n`, `%3D`, `%253D`, `\x3d`, `\u003d`, a colour code; or it is what the
 * first pickles begin a line of text with.
 * A plain word boundary would lose every key in an escaped string. A hyphen that joins no word is a sign: `${NAME:-key}`, a line of a patch.
 */
export const leftEdge =
  '(?:(?<![\\w-])|(?<=(?<![\\w-])-)|(?<=\\\\[nrtbf]|%(?:25)?[0-9A-Fa-f]{2}|\\\\x[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4}|[^ -~]\\[[0-9;]{0,8}m|\\nV))';

/** What stands behind the name of a digest is one: `sha256=`, `"md5": "`, `@sha256:`. */
export const notDigest = '(?<!(?:[sS][hH][aA]-?[0-9]{1,3}|[mM][dD]5|blake2b)["\'\\s]{0,2}[=:-]["\'\\s]{0,2})';

/**
 * A key behind a byte that says how long it is, behind a byte that is no text, or behind four bytes that say so. One character that may
 * belong to the key stands behind it in bytecode and pickles; two are a longer run.
 */
export function announcedPattern(pieces: readonly Piece[]): string | undefined {
  const length = longest(pieces);
  if (shortest(pieces) !== length || length > 0xff) return undefined;
  const byte = `\\x${length.toString(16).padStart(2, '0')}`;
  return `(?<=[^ -~\\t\\r\\n]${byte}|${byte}\\0\\0\\0)${patternOf(pieces)}(?![${alphabetAtEnd(pieces).split('').map(escape).join('')}]{2})`;
}

/** Any of these readings, with what may stand behind it. */
export function eitherOf(alternatives: readonly (readonly Piece[])[], end: (pieces: readonly Piece[]) => string): string {
  return alternatives.map((pieces) => `${notPrecededBy(pieces)}${patternOf(pieces)}${end(pieces)}`).join('|');
}

/** A run that begins before the key is longer than the shape: signs of its class that the left edge lets pass. */
function notPrecededBy([first]: readonly Piece[]): string {
  const signs = first?.kind === 'run' ? first.characters.replace(/[\w-]/g, '') : '';
  return signs === '' ? '' : `(?<![${signs.split('').map(escape).join('')}])`;
}

/** A run that is longer than the shape is no key; beside short prefixes, neither is one that goes on in other letters. */
export function notFollowedBy(pieces: readonly Piece[], isFree: boolean): string {
  const alphabet = new Set(isFree ? alphabetAtEnd(pieces) : `${alphabetAtEnd(pieces)}${wordCharacters}`);
  return alphabet.size === 0 ? '' : `(?![${[...alphabet].map(escape).join('')}])`;
}

const wordCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';
