import type { Container } from './container.ts';
import type { Copies } from './copies.ts';
import type { ContentReader } from './content-reader.ts';
import { type Cell, cellsOf, recordAt, type Value } from './sqlite-cells.ts';
import { lostRowsOf } from './sqlite-lost-rows.ts';
import { framesOf, pageFileOf } from './sqlite-frames.ts';

/** A record whose rest is still to come. */
interface Chain {
  readonly name: string;
  readonly parts: Buffer[];
  readonly bytes: number;
  /** Bytes of the record that are still to come. */
  readonly left: number;
}

/** A record is put together up to this length; a longer one in pieces that overlap. */
const longestHeld = 256 << 10;
const overlap = 4 << 10;
const chainsBytes = 8 << 20;
const unknownBytes = 4 << 20;

/**
 * A database of SQLite, its log or its journal. What a row holds is searched where it stands, with the rest of the file. But values stand there one
 * behind the other with nothing between, and what is longer than a page goes on in another one: such rows are put together, a value on each line.
 * `head`: the first bytes of the file.
 */
export function readSqlite(container: Container, head: Uint8Array): ContentReader | undefined {
  const file = pageFileOf(head);
  if (file === undefined) return undefined;
  const { pageBytes } = file;
  const usable = file.pageBytes - file.reserved;
  const chains = new Map<number, Chain>();
  /** Pages that may be the rest of a record that was not met yet. */
  const unknown = new Map<number, Buffer>();
  let heldBytes = 0;
  let copies: Copies | undefined;
  let isStopped = false;
  let lost = 0;

  function write(name: string, bytes: Buffer): void {
    if (isStopped) return;
    copies ??= container.copies();
    isStopped = copies?.write(name, bytes) !== true;
  }

  function takePage(page: Buffer, number: number): void {
    if (isStopped) return;
    const cells = cellsOf(page, number, usable);
    if (cells === undefined) return takeOther(page, number);
    for (const cell of cells) takeCell(page, number, cell);
    for (const { values } of lostRowsOf(page, number, usable)) write(`page-${number}/deleted-row`, linesOf(page, values));
  }

  function takeCell(page: Buffer, number: number, { row, total, start, local, next }: Cell): void {
    const name = row === 0 ? `page-${number}/entry` : `page-${number}/row-${row}`;
    if (next !== 0)
      return follow({ name, parts: [Buffer.from(page.subarray(start, start + local))], bytes: local, left: total - local }, next);
    const values = local < leastText ? [] : placed(recordAt(page, start)?.values, start);
    if (values.some((value) => isCrowded(page, value))) write(name, linesOf(page, values));
  }

  /** Puts a record together as far as its pages are known. */
  function follow(begun: Chain, first: number): void {
    let chain = begun;
    for (let next = first; next !== 0; ) {
      const page = unknown.get(next);
      if (page === undefined) return wait(chain, next);
      unknown.delete(next);
      ({ chain, next } = goOn(chain, page));
    }
  }

  function wait(chain: Chain, next: number): void {
    heldBytes += chain.bytes - (chains.get(next)?.bytes ?? 0);
    chains.set(next, chain);
    for (const [page, oldest] of chains) {
      if (heldBytes <= chainsBytes) return;
      chains.delete(page);
      heldBytes -= oldest.bytes;
      lost++;
      write(oldest.name, Buffer.concat(oldest.parts));
    }
  }

  /** The next page of a record: the number of the one behind it, then bytes. No next one: that was the last. */
  function goOn({ name, parts, bytes: before, left: wanted }: Chain, page: Buffer): { readonly chain: Chain; readonly next: number } {
    const taken = Math.min(wanted, usable - 4);
    const left = wanted - taken;
    parts.push(Buffer.from(page.subarray(4, 4 + taken)));
    const next = left > 0 ? page.readUInt32BE(0) : 0;
    if (next !== 0 && before + taken < longestHeld) return { chain: { name, parts, bytes: before + taken, left }, next };
    const bytes = Buffer.concat(parts);
    const record = next === 0 ? recordAt(bytes, 0) : undefined;
    write(name, record?.length === bytes.length ? linesOf(bytes, record.values) : bytes);
    return { chain: { name, parts: [Buffer.from(bytes.subarray(-overlap))], bytes: overlap, left }, next };
  }

  function takeOther(page: Buffer, number: number): void {
    const chain = chains.get(number);
    if (chain !== undefined) {
      chains.delete(number);
      heldBytes -= chain.bytes;
      const { chain: longer, next } = goOn(chain, page);
      return follow(longer, next);
    }
    unknown.delete(number);
    unknown.set(number, Buffer.from(page));
    const [oldest] = unknown.keys();
    if (oldest !== undefined && unknown.size * pageBytes > unknownBytes) unknown.delete(oldest);
  }

  const push = framesOf(file, head, takePage);
  return {
    push(bytes) {
      if (!isStopped) push(bytes);
    },
    end() {
      for (const { name, parts } of chains.values()) write(name, Buffer.concat(parts));
      if (lost + chains.size > 0 && !isStopped)
        container.limit('SQLite database in which the parts of a record stand too far apart to be put together');
      copies?.end();
    },
  };
}

const newline = Buffer.from('\n');
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

const linesOf = (bytes: Buffer, values: readonly Value[]): Buffer =>
  Buffer.concat(values.flatMap(({ start, end }, n) => [...(n > 0 ? [newline] : []), bytes.subarray(start, end)]));
