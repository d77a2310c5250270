/** The cells of a page of SQLite: https://www.sqlite.org/fileformat2.html#b_tree_pages */
export interface Cell {
  readonly row: number;
  /** Bytes of the whole record. */
  readonly total: number;
  /** Where in the page the record begins, and how much of it stands there. */
  readonly start: number;
  readonly local: number;
  /** The page in which the rest begins; 0 where there is none. */
  readonly next: number;
}

const kinds = { interiorIndex: 0x02, leafIndex: 0x0a, leafTable: 0x0d } as const;

/** Where the header of a page's tree stands: the first page begins with that of the file. */
export const treeStart = (number: number): number => (number === 1 ? 100 : 0);

/** The cells of a page that have records, by its list of them; undefined for a page of another kind. `usable`: its bytes without reserved ones. */
export function cellsOf(page: Buffer, number: number, usable: number): readonly Cell[] | undefined {
  const start = treeStart(number);
  const kind = page[start];
  if (kind !== kinds.leafTable && kind !== kinds.leafIndex && kind !== kinds.interiorIndex) return undefined;
  const list = start + (kind === kinds.interiorIndex ? 12 : 8);
  const count = Math.min(page.readUInt16BE(start + 3), (usable - list) >> 1);
  return Array.from({ length: count }, (_, n) => page.readUInt16BE(list + n * 2)).flatMap((at) => cellAt(page, at, kind, usable) ?? []);
}

function cellAt(page: Buffer, at: number, kind: number, usable: number): Cell | undefined {
  const isTable = kind === kinds.leafTable;
  const [total, afterTotal] = varint(page, kind === kinds.interiorIndex ? at + 4 : at);
  const [row, start] = isTable ? varint(page, afterTotal) : [0, afterTotal];
  const local = localBytes(total, usable, isTable);
  if (total === 0 || start + local > usable) return undefined;
  const hasRest = local < total && start + local + 4 <= usable;
  return { row, total, start, local, next: hasRest ? page.readUInt32BE(start + local) : 0 };
}

/** How much of a record stands in its page; the rest goes on in overflow pages (section 1.6 of the format). */
function localBytes(total: number, usable: number, isTable = true): number {
  const most = isTable ? usable - 35 : (((usable - 12) * 64) / 255 - 23) | 0;
  if (total <= most) return total;
  const least = (((usable - 12) * 32) / 255 - 23) | 0;
  const wish = least + ((total - least) % (usable - 4));
  return wish <= most ? wish : least;
}

/** A value of a record that is text or bytes: its place in the record. */
export interface Value {
  readonly start: number;
  readonly end: number;
}

/** The texts and blobs of a record that begins at `at`, by the types that it begins with, and its length; undefined where these are none. */
export function recordAt(bytes: Buffer, at: number): { readonly values: readonly Value[]; readonly length: number } | undefined {
  const [typesLength, afterLength] = varint(bytes, at);
  if (typesLength < 1 || at + typesLength > bytes.length) return undefined;
  const values: Value[] = [];
  let start = typesLength;
  for (let from = afterLength; from < at + typesLength; ) {
    const { bytes: length, isText, end } = typeAt(bytes, from);
    if (length < 0) return undefined;
    if (isText) values.push({ start, end: start + length });
    start += length;
    from = end;
  }
  return { values, length: start };
}

/** How many bytes a value has, by its type; fewer than none for what is no type. `isText`: a text or a blob. */
export function typeAt(bytes: Buffer, at: number): { readonly bytes: number; readonly isText: boolean; readonly end: number } {
  const [type, end] = varint(bytes, at);
  return { bytes: type >= 12 ? Math.trunc((type - 12) / 2) : (numberBytes[type] as number), isText: type >= 12, end }; // twelve, for 0 to 11
}

const numberBytes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, -1, -1];

/** Up to nine bytes, seven bits in each, the highest first: https://www.sqlite.org/fileformat2.html#varint . `end`: the place behind it. */
export function varint(bytes: Buffer, start: number): readonly [value: number, end: number] {
  let value = 0;
  for (let at = start; at < start + 9 && at < bytes.length; at++) {
    const byte = bytes[at] as number; // the loop stays inside
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + 1];
  }
  return [0, bytes.length];
}
