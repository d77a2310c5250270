/** A value, or why there is none. */
export type Filling = { readonly text: string } | { readonly missing: string };

/**
 * Puts values into the elements of an argv template. Names, tags and ids are chosen by whoever made the asset, so a value
 * that could be read as an option, a file to load or another member stays out, with a `<…>` in its place and a note why.
 * - a value that is an element of its own and begins with `-` is joined to the long option before it (`--name=-x`);
 * - `file://`, `fileb://`, `@` and, for `aws`, `https://` make cloud CLIs load an argument from elsewhere
 *   (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html, Azure CLI `@file`);
 * - inside a larger element (JSON, `a=…,b=…`, a URL) only harmless characters are let in.
 */
export function putInto(
  template: readonly string[],
  fill: (placeholder: string) => Filling,
): { readonly argv: readonly string[]; readonly notes: readonly string[] } {
  const argv: string[] = [];
  const notes: string[] = [];
  for (const [at, element] of template.entries()) {
    const parts = partsOf(element);
    const [only] = parts;
    if (parts.length === 1 && only && 'placeholder' in only) {
      const value = wholeValue(only.placeholder, template[0], fill);
      const before = argv.at(-1);
      if ('note' in value) notes.push(value.note);
      if (at === 0) argv.push(`<${only.placeholder}>`);
      else if (value.text.startsWith('-') && before !== undefined && before === template[at - 1] && isLongOption(before))
        argv[argv.length - 1] = `${before}=${value.text}`;
      else if (value.text.startsWith('-')) {
        notes.push(leftOut(only.placeholder, 'its value begins with "-"').note);
        argv.push(`<${only.placeholder}>`);
      } else argv.push(value.text);
      continue;
    }
    argv.push(
      parts
        .map((part, index) => {
          if (!('placeholder' in part)) return part.literal;
          const optionOnly = index === 1 && parts.length === 2 && /^--[a-zA-Z][\w.-]*=$/.test(literalOf(parts[0]));
          const value = optionOnly ? wholeValue(part.placeholder, template[0], fill) : innerValue(part.placeholder, fill);
          if ('note' in value) notes.push(value.note);
          return value.text;
        })
        .join(''),
    );
  }
  return { argv, notes: [...new Set(notes)] };
}

type Part = { readonly literal: string } | { readonly placeholder: string };
type Noted = { readonly text: string; readonly note: string };
type Value = { readonly text: string } | Noted;

/** Splits `a{fact.b}c`; inputs and `{body}` are literals here. */
function partsOf(element: string): readonly Part[] {
  return element
    .split(/(\{(?:(?:fact|asset|scope)\.[^{}]+|element)\})/)
    .filter((part) => part !== '')
    .map((part) => (/^\{(?:(?:fact|asset|scope)\.[^{}]+|element)\}$/.test(part) ? { placeholder: part.slice(1, -1) } : { literal: part }));
}

const literalOf = (part: Part | undefined): string => (part && 'literal' in part ? part.literal : '');
const isLongOption = (argument: string): boolean => /^--[a-zA-Z][\w.-]*$/.test(argument);

function wholeValue(placeholder: string, program: string | undefined, fill: (placeholder: string) => Filling): Value {
  const value = fill(placeholder);
  if ('missing' in value) return toFillIn(placeholder, value.missing);
  if (isUnprintable(value.text)) return leftOut(placeholder, 'its value holds control characters');
  if (/^(?:fileb?:\/\/|@)/i.test(value.text) || (program === 'aws' && /^https?:\/\//i.test(value.text)))
    return leftOut(placeholder, 'a cloud CLI would load its value from elsewhere');
  return value;
}

function innerValue(placeholder: string, fill: (placeholder: string) => Filling): Value {
  const value = fill(placeholder);
  if ('missing' in value) return toFillIn(placeholder, value.missing);
  if (!/^[\p{L}\p{N}_.:/@()+-]*$/u.test(value.text) || /(?:^|\/)\.\.?(?:\/|$)/.test(value.text))
    return leftOut(placeholder, 'its value holds characters that mean something in a command');
  return value;
}

function toFillIn(placeholder: string, why: string): Noted {
  return { text: `<${placeholder}>`, note: `<${placeholder}> is to be filled in: ${why}` };
}

function leftOut(placeholder: string, why: string): Noted {
  return { text: `<${placeholder}>`, note: `<${placeholder}> is left out: ${why}` };
}

/** Control characters, line ends, text-direction controls and halves of surrogate pairs: no shell line can show them truthfully. */
function isUnprintable(text: string): boolean {
  return /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(text);
}
