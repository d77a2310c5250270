/** A text with its escapes resolved. */
export interface Unescaped {
  readonly text: string;
  /** For each of its characters: where it begins and ends in the text as it is written. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Signs as URLs (`%2F`, also twice encoded), JSON and programs (`\u002f`, `\x2f`, `\/`) and pages (`&#47;`, `&amp;`) write them, and what joins the
 * parts of a text that is written over lines: the end of one literal and the beginning of the next, a backslash or the equals sign of
 * quoted-printable at the end of a line.
 */
const escapes = new RegExp(
  [
    '%(?:25)?(?<percent>[2-7][0-9A-Fa-f]|0[AaDd])',
    '\\\\{1,2}(?:u00|x)(?<hex>[2-7][0-9A-Fa-f])',
    '&#[xX]0{0,2}(?<page>[2-7][0-9A-Fa-f]);',
    '&#0?(?<decimal>[0-9]{2,3});',
    '&(?<name>amp|quot|apos|lt|gt|nbsp|plus|equals|sol);',
    '\\\\{1,2}(?<slash>/)',
    '(?<equals>=)3D',
    '(?<!=)=\\r?\\n(?=[\\w+/-])',
    '\\\\\\r?\\n[ \\t]{0,64}',
    // "…" + "…", "…" and in the next line "…"
    '["\'`][ \\t]{0,8}(?:[+.&][ \\t]{0,8}(?:\\\\?\\r?\\n[ \\t]{0,64})?|\\\\?\\r?\\n[ \\t]{0,64}(?:[+.&][ \\t]{0,8})?)["\'`]',
  ].join('|'),
  'g',
);

const names: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['lt', '<'],
  ['gt', '>'],
  ['nbsp', ' '],
  ['plus', '+'],
  ['equals', '='],
  ['sol', '/'],
]);

/** Whether anything in a text is escaped. */
export const hasEscapes = (text: string): boolean => text.search(escapes) >= 0;

/** `undefined` where nothing is escaped. */
export function unescaped(text: string): Unescaped | undefined {
  const parts: string[] = [];
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let length = 0;
  let from = 0;
  function asWritten(to: number): void {
    parts.push(text.slice(from, to));
    for (; from < to; from++, length++) {
      starts[length] = from;
      ends[length] = from + 1;
    }
  }
  for (const { 0: written, index, groups } of text.matchAll(escapes)) {
    asWritten(index);
    const meant = meaningOf(groups ?? {});
    parts.push(meant);
    if (meant !== '') {
      starts[length] = index;
      ends[length++] = index + written.length;
    }
    from = index + written.length;
  }
  if (from === 0) return undefined;
  asWritten(text.length);
  return { text: parts.join(''), starts: starts.subarray(0, length), ends: ends.subarray(0, length) };
}

/** One character, or none. */
function meaningOf({ percent, hex, page, decimal, name, slash, equals }: { readonly [group: string]: string | undefined }): string {
  const digits = percent ?? hex ?? page;
  if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 0xff);
  return (name === undefined ? undefined : names.get(name)) ?? slash ?? equals ?? '';
}
