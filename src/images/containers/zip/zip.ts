import type { Container, Item } from '../container.ts';
import { isPackedOtherwise, readPackedOtherwise } from './zip-packed.ts';
import { type ContentReader, headed } from '../content-reader.ts';
import { createZipDirectory, untilFault } from './directory.ts';
import { watchForEnd } from './end.ts';
import { lengthOf, readCentral, readLocal, recordAt, recordMagic, type ZipFile, type ZipRecord } from './zip-records.ts';

/** One file of the zip while it is read. */
interface Entry {
  readonly file: ZipFile;
  /** Packed bytes to come; undefined where only what stands behind them says it. */
  readonly left: number | undefined;
  /** Where its header starts, and its data. */
  readonly headerAt: number;
  readonly start: number;
  readonly item?: Item | undefined;
  readonly inside?: ContentReader | undefined;
}

/** Data descriptors without a signature (zip64's are the longest). */
const descriptorBytes = 24;

/**
 * A zip by its local headers, as it streams. Deflated files are unpacked; stored ones were searched with the zip and only get a name; others
 * are limits. Its directory is compared at the end: a file that it lists and that was not met is a gap, because other programs
 * read by the directory. What stands before, between and behind the records is looked through for further ones.
 * `at`: the offset in the container at which the zip begins.
 */
