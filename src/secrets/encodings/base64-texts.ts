import { readableBase64 } from '../documents/decode.ts';

/** The readable texts that runs of base64 in a text hold: runs on one line, or lines as the base64 program wraps them. Shorter runs hold no key. */
export function base64Texts(text: string): readonly string[] {
  const texts: string[] = [];
  let end = 0;
  for (const { index } of text.matchAll(runStart)) {
    if (index < end) continue;
    end = endOfRun(text, index);
    const readable = readableBase64(text.slice(index, end));
    if (readable !== undefined) texts.push(readable);
  }
  return texts;
}

// Nowhere an open-ended repetition: a pattern that may go back over megabytes ends with a stack overflow, not with a match.
const runStart = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32}/g;

function endOfRun(text: string, start: number): number {
  let end = endOfLine(text, start);
  for (let from = start; isFullLine(end - from); ) {
    const next = end + (lineBreakAt(text, end) ?? 0);
    const nextEnd = endOfLine(text, next);
    if (next === end || nextEnd === next || nextEnd - next > longestLine) break;
    [from, end] = [next, nextEnd];
  }
  for (let padding = 0; padding < 2 && text[end] === '='; padding++) end++;
  return end;
}

const longestLine = 76;
const isFullLine = (length: number): boolean => length >= 64 && length <= longestLine;

function endOfLine(text: string, start: number): number {
  let end = start;
  while (isBase64(text.charCodeAt(end))) end++;
  return end;
}

/** Letters, digits, plus and slash; not the `NaN` behind the end. */
const isBase64 = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x2f && code <= 0x39) || code === 0x2b;

/** Length of a line break with the blanks before it and the indentation behind it. */
function lineBreakAt(text: string, at: number): number | undefined {
  return /^[ \t]{0,8}\r?\n[ \t]{0,32}/.exec(text.slice(at, at + 48))?.[0].length;
}
