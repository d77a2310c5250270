import { terminalText } from './terminal.ts';

/**
 * Foreign text in Markdown (CommonMark and GitHub's dialect), safe in a table cell: it stays text. What a portal would
 * turn into a mention, an issue link or a web link becomes a code span.
 */
export function markdownText(text: string): string {
  return markdownShown(terminalText(text));
}

/** The same for text that has been escaped for the terminal already: no escape is escaped again. */
export function markdownShown(shown: string): string {
  if (/[@#]\w|\bGH-\d|:\/\/|\bwww\./i.test(shown)) return codeSpan(shown);
  return shown.replaceAll(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** A code span that holds exactly this text. A pipe would end a table cell even here, so it is shown as `\u{7c}`. */
export function markdownCode(text: string): string {
  return codeSpan(terminalText(text));
}

function codeSpan(text: string): string {
  const shown = text.replaceAll('|', String.raw`\u{7c}`);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padded = shown === '' || /^`|`$|^ .* $/s.test(shown) ? ` ${shown} ` : shown;
  return `${fence}${padded}${fence}`;
}