export function readZip(container: Container, at = 0): ContentReader | undefined {
  const opened = container.inflates.open('deflate');
  if (opened === undefined) return undefined;
  const inflate = opened;
  const { scratch } = inflate;
  const directory = createZipDirectory(at);
  const ends = watchForEnd();
  /** Offset of the next byte in the container. */
  let offset = at;
  let header = Buffer.alloc(64);
  let filled = 0;
  let record: ZipRecord | undefined;
  let entry: Entry | undefined;
  let isStopped = false;
  let isDamaged = false;
  /** The data of this file cannot be unpacked any further. */
  let isFaulty = false;
  /** Bytes since the last record that belong to none, and how many of them may. */
  let junk = 0;
  let allowedJunk = 0;

  function push(part: Uint8Array): void {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    ends.push(bytes, offset);
    for (let from = 0; from < bytes.length; ) {
      if (isStopped) return;
      const next = entry === undefined || isOpenEnded(entry) ? takeRecord(bytes, from) : takeData(entry, bytes, from);
      offset += next - from;
      from = next;
    }
  }

  /** Looks for the next record, then collects it until it is whole. */
  function takeRecord(bytes: Buffer, from: number): number {
    if (filled === 0) {
      const found = bytes.indexOf(recordMagic[0] as string, from, 'latin1');
      const start = found < 0 ? bytes.length : found;
      skip(bytes.subarray(from, start));
      if (start > from) return start;
    }
    const wanted = record === undefined ? 4 : lengthOf(record, header, filled);
    const taken = Math.min(wanted - filled, bytes.length - from);
    if (filled + taken > header.length) header = Buffer.concat([header.subarray(0, filled)], wanted);
    header.set(bytes.subarray(from, from + taken), filled);
    filled += taken;
    if (record === undefined && filled === 4) {
      record = recordAt(header, 0);
      if (record === undefined) dropFirst();
      else begins(record, offset + taken - filled);
    }
    if (record !== undefined && filled === lengthOf(record, header, filled)) takeWhole(record, offset + taken);
    return from + taken;
  }

  /** Bytes that are no record belong to a stored file whose length is not known, or to nothing. */
  function skip(bytes: Uint8Array): void {
    if (entry === undefined) junk += bytes.length;
    else entry.inside?.push(bytes);
  }

  /** No record here: one may begin at one of the next bytes. */
  function dropFirst(): void {
    const found = header.indexOf(recordMagic[0] as string, 1, 'latin1');
    const next = found < 0 || found >= filled ? filled : found;
    skip(Uint8Array.from(header.subarray(0, next)));
    header.copyWithin(0, next, filled);
    filled -= next;
  }

  function begins(kind: ZipRecord, start: number): void {
    // Its data ended here, or where a descriptor without a signature begins.
    if (entry !== undefined) {
      container.cut(start);
      finish(entry, kind === 'descriptor' || entry.file.method === 0, start - entry.start - (kind === 'descriptor' ? 0 : 12));
    }
    // Between files and directory a signature may stand (of Android packages, for example).
    if (kind === 'local' && junk > allowedJunk) isDamaged = true;
    junk = 0;
    allowedJunk = kind === 'end' || kind === 'locator64' ? Number.POSITIVE_INFINITY : 0;
  }

  function takeWhole(kind: ZipRecord, end: number): void {
    const length = filled;
    filled = 0;
    record = undefined;
    const start = end - lengthOf(kind, header, length);
    if (kind === 'local') startEntry(readLocal(header), start, end);
    else if (kind === 'central') directory.lists(readCentral(header), start, end);
    else if (kind === 'end64') directory.ends64(header, start);
    else if (kind === 'end') directory.ends(header, start, end);
    else if (kind === 'descriptor') allowedJunk = descriptorBytes;
  }

  function startEntry(file: ZipFile, headerAt: number, start: number): void {
    directory.fileBegins();
    isFaulty = false;
    const left = file.hasDescriptor && file.packed === 0 ? undefined : file.packed;
    if (file.hasDescriptor) allowedJunk = descriptorBytes;
    if (left === 0) return;
    entry = { file, left, headerAt, start, ...opening(file, start, left) };
  }

  function opening(file: ZipFile, start: number, left: number | undefined): Pick<Entry, 'item' | 'inside'> {
    if (file.isEncrypted) container.limit('encrypted file in an archive');
    else if (file.method === 0) {
      const end = start + (left ?? Number.POSITIVE_INFINITY);
      // Its name stands right before it, the next header right behind it.
      container.cut(start);
      if (left !== undefined) container.cut(end);
      return { inside: headed((head) => container.stored(file.name, start, end, head)) };
    } else if (isPackedOtherwise(file)) {
      const item = container.item(file.name);
      isStopped ||= item === undefined;
      return { inside: item && readPackedOtherwise(container, item, file) };
    } else if (file.method !== 8) container.limit('file of a zip that is packed in a way that is not opened');
    else {
      inflate.reset();
      const item = container.item(file.name);
      if (item === undefined) isStopped = true;
      return { item };
    }
    return {};
  }

  function takeData(current: Entry, bytes: Buffer, from: number): number {
    const to = current.left === undefined ? bytes.length : Math.min(bytes.length, from + current.left);
    let next = to;
    let rest = current;
    if (current.item === undefined) current.inside?.push(bytes.subarray(from, to));
    else {
      const ended = unpack(current, current.item, bytes, from, to);
      next = ended ?? to;
      if (ended !== undefined && current.left === undefined)
        return finish(current, true, isFaulty ? untilFault : offset + next - from - current.start, next);
      if (ended !== undefined) rest = { ...current, item: undefined }; // what is left of its packed bytes is skipped
    }
    if (rest.left === undefined) return next;
    entry = { ...rest, left: rest.left - (next - from) };
    return entry.left === 0 ? finish(entry, true, entry.file.packed, next) : next;
  }

  /** Undefined: all was taken, and more is wanted. Else where the packed data ended. */
  function unpack(current: Entry, item: Item, bytes: Uint8Array, from: number, to: number): number | undefined {
    for (let here = from; ; ) {
      const { consumed, produced, isDrained, fault } = inflate.step(bytes, here, to, scratch, 0, scratch.length);
      here += consumed;
      if (produced > 0 && !item.write(scratch.subarray(0, produced))) {
        item.end(false);
        isStopped = true;
        return to;
      }
      if (fault !== undefined) {
        isDamaged = true;
        isFaulty = true;
        item.end(false);
        // The next header may begin anywhere behind the fault.
        return current.left === undefined ? from + 1 : to;
      }
      if (!isDrained) continue;
      if (here === to) return undefined;
      item.end(true);
      return here;
    }
  }

  function finish(current: Entry, isWhole: boolean, packed: number, next = 0): number {
    if (current.item !== undefined && current.left !== undefined) current.item.end(isWhole);
    current.inside?.end(isWhole);
    directory.met(current.file, current.headerAt, packed);
    entry = undefined;
    return next;
  }

  return {
    push,
    end(isWhole) {
      if (entry !== undefined) {
        entry.item?.end(false);
        entry.inside?.end(false);
      }
      inflate.close();
      const last = ends.last(offset);
      // Programs find a zip by its end: one in the middle of a file is data.
      if (at > 0 && last === undefined) return;
      const isEndMet = last === undefined ? directory.endsAt() !== undefined : last.at === directory.endsAt();
      const unmet = isEndMet || last === undefined ? directory.unmet() : Math.max(1, last.files);
      // With bytes behind its end it may be either: some programs read it all the same.
      const isOpened = at === 0 || last?.end === offset;
      if (unmet > 0 && isOpened && !isStopped)
        container.gap('malformed', `read in part: its directory lists ${unmet} of its files otherwise than they stand there`);
      else if (directory.isTooLong()) container.gap('too-large', 'its directory was not compared with its files: there are too many');
      else if (unmet > 0 || isDamaged || (!isEndMet && isWhole && !isStopped)) container.limit('damaged archive inside a layer');
    },
  };
}

/** Its data ends where the next record begins. */
const isOpenEnded = ({ left, item }: Entry): boolean => left === undefined && item === undefined;
