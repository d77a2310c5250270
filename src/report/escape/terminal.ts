/**
 * Text for a terminal. Whatever could move the cursor, start a control sequence, turn the writing direction or hide is
 * shown as `\u{…}`; a backslash that would look like one of these is doubled. Line ends are shown too: cloud-supplied text has one line.
 */
export function terminalText(text: string): string {
  return text
    .replaceAll(/\\(?=u\{)/g, String.raw`\u{5c}`)
    .replaceAll(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** C0, C1, halves of surrogate pairs, line and paragraph separators, direction controls, tags, and invisible characters other than the joiner of emoji. */
const unsafe =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Columns that a text takes, counting wide East Asian characters and emoji twice. An estimate: terminals differ. */
export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const segment of charactersOf(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** The text cut to a number of columns, with `…` where something is missing. Only for people at a terminal. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let cut = '';
  for (const segment of charactersOf(text)) {
    if (widthOf(cut + segment) >= columns) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** The text in lines of so many columns, broken at spaces: a word that is longer (an id, an address) is never taken apart. */
export function wrapTo(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const word of text.split(' ')) {
    const wordWidth = widthOf(word);
    if (line !== '' && width + 1 + wordWidth > columns) {
      lines.push(line);
      line = word;
      width = wordWidth;
    } else {
      line = line === '' ? word : `${line} ${word}`;
      width += wordWidth + (width === 0 ? 0 : 1);
    }
  }
  return [...lines, line];
}

/** What a person takes for one character. The segmenter costs milliseconds at first use, so that plain text goes without. */
function* charactersOf(text: string): Generator<string> {
  if (ascii.test(text)) yield* text;
  else for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) yield segment;
}

const ascii = /^[\x20-\x7e]*$/;
const wide = /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
