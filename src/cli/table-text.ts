import { terminalText, widthOf } from '../report/escape/terminal.ts';

/** Rows in columns as wide as their widest cell; the last column is not padded. Cells are escaped for the terminal. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(terminalText));
  const widths = (shown[0] ?? []).map((_, column) => Math.max(...shown.map((row) => widthOf(row[column] ?? ''))));
  const padded = (cell: string, column: number) => `${cell}${' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)))}`;
  return shown
    .map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : padded(cell, column))).join('  ')}\n`)
    .join('');
}
