/**
 * One argv as a line that a POSIX shell splits into exactly these arguments, or `undefined` if no line can show it
 * truthfully (control characters, line ends, direction controls, halves of surrogate pairs).
 */
export function shellLine(argv: readonly string[]): string | undefined {
  return lineOf(argv, (argument) => `'${argument.replaceAll("'", String.raw`'\''`)}'`);
}

/** The same for PowerShell, which also takes typographic quotes for quotes. */
export function powershellLine(argv: readonly string[]): string | undefined {
  const quote = (argument: string): string => `'${argument.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
  const line = lineOf(argv, quote);
  // A quoted first word would be a string, not a program.
  return line?.startsWith("'") ? `& ${line}` : line;
}

function lineOf(argv: readonly string[], quote: (argument: string) => string): string | undefined {
  if (argv.length === 0 || argv.some((argument) => unprintable.test(argument))) return undefined;
  return argv.map((argument) => (plain.test(argument) ? argument : quote(argument))).join(' ');
}

/** Neither shell reads anything into these; a word with a dot after a dash is split by PowerShell, `=word` expanded by zsh. */
const plain = /^(?:-{0,2}[a-zA-Z0-9_/][a-zA-Z0-9_/-]*|[a-zA-Z0-9_/][a-zA-Z0-9_/.:-]*)$/;
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
