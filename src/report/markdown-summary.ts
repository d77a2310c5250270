import { markdownShown } from './escape/markdown.ts';
import { exitLine, type SummaryInput, summaryLines } from './summary.ts';

/** A step's summary above this size is dropped whole by GitHub. */
const mostBytes = 1024 * 1024;

/** The summary as a Markdown table for a CI job's page. Where it grows too long the top findings go first, the coverage never. */
export function markdownSummary(input: SummaryInput): string {
  const whole = page(input);
  return Buffer.byteLength(whole) < mostBytes ? whole : page({ ...input, worst: [] });
}

function page(input: SummaryInput): string {
  const lines = summaryLines(input);
  // The lines of the summary are escaped for the terminal.
  const rows = lines.map(({ label, text }, at) => `| ${lines[at - 1]?.label === label ? '' : label} | ${markdownShown(text)} |\n`);
  return `## aispm\n\n| | |\n|---|---|\n${rows.join('')}\n**${markdownShown(exitLine(input.head))}**\n`;
}
