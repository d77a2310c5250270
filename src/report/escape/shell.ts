/**
 * One argv as a line that a POSIX shell splits into exactly these arguments, or `undefined` if no line can show it
 * truthfully (control characters, line ends, direction controls, halves of surrogate pairs).
 */
export function shellLine(argv: readonly string[]): string | undefined {
  if (argv.length === 0 || argv.some((argument) => unprintable.test(argument))) return undefined;
  return argv.map((argument) => (plain.test(argument) ? argument : quoted(argument))).join(' ');
}

function quoted(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

/** No shell reads anything into these: not even `=word`, which zsh expands, or a dot after a dash, where PowerShell splits. */
const plain = /^(?:-{0,2}[a-zA-Z0-9_/][a-zA-Z0-9_/-]*|[a-zA-Z0-9_/][a-zA-Z0-9_/.:-]*)$/;
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
