import { recordAt, treeStart, typeAt, type Value, varint } from './cells.ts';

/** A row that was deleted, and whose bytes were not written over: where its values stand in the page. */
export interface LostRow {
  readonly values: readonly Value[];
  readonly end: number;
}

const leafTable = 0x0d;
/** What is shorter holds no key. */
const leastRow = 16;

/**
 * Rows that a leaf page of a table holds in what is free of it: between its list and its rows, and in the gaps between rows, of which the first
 * four bytes were written over. A row is told by lengths that fit exactly.
 */
export function lostRowsOf(page: Buffer, number: number, usable: number): readonly LostRow[] {
  const start = treeStart(number);
  if (page[start] !== leafTable) return [];
  const listEnd = start + 8 + page.readUInt16BE(start + 3) * 2;
  const rows = [...rowsIn(page, listEnd, Math.min(usable, page.readUInt16BE(start + 5) || usable))];
  let gap = page.readUInt16BE(start + 1);
  for (let n = 0; n < mostGaps && gap > listEnd && gap + 4 <= usable; n++) {
    const end = Math.min(usable, gap + page.readUInt16BE(gap + 2));
    const first = rowOfGap(page, gap, end);
    if (first !== undefined) rows.push(first);
    rows.push(...rowsIn(page, first?.end ?? gap + 4, end));
    const next = page.readUInt16BE(gap);
    if (next <= gap) break;
    gap = next;
  }
  return rows;
}

const mostGaps = 1000;

/** Whole rows: their length, number, types and values. */
function* rowsIn(page: Buffer, from: number, to: number): Generator<LostRow> {
  for (let at = from; at + leastRow <= to; ) {
    const row = (page[at] as number) < leastRow ? formerGapAt(page, at, to) : rowAt(page, at, to);
    if (row !== undefined) yield row;
    at = row?.end ?? at + 1;
  }
}

function rowAt(page: Buffer, at: number, to: number): LostRow | undefined {
  const [total, afterTotal] = varint(page, at);
  if (total < leastRow || afterTotal + total > to) return undefined;
  const [, start] = varint(page, afterTotal);
  const record = start + total <= to ? recordAt(page, start) : undefined;
  return record?.length === total ? lostRow(record.values, start, start + total) : undefined;
}

/** A gap that became part of a larger one, or of what is free of the page. */
function formerGapAt(page: Buffer, at: number, to: number): LostRow | undefined {
  const size = page.readUInt16BE(at + 2);
  return size >= leastRow && at + size <= to ? exactRowOfGap(page, at, at + size) : undefined;
}

/** The first row of a gap: its length and number, or parts of its types, are gone. */
function rowOfGap(page: Buffer, gap: number, end: number): LostRow | undefined {
  return exactRowOfGap(page, gap, end) ?? rowByTypes(page, gap, end, gap + 2, longestFirst);
}

function exactRowOfGap(page: Buffer, gap: number, end: number): LostRow | undefined {
  for (let start = gap + 4; start <= gap + 8 && start < end; start++) {
    const record = (page[start] as number) < mostTypes ? recordAt(page, start) : undefined;
    if (record !== undefined && record.values.length > 0 && start + record.length === end) return lostRow(record.values, start, end);
  }
  return rowByTypes(page, gap, end, gap + 3, 0) ?? rowByTypes(page, gap, end, gap + 2, 0);
}

/** A row of which the types are known from the byte behind the gap's header on. What the first one was follows from what is left over: its value comes first. */
function rowByTypes(page: Buffer, gap: number, end: number, start: number, mostLeft: number): LostRow | undefined {
  const values: Value[] = [];
  let length = 0;
  for (let at = gap + 4; at < start + mostTypes && at < end; ) {
    const type = typeAt(page, at);
    if (type.bytes < 0) return undefined;
    if (type.isText) values.push({ start: length, end: length + type.bytes });
    length += type.bytes;
    at = type.end;
    const left = end - at - length;
    if (left < 0) return undefined;
    if (left > mostLeft || values.length === 0) continue;
    const first = at - start;
    const known = values.map((value) => ({ start: value.start + first + left, end: value.end + first + left }));
    return lostRow(left === 0 ? known : [{ start: first, end: first + left }, ...known], start, end);
  }
  return undefined;
}

const longestFirst = 255;
const mostTypes = 64;

const lostRow = (values: readonly Value[], start: number, end: number): LostRow => ({
  values: values.map((value) => ({ start: start + value.start, end: start + value.end })),
  end,
});
