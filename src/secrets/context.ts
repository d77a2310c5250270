/**
 * How far the nearest of these words stands from [start, end), in bytes; `undefined` where none does within `within`.
 * What stands before a key names it (variable, member, header); a word behind it counts as farther than any before it.
 */
export function distanceToWord(text: string, start: number, end: number, words: readonly string[], within: number): WordNearby | undefined {
  const before = text.slice(Math.max(0, start - within), start).toLowerCase();
  const after = text.slice(end, end + within).toLowerCase();
  let nearest: WordNearby | undefined;
  const note = (found: WordNearby): void => {
    if (nearest === undefined || found.distance < nearest.distance) nearest = found;
  };
  for (const word of words) {
    const behind = lastWord(before, word);
    if (behind !== undefined) {
      note({ word, distance: before.length - behind - word.length, isOnSameLine: !before.includes('\n', behind) });
      continue;
    }
    const ahead = firstWord(after, word);
    if (ahead !== undefined) note({ word, distance: within + ahead, isOnSameLine: !after.slice(0, ahead).includes('\n') });
  }
  return nearest;
}

export interface WordNearby {
  readonly word: string;
  readonly distance: number;
  readonly isOnSameLine: boolean;
}

function lastWord(text: string, word: string): number | undefined {
  for (let at = text.lastIndexOf(word); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(word, at - 1)) {
    if (standsAlone(text, at, word)) return at;
  }
  return undefined;
}

function firstWord(text: string, word: string): number | undefined {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (standsAlone(text, at, word)) return at;
  }
  return undefined;
}

/** Words as short as this must not be part of longer ones: `glm` is no word in `nglmap`. */
export const standsAloneUpTo = 5;

function standsAlone(text: string, at: number, word: string): boolean {
  if (word.length > standsAloneUpTo) return true;
  return !isLetter(text.charCodeAt(at - 1)) && !isLetter(text.charCodeAt(at + word.length));
}

const isLetter = (code: number): boolean => code >= 97 && code <= 122;
