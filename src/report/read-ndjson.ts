import { isJsonObject } from '../model/json.ts';
import { complaintOf, parseJson } from '../model/parse-json.ts';
import type { Finding } from '../model/report.ts';
import { reportSchemaVersion } from '../model/report.ts';
import { refuseOtherVersion } from '../model/schema-version.ts';
import { UsageError } from '../model/usage-error.ts';
import { listsOfHead } from './ndjson-rows.ts';
import { refuseUnlikeReport } from './read-report.ts';
import type { ReportStream } from './reporter.ts';

type Row = { readonly kind: string; readonly [column: string]: unknown };

/**
 * Reads a report of format `ndjson` line by line: what comes before the findings at once, the findings as they are asked for.
 * Throws a UsageError for a line that is no row, also later, while findings are read.
 */
export async function readNdjson(lines: AsyncIterable<string>, file: string): Promise<ReportStream> {
  const rows = rowsOf(lines, file);
  const lists: Record<string, unknown[]> = Object.fromEntries(Object.keys(listsOfHead).map((name) => [name, []]));
  const nameOf = new Map<string, string>(Object.entries(listsOfHead).map(([name, kind]) => [kind, name]));
  let single: object | undefined;
  let first: Row | undefined;
  for (let next = await rows.next(); !next.done; next = await rows.next()) {
    const { kind, ...columns } = next.value;
    if (kind === 'report') {
      refuseOtherVersion(columns, reportSchemaVersion, 'report', file);
      single = columns;
    } else if (single === undefined) break;
    else if (kind === 'finding') {
      first = next.value;
      break;
    } else if (kind === 'gap') lists.gaps?.push(withoutPlace(columns));
    else lists[nameOf.get(kind) ?? unknownKind(kind, file)]?.push(columns.entry);
  }
  if (single === undefined)
    throw new UsageError(`"${file}" is no report of aispm: its first line is no row of kind "report"`, {
      hint: 'write it again with aispm scan -f ndjson=FILE',
    });
  const head = { ...single, ...lists };
  await refuseUnlikeReport({ ...head, findings: [] }, file);
  return { head: head as unknown as ReportStream['head'], findings: findingsFrom(first, rows, file) }; // the schema has just proved it
}

async function* findingsFrom(first: Row | undefined, rows: AsyncIterator<Row>, file: string): AsyncIterable<Finding> {
  if (first === undefined) return;
  const { validate } = await import('../checks/validators/finding.generated.ts');
  for (let next: IteratorResult<Row> = { done: false, value: first }; !next.done; next = await rows.next()) {
    const { kind, ...columns } = next.value;
    if (kind !== 'finding') unknownKind(kind, file);
    const finding = withoutPlace(columns);
    const errors = validate(finding);
    if (errors.length > 0) throw new UsageError(`"${file}" holds a row that is no finding: ${complaintOf(errors)}`);
    yield finding as Finding; // the schema has just proved it
  }
}

async function* rowsOf(lines: AsyncIterable<string>, file: string): AsyncGenerator<Row, undefined> {
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    const value = parseJson(line, 'row', `${file}:${number}`);
    if (!isJsonObject(value) || typeof value['kind'] !== 'string')
      throw new UsageError(`"${file}" is no report of aispm: line ${number} has no "kind"`, { hint: 'give a file of format ndjson' });
    yield value as Row; // just looked at
  }
  return undefined;
}

function withoutPlace(columns: object): object {
  const { provider: _provider, account: _account, region: _region, ...rest } = columns as { readonly [column: string]: unknown };
  return rest;
}

function unknownKind(kind: string, file: string): never {
  throw new UsageError(`"${file}" is no report of aispm: a row has the unknown kind "${kind.slice(0, 40)}"`, {
    hint: 'header rows come first, then gaps, then findings',
  });
}
