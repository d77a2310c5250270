import type { KindSpec } from './detector.ts';
import { alphabetAtEnd, alternativesOf, escape, patternOf, type Piece } from './shape.ts';

/**
 * A kind that is known by the name of its variable alone, as the irregular kind that it stands for: each name in any case,
 * with `_`, `-`, `.` or nothing between its words, then what assigns a value to it, then the value. Any other kind stays what it is.
 */
export function withNamedValue(spec: KindSpec): KindSpec {
  const { names, value } = spec;
  if (names === undefined || value === undefined) return spec;
  const readings = alternativesOf(value);
  const [name = ''] = names;
  return {
    ...spec,
    pattern: `(?:${names.map(patternOfName).join('|')})${suffix}(?:${assignments.join('|')})(?<key>${readings.map(patternOf).join('|')})(?![${charactersBehind(readings)}])`,
    anchors: [...new Set(names.flatMap((one) => [one, one.replaceAll('_', '')]))],
    example: { before: `${name.toUpperCase()}=`, key: value },
  };
}

/**
 * A kind that is known by its variable, where the value stands before the name: `value: …, name: NAME`, or both among the constants of bytecode, as
 * `environ["NAME"] = "value"` is compiled. To be looked for at the name.
 */
export function valueBeforeName({ names = [], value = [] }: KindSpec): string {
  const key = alternativesOf(value).map(patternOf).join('|');
  const before = `value["']?[ \\t]{0,4}[:=][ \\t]{0,4}["']?|[zZ\\xfa\\xda]${byte}`;
  const between = `["']?(?:,\\s{0,40}|\\s{1,40})["']?(?:name|key)["']?[ \\t]{0,4}[:=][ \\t]{0,4}["']?|[Z\\xda][^ -~]`;
  return `(?<=(?:${before})(?<key>${key})(?:${between}))(?:${names.map(patternOfName).join('|')})${suffix}(?=["'\\s,}\\]]|[^ -~]|[a-z)][^ -~]|$)`;
}

/** Another value behind one that such a name led to: `a,b`, `"a", "b"`, `- a` and `- b`. To be looked for where the last one ends. */
export function nextOfList({ value = [] }: KindSpec): string {
  const readings = alternativesOf(value);
  return `["'\`]?[ \\t]{0,4}(?:[,;|]\\s{0,40}|\\r?\\n[ \\t]{0,40}-[ \\t]{1,4})["'\`]?(?<key>${readings.map(patternOf).join('|')})(?![${charactersBehind(readings)}])`;
}

/** A list is followed no farther behind its first value. */
export const listReach = 2048;

/** Quotes and brackets around a name or value, as they are and as JSON, URLs, HTML, terminals and word processors write them; and backslashes before them. */
const quotes =
  '(?:\\\\u002[27]|\\\\x2[27]|%2[27]|&quot;|&#3[49];|[^ -~]\\[[0-9;]{0,8}m|\\xe2\\x80[\\x98\\x99\\x9c\\x9d]|[\\\\"\'`\\])]){0,4}';
const byte = '[\\x00-\\xff]';
const quote = '["\'`]';
/** What people add to a name: the stage, a number, that there are several. */
const suffix =
  '(?:[_.-]?(?:prod(?:uction)?|dev(?:elopment)?|stag(?:e|ing)|test(?:ing)?|live|main|primary|secondary|backup|old|new|v?[0-9]{1,2})|s)?';
/** Between a sign and a value: the kind of a literal, or what makes it a secret. */
const wrapping = `(?:[fbru@$]{1,2}(?=${quote})|(?:SecretStr|Secret|JSON\\.stringify|String|str|Some)\\((?=${quote})|<!\\[CDATA\\[|\\[\\s{0,40}(?=${quote}))?`;
/** Another member beside a name and its value. */
const member = '["\']?\\w{1,16}["\']?\\s{0,8}[:=]\\s{0,8}(?:["\'][^"\'\\r\\n]{0,80}["\']|[\\w./()-]{1,40}),?\\s{1,40}';

const assignments = [
  // NAME=value, "name": "value", name => 'value', environ["NAME"] = "value", setenv("NAME", "value", | NAME | value |, <NAME>value<, ${NAME:-value}
  `${quotes}[ \\t]{0,4}(?:=>|:=|:-|<-|->|\\|\\|=|[=:,|>]|%3[AD]|\\\\u003[ad])[ \\t]{0,4}${wrapping}${quotes}(?:Bearer )?`,
  // NAME: str = "value", NAME string = 'value'
  `[ \\t]{0,2}(?::[ \\t]{0,2}[&\\w.'<>[\\]|? ]{1,32}|[ \\t]\\w{1,16}[ \\t]{0,2})=[ \\t]{0,2}${wrapping}${quote}`,
  // environ.get("NAME") or "value", env.NAME || 'value', env["NAME"] ?? 'value'
  `${quotes}\\s{0,40}(?:\\|\\||\\?\\?|\\?:|\\bor\\b)\\s{0,40}${quote}`,
  // `NAME` to `value`, NAME;value
  `(?:${quote}?[ \\t]{1,2}(?:to|is|as)[ \\t]{1,2}${quote}|["']?;["']?|\\}[ \\t]{0,4}=[ \\t]{0,4}${quote})`,
  // ENV NAME value, setx NAME "value", --name value
  '[ \\t]{1,4}["\']?',
  // name: |, and the value in the next line
  '["\']?:[ \\t]{0,4}[|>][+-]?[ \\t]{0,4}(?:\\r?\\n|\\\\n)[ \\t]{1,40}',
  // name:, and in the next line the first of a list
  '["\']?:[ \\t]{0,4}(?:\\r?\\n|\\\\n)[ \\t]{0,40}-[ \\t]{1,4}["\']?',
  // - name: NAME / value: …, "name":"NAME","value":"…", key="NAME" value="…", variable "name" { default = "…"
  `["']?\\s{0,4}(?:[,{]\\s{0,40}|\\s{1,40})(?:${member}){0,3}?["']?(?:value|default|content)["']?\\s{0,4}[:=]\\s{0,4}["']?`,
  // <key>NAME</key> <string>value
  '</\\w{1,12}>\\s{0,40}<\\w{1,12}>',
  // what pickles and protocol buffers put between two texts: marks, and the length of the second, which may look like text
  '[^ -~\\t\\r\\n]{1,6}[ -~]??[^ -~\\t\\r\\n]{0,4}',
  // the same as pickles of the second protocol and of the first write it
  `(?:q${byte}|r${byte}{4})(?:X${byte}{2}\\0\\0|[UC]${byte})`,
  "'?\\np[0-9]{1,6}\\n(?:V|S')",
];

/** Of these none follows a value: it would be a longer one. */
const charactersBehind = (readings: readonly (readonly Piece[])[]): string =>
  [...new Set(readings.flatMap((pieces) => alphabetAtEnd(pieces).split('')))].map(escape).join('');

const patternOfName = (name: string): string => name.split('_').map(escape).join('[_.-]?');
