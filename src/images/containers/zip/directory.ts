import { readEnd, readEnd64, type ZipEnd, type ZipFile } from './zip-records.ts';

/** What the directory of a zip lists, compared with the files that were met: other programs read by the directory alone. Offsets are the container's. */
export interface ZipDirectory {
  /** A file was read as it stands. `at`: where its header begins. In the order in which they stand. `packed`: bytes, or `untilFault`. */
  met(file: ZipFile, at: number, packed: number): void;
  /** What was listed before the header of a file, and has no end behind it, is no directory. */
  fileBegins(): void;
  /** `at`, `end`: of this header of the directory. */
  lists(file: ZipFile, at: number, end: number): void;
  ends64(record: Buffer, at: number): void;
  /** `end`: of the record, its comment included. */
  ends(record: Buffer, at: number, end: number): void;
  /** Where the last end record begins. */
  endsAt(): number | undefined;
  /** Files that the last directory lists otherwise than they stand. */
  unmet(): number;
  /** There are more than are compared. */
  isTooLong(): boolean;
}

/** Nobody can read it further, however long it is. */
export const untilFault = -1;

const mostFiles = 1 << 19;
/** Before the first header of an archive that was once split (APPNOTE.TXT, 8.5.4). */
const splitBytes = 4;

/** `first`: where the first header of a file stands. */
export function createZipDirectory(first: number): ZipDirectory {
  const files = createRows();
  let listed = createRows();
  let listedCount = 0;
  let from: number | undefined;
  let to = 0;
  let end64: { readonly at: number; readonly said: ZipEnd } | undefined;
  let last: { readonly at: number; readonly end: number } | undefined;
  let unmet = 0;

  /** `at`: where the directory ought to end. */
  function compare({ count, bytes, offset }: ZipEnd, at: number): number {
    // Sixteen bits, if it is no zip64: those who list more write what is left over.
    const missing = Math.max(0, (count % 2 ** 16) - (listedCount % 2 ** 16));
    if (from === undefined) return missing;
    const base = from - offset;
    // Offsets are counted from the beginning of the file, of the zip, or from where another zip ended.
    const isWhereItSays = from === at - bytes && to === at && [0, first, first - splitBytes, last?.end].includes(base);
    return isWhereItSays ? missing + listed.countMissingIn(files, base) : Math.max(1, count);
  }

  function restart(): void {
    if (listedCount > 0) listed = createRows();
    listedCount = 0;
    from = undefined;
    end64 = undefined;
  }

  return {
    met: (file, at, packed) => files.add(at, packed, wayOf(file)),
    fileBegins: restart,
    lists(file, at, end) {
      from ??= at;
      to = end;
      listedCount++;
      // Programs read a file that is said to take nothing and to unpack to something.
      if (file.packed > 0 || (file.unpacked ?? 0) > 0) listed.add(file.offset ?? -1, file.packed, wayOf(file));
    },
    ends64(record, at) {
      end64 = { at, said: readEnd64(record) };
    },
    ends(record, at, end) {
      unmet = compare(readEnd(record, end64?.said), end64?.at ?? at);
      last = { at, end };
      restart();
    },
    endsAt: () => last?.at,
    unmet: () => unmet,
    isTooLong: () => files.isFull() || listed.isFull(),
  };
}

/** How its bytes are read. */
const wayOf = ({ method, isEncrypted }: ZipFile): number => method * 2 + (isEncrypted ? 1 : 0);

interface Rows {
  add(at: number, packed: number, way: number): void;
  has(at: number, packed: number, way: number): boolean;
  /** Rows that are not in others, which stand in the order of their offsets. `base`: what is added to each offset. */
  countMissingIn(others: Rows, base: number): number;
  isFull(): boolean;
}

function createRows(): Rows {
  const ats: number[] = [];
  const sizes: number[] = [];
  const ways: number[] = [];
  return {
    add(at, packed, way) {
      if (ats.length === mostFiles) return;
      ats.push(at);
      sizes.push(packed);
      ways.push(way);
    },
    has(at, packed, way) {
      let low = 0;
      for (let high = ats.length; low < high; ) {
        const middle = (low + high) >> 1;
        if ((ats[middle] as number) < at) low = middle + 1;
        else high = middle;
      }
      return ats[low] === at && ways[low] === way && (sizes[low] === packed || sizes[low] === untilFault);
    },
    countMissingIn: (others, base) =>
      ats.reduce((count, at, n) => (others.has(at + base, sizes[n] as number, ways[n] as number) ? count : count + 1), 0),
    isFull: () => ats.length === mostFiles,
  };
}
