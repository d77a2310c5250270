import type { Excerpt } from '../excerpt.ts';

/** How a key whose length stands before it is told: what a key may measure, and what fits a key and nothing else. */
export interface Announceable {
  readonly min: number;
  readonly max: number;
  readonly whole: RegExp;
}

/** A key at a place of a text that says how long it is. */
export interface Announced {
  readonly match: RegExpExecArray;
  /** What stands there may as well be text: then what the text says counts first. */
  readonly isDoubtful: boolean;
}

/** Bytecode, pickles, models and protocol buffers write the length of a string right before it, and anything right after it. */
export function announcedAt({ min, max, whole }: Announceable, text: string, start: number): Announced | undefined {
  for (const length of announcedLengths(text, start)) {
    const match = length >= min && length <= max ? whole.exec(text.slice(start, start + length)) : null;
    if (match !== null) return { match, isDoubtful: mayBeText(text, start) };
  }
  return undefined;
}

/** One byte behind what announces it, a varint of two, or four or eight bytes of which the least comes first. */
function announcedLengths(text: string, start: number): readonly number[] {
  const [before, last] = [text.charCodeAt(start - 2), text.charCodeAt(start - 1)];
  if (last === 0 && before === 0) {
    const wide = wideZeros.test(text.slice(Math.max(0, start - 8), start)) ? 8 : 4;
    return [text.charCodeAt(start - wide) + 256 * text.charCodeAt(start - wide + 1)];
  }
  if (!isAnnouncing(before)) return [];
  return before >= 0x80 && last < 0x80 ? [last, (before & 0x7f) + 128 * last] : [last];
}

const wideZeros = /^[^\0][^]\0{6}$/;

/** Of a text that a pattern took, the length before it: 1 where the first byte is the length of the others, behind a byte that is no text. */
export function announcedBy(text: string, start: number, end: number): number {
  return text.charCodeAt(start) === end - start - 1 && isAnnouncing(text.charCodeAt(start - 1)) ? 1 : 0;
}

/** Of a text that a pattern took, the letter behind it: 1 where the length before it says that the last one is what comes next. */
export const tooLongBy = (text: string, start: number, end: number): number =>
  Number(announcedLengths(text, start).includes(end - start - 1));

/** What stands before a length of one byte: a byte that is no text, or the letter by which bytecode and pickles announce a short string. */
const isAnnouncing = (code: number): boolean => announcing[code] === 1;
const announcing = Uint8Array.from({ length: 256 }, (_, code) => Number(/[^\t\n\r -y{-~]|[ZCU]/.test(String.fromCharCode(code))));

/**
 * `SIZE=`, `quiz: `, `CPU-` may look like an announced length of 61, 32 or 45, and so may the last byte of a letter or quote outside
 * ASCII. Then the longer reading counts, so that no part of a key is left over.
 */
const mayBeText = (text: string, start: number): boolean => separatedOrUtf8.test(text.slice(Math.max(0, start - 4), start));
const separatedOrUtf8 =
  /(?:[zZCU][ -/:-@[-`{-~]|(?:[\u00c2-\u00df]|[\u00e0-\u00ef][\u0080-\u00bf]|[\u00f0-\u00f4][\u0080-\u00bf]{2})[\u0080-\u00bf])$/;

/** A record's header and the columns before a key are looked for no farther before it. */
export const recordReach = 320;

/**
 * A text column of an SQLite record: nothing stands between it and its neighbours; how long each is stands in the record's header,
 * which is taken for one up to thirty-one bytes.
 * https://www.sqlite.org/fileformat2.html#record_format
 */
export function columnAt(key: Announceable, { text, controlUpTo }: Excerpt, start: number): RegExpExecArray | undefined {
  const first = Math.max(0, start - recordReach);
  for (let header = controlUpTo(start - 2); header >= first; header = controlUpTo(header - 1)) {
    const bytes = text.charCodeAt(header);
    if (header + bytes > start) continue;
    const length = columnLength(text, header, bytes, start);
    if (length === undefined || length < key.min || length > key.max) continue;
    const match = key.whole.exec(text.slice(start, start + length));
    if (match !== null) return match;
  }
  return undefined;
}

/** The length of the text column that begins at `start`, by a header of so many bytes; undefined where no such column begins there. */
function columnLength(text: string, header: number, bytes: number, start: number): number | undefined {
  const end = header + bytes;
  let column = end;
  for (let at = header + 1; at < end && column <= start; ) {
    let type = 0;
    let byte = 0x80;
    for (; byte >= 0x80 && at < end; at++) {
      byte = text.charCodeAt(at);
      type = type * 128 + (byte & 0x7f);
    }
    if (byte >= 0x80 || type === 10 || type === 11 || type > 1e6) return undefined;
    const isText = type >= 13 && type % 2 === 1;
    const size = type >= 12 ? Math.floor((type - 12) / 2) : (sizes[type] as number);
    if (column === start && isText) return size;
    column += size;
  }
  return undefined;
}

/** Bytes of the values of types 0 to 9: nothing, integers, a float, 0 and 1. */
const sizes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;
