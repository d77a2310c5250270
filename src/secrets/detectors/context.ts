import { isInsideWord } from './word-edge.ts';

/**
 * Context words in the spellings in which they are looked for: `_` stands for `_`, `-`, `.` and nothing, as `modal_token` for
 * `MODAL_TOKEN`, `modal-token`, `modal.token` and `modalToken`. Each of them once.
 */
export function spellingsOf(words: readonly string[]): readonly Spelling[] {
  const spellings = words.flatMap((word) => {
    const folded = foldedText(word);
    const isWord = folded.length <= standsAloneUpTo || startsShort(folded);
    return [folded, foldedText(word.replaceAll('_', ''))].map((text) => [text, { text, word, isWord }] as const);
  });
  return [...new Map(spellings).values()];
}

export interface Spelling {
  readonly text: string;
  /** The word as it is written in the detector. */
  readonly word: string;
  /** Its first letters must not end a longer word: `exa_api` is no part of `hexa_api`. */
  readonly isWord: boolean;
}

/**
 * How far the nearest of these words stands from [start, end), in bytes; `undefined` where none does within `within`.
 * What stands before a key names it (variable, member, header); a word behind it counts as farther than any before it.
 */
export function distanceToWord(
  text: string,
  start: number,
  end: number,
  spellings: readonly Spelling[],
  within: number,
): WordNearby | undefined {
  const first = Math.max(0, start - within);
  const before = foldedText(text.slice(first, start));
  const after = foldedText(text.slice(end, end + within));
  let nearest: WordNearby | undefined;
  const note = (found: WordNearby): void => {
    if (nearest === undefined || found.distance < nearest.distance) nearest = found;
  };
  for (const spelling of spellings) {
    const { text: word, word: named } = spelling;
    let at = before.lastIndexOf(word);
    while (at >= 0 && !standsAlone(text, first + at, spelling)) at = at === 0 ? -1 : before.lastIndexOf(word, at - 1);
    if (at >= 0) {
      note({ word: named, distance: before.length - at - word.length, isOnSameLine: !before.includes('\n', at) });
      continue;
    }
    at = after.indexOf(word);
    while (at >= 0 && !standsAlone(text, end + at, spelling)) at = after.indexOf(word, at + 1);
    if (at >= 0) note({ word: named, distance: within + at, isOnSameLine: !after.slice(0, at).includes('\n') });
  }
  return nearest;
}

export interface WordNearby {
  readonly word: string;
  readonly distance: number;
  readonly isOnSameLine: boolean;
}

/** Words as short as this must not be part of longer ones: `glm` is no word in `nglmap`. */
export const standsAloneUpTo = 5;

function standsAlone(text: string, at: number, { text: word, isWord }: Spelling): boolean {
  if (isWord && isInsideWord(text, at)) return false;
  return word.length > standsAloneUpTo || !isInsideWord(text, at + word.length);
}

export function startsShort(word: string): boolean {
  const end = word.indexOf('_');
  return end >= 0 && end <= standsAloneUpTo;
}

/** As long as the text. */
const foldedText = (text: string): string => text.toLowerCase().replace(/[.-]/g, '_');
