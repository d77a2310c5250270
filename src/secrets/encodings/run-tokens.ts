import type { EncodedKind } from '../../model/byte-sink.ts';
import type { Tokens } from './token-stream.ts';

/** Shorter runs hold no key. */
const least = 20;

/** One character written as an escape: `\x73`, `\u0073`, `\u{73}`, `\U00000073`, `\163`, `&#115;`, `&#x73;`, `%73`, `%u0073`; the backslash may be doubled. */
const escape = [
  '\\\\{1,2}(?:x|u\\{0{0,4}|u000000|u00)(?<hex>[0-9a-f]{2})\\}?',
  '\\\\{1,2}(?:0?(?<octal>[01][0-7]{2})|(?<short>[4-7][0-7]))',
  '%(?:u00)?(?<percent>[0-9a-f]{2})',
  '&#x0{0,2}(?<page>[0-9a-f]{2});',
  '&#0?(?<decimal>[0-9]{2,3});',
].join('|');

const escapes: Tokens = {
  token: escape,
  longest: 12,
  start: (pieces) => `(?:${withoutNames(escape)}){${pieces}}`,
  least,
  bytesOf({ hex, percent, page, octal, short, decimal }) {
    const digits = hex ?? percent ?? page;
    if (digits !== undefined) return [Number.parseInt(digits, 16)];
    const eights = octal ?? short;
    if (eights !== undefined) return [Number.parseInt(eights, 8)];
    return decimal === undefined ? undefined : [Number(decimal)];
  },
};

const blanks = '\\s{0,48}';
const printable = '(?:0x[2-7][0-9a-f]|0x0?[9ad]|3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6]|9|10|13)';

/** `[115, 107, 45]`, `{0x73, 0x6b}`: bytes in a list of JSON or of a program, also over lines. */
const numbers: Tokens = {
  lead: '[[({]',
  token: `${blanks}(?:0x(?<hex>[0-9a-f]{1,2})|(?<decimal>[0-9]{1,3}))(?![\\w.])(?:${blanks},|(?=${blanks}[\\])}]))`,
  longest: 104,
  start: (pieces) => `[[({](?:${blanks}${printable}${blanks},){${pieces - 1}}${blanks}${printable}(?![\\w.])`,
  least,
  bytesOf({ hex, decimal }) {
    const byte = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
    return byte <= 0xff ? [byte] : undefined;
  },
};

const pairs = '(?:[0-9a-f]{2}[ -]?){1,16}';
const address = '[ \\t]{0,16}(?:0x)?[0-9a-f]{4,8}';
/** Bytes behind an address, and the same as text: xxd and tcpdump put a colon between, hexdump two blanks, openssl a hyphen. A star stands for lines like the last. */
const line = `(?:\\*\\r?\\n)?${address}(?:: {1,2}(?<words>${pairs})| - (?<bytes>${pairs})|  (?<pairs>(?:[0-9a-f]{2} {1,2}){0,15}[0-9a-f]{2}))(?![^\\s])[^\\n]{0,64}(?:\\n|$)`;

/** What xxd, hexdump, tcpdump or openssl printed. */
const dump: Tokens = {
  token: line,
  longest: 160,
  start: (pieces) => `(?:${withoutNames(line)}){${pieces}}`,
  least: 2,
  bytesOf({ words, pairs: spaced, bytes }) {
    const digits = (words ?? spaced ?? bytes)?.replaceAll(/[^0-9a-f]/gi, '');
    return digits === undefined ? undefined : Buffer.from(digits, 'hex');
  },
};

const withoutNames = (pattern: string): string => pattern.replaceAll(/\?<\w+>/g, '?:');

/** How runs that are no base64 are read. */
export const runTokens: { readonly [kind in EncodedKind]?: Tokens } = { escapes, 'list of numbers': numbers, dump };
