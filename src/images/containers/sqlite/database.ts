import type { Container } from '../container.ts';
import type { Copies } from '../copies.ts';
import type { ContentReader } from '../content-reader.ts';
import { type Cell, cellsOf, recordAt, type Value } from './cells.ts';
import { createRecords } from './records.ts';
import { lostRowsOf } from './lost-rows.ts';
import { framesOf, pageFileOf } from './frames.ts';
import { sniffContainer } from '../sniff-container.ts';

/**
 * A database of SQLite, its log or its journal. What a row holds is searched where it stands, with the rest of the file. But values stand there one
 * behind the other with nothing between, and what is longer than a page goes on in another one: such rows are put together, a line each;
 * and a blob may hold something packed.
 * `head`: the first bytes of the file.
 */
export function readSqlite(container: Container, head: Uint8Array): ContentReader | undefined {
  const file = pageFileOf(head);
  if (file === undefined) return undefined;
  const usable = file.pageBytes - file.reserved;
  let copies: Copies | undefined;
  let isStopped = false;
  const records = createRecords({
    pageBytes: file.pageBytes,
    usableBytes: usable,
    found(name, bytes, values) {
      write(name, values === undefined ? bytes : lineOf(bytes, values));
      openPacked(name, bytes, values ?? []);
    },
  });

  function write(name: string, bytes: Buffer): void {
    if (isStopped) return;
    copies ??= container.copies();
    isStopped = copies?.write(name, bytes) !== true;
  }

  /** Blobs that hold something packed are files of their own. */
  function openPacked(name: string, bytes: Buffer, values: readonly Value[]): void {
    for (const [n, { start, end }] of values.entries()) {
      if (isStopped || end - start < leastText || !isPacked(bytes.subarray(start, Math.min(end, start + headBytes)))) continue;
      const item = container.item(`${name}/value-${n + 1}`);
      isStopped = item?.write(bytes.subarray(start, end)) !== true;
      item?.end(true);
    }
  }

  function takePage(page: Buffer, number: number): void {
    if (isStopped) return;
    const cells = cellsOf(page, number, usable);
    if (cells === undefined) return records.takePage(page, number);
    for (const cell of cells) takeCell(page, number, cell);
    for (const { values } of lostRowsOf(page, number, usable)) {
      write(`page-${number}/deleted-row`, lineOf(page, values));
      openPacked(`page-${number}/deleted-row`, page, values);
    }
  }

  function takeCell(page: Buffer, number: number, { row, total, start, local, next }: Cell): void {
    const name = row === 0 ? `page-${number}/entry` : `page-${number}/row-${row}`;
    if (next !== 0) return records.begin(name, total, page.subarray(start, start + local), next);
    const values = local < leastText ? [] : placed(recordAt(page, start)?.values, start);
    if (values.some((value) => isCrowded(page, value))) write(name, lineOf(page, values));
    openPacked(name, page, values);
  }

  const push = framesOf(file, head, takePage);
  return {
    push(bytes) {
      if (!isStopped) push(bytes);
    },
    end() {
      if (records.end() > 0 && !isStopped)
        container.limit('SQLite database in which the parts of a record stand too far apart to be put together');
      copies?.end();
    },
  };
}

/** By its first bytes, as files are told; two of them are enough for what begins in no text. */
function isPacked(head: Buffer): boolean {
  if (!packedFirst.has(head[0] ?? 0)) return false;
  const kind = sniffContainer('', head);
  return kind === 'gzip' || kind === 'zlib' || kind === 'zstd' || kind === 'zip' || kind === 'xz' || kind === 'bzip2';
}

const packedFirst: ReadonlySet<number> = new Set([0x1f, 0x28, 0x42, 0x50, 0x78, 0xfd]);
const headBytes = 512;

/** As between a name and its value. */
const tab = Buffer.from('\t');
/** Shorter ones are no keys. */
const leastText = 16;

/** Whether a value touches its neighbours with what might be the beginning or the end of a key. */
function isCrowded(page: Buffer, { start, end }: Value): boolean {
  if (end - start < leastText || end > page.length) return false;
  const beginsInText = isPrintable(page[start - 1]) && isKeyLike(page, start);
  return beginsInText || (isPrintable(page[end]) && isKeyLike(page, end - leastText));
}

const isPrintable = (byte: number | undefined): boolean => byte !== undefined && byte > 0x20 && byte < 0x7f;

function isKeyLike(bytes: Buffer, from: number): boolean {
  for (let at = from; at < from + leastText; at++) if (!keyCharacters[bytes[at] as number]) return false;
  return true;
}

const keyCharacters: readonly boolean[] = Array.from(
  { length: 256 },
  (_, byte) => /[\w+/=.~:-]/.test(String.fromCharCode(byte)) && byte < 0x80,
);

const placed = (values: readonly Value[] = [], at: number): readonly Value[] =>
  values.map(({ start, end }) => ({ start: at + start, end: at + end }));

const lineOf = (bytes: Buffer, values: readonly Value[]): Buffer =>
  Buffer.concat(values.flatMap(({ start, end }, n) => [...(n > 0 ? [tab] : []), bytes.subarray(start, end)]));
