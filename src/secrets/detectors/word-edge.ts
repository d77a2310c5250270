/**
 * The letters right before `at` and at it belong to one word. Between the words of `qwenApiKey` and `GLMApiKey` one ends;
 * the letter of an escape such as `\n`, of a colour code, or of an option such as `-D` belongs to none.
 */
export function isInsideWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const here = text.charCodeAt(at);
  if (!isLetter(before) || !isLetter(here)) return false;
  if (isUpper(here) && (!isUpper(before) || isLower(text.charCodeAt(at + 1)))) return false;
  return !escapeBefore.test(text.slice(Math.max(0, at - escapeReach), at));
}

/** What stands at `at` is the letter of an escape: in `\nscale_api_key` a line begins with `scale_api_key`. */
export function isEscapeLetter(text: string, at: number): boolean {
  return /[nrtbf]/.test(text.charAt(at)) && escaping.test(text.slice(Math.max(0, at - escapeReach), at));
}

const escapeReach = 12;
const escaping = /(?<!\\)(?:\\\\)*\\$/;
const escapeBefore = /(?:(?<!\\)(?:\\\\)*\\[nrtbf]|[^ -~]\[[0-9;]{0,8}m|(?<![\w-])-[A-Z])$/;

const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isLower = (code: number): boolean => code >= 97 && code <= 122;
const isLetter = (code: number): boolean => isUpper(code) || isLower(code);
