import type { Container, Item } from './container.ts';
import { nameText } from './tar-header.ts';
import type { ContentReader } from './tar-walker.ts';

const signature = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, descriptor: 0x08074b50 };
const sizes32 = 0xffffffff;

/** One file of the zip while it is read. */
interface Entry {
  /** Packed bytes to come; undefined where only a descriptor behind them says it. */
  readonly left: number | undefined;
  readonly item?: Item | undefined;
  readonly inside?: ContentReader | undefined;
}

/**
 * A zip by its local headers, as it streams (APPNOTE.TXT of PKWARE, 4.3). Deflated entries are unpacked; stored ones were searched
 * with the zip and only get a name; others are limits.
 */
export function readZip(container: Container): ContentReader | undefined {
  const opened = container.inflates.open('deflate');
  if (opened === undefined) return undefined;
  const inflate = opened;
  const { scratch } = inflate;
  /** Offset of the next byte in the zip. */
  let offset = 0;
  let header = Buffer.alloc(0);
  let entry: Entry | undefined;
  let isDone = false;
  let isDamaged = false;
  /** After an entry of unknown length its descriptor comes, with or without a signature. */
  let mayFollowDescriptor = false;

  function push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !isDone; ) {
      const next = entry === undefined ? takeHeader(bytes, at) : takeData(entry, bytes, at);
      offset += next - at;
      at = next;
    }
  }

  /** Collects a header until it is whole. */
  function takeHeader(bytes: Uint8Array, at: number): number {
    const wanted = wantedBytes();
    const taken = Math.min(wanted - header.length, bytes.length - at);
    header = Buffer.concat([header, bytes.subarray(at, at + taken)]);
    if (header.length >= 4) {
      const magic = header.readUInt32LE(0);
      if (magic === signature.central || magic === signature.end || magic === signature.end64) isDone = true;
      else if (magic === signature.descriptor) {
        header = Buffer.alloc(0);
        mayFollowDescriptor = true;
      } else if (magic !== signature.local) seek();
      else if (header.length >= 30 && header.length === wantedBytes()) startEntry(offset + taken);
    }
    return at + taken;
  }

  function wantedBytes(): number {
    if (header.length < 4) return 4;
    return header.length < 30 ? 30 : 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  }

  /** No header here: one may begin at one of the next bytes. */
  function seek(): void {
    if (!mayFollowDescriptor && !isDamaged) {
      isDamaged = true;
      container.limit('damaged archive inside a layer');
    }
    const next = header.indexOf(0x50, 1);
    header = next < 0 ? Buffer.alloc(0) : header.subarray(next);
  }

  function startEntry(start: number): void {
    const flags = header.readUInt16LE(6);
    const method = header.readUInt16LE(8);
    const nameEnd = 30 + header.readUInt16LE(26);
    const name = nameText(header.subarray(30, nameEnd));
    const packed = header.readUInt32LE(18);
    const hasDescriptor = (flags & 8) !== 0;
    const left = hasDescriptor && packed === 0 ? undefined : packed === sizes32 ? size64(header.subarray(nameEnd)) : packed;
    const isEncrypted = (flags & 1) !== 0;
    header = Buffer.alloc(0);
    mayFollowDescriptor = hasDescriptor;
    entry = { left };
    if (isEncrypted || (method !== 0 && method !== 8)) {
      container.limit(isEncrypted ? 'encrypted file in an archive' : 'packed file in a format that is not opened');
    } else if (method === 8) {
      inflate.reset();
      entry = { left, item: left === 0 ? undefined : container.item(name) };
      if (left !== 0 && entry.item === undefined) isDone = true;
    } else if (left !== undefined && left > 0) entry = { left, inside: storedFile(name, start, left) };
    if (left === 0) entry = undefined;
    // Without a length, the data of a method that is not inflated ends where the next header is.
    else if (left === undefined && method !== 8) entry = undefined;
  }

  function storedFile(name: string, start: number, length: number): ContentReader {
    let reader: ContentReader | undefined;
    let head: Buffer | undefined = Buffer.alloc(0);
    const open = (): void => {
      const first = head as Buffer; // opened once
      head = undefined;
      reader = container.stored(name, start, start + length, first);
      reader?.push(first);
    };
    return {
      push(bytes) {
        let at = 0;
        if (head !== undefined) {
          at = Math.min(bytes.length, Math.min(512, length) - head.length);
          head = Buffer.concat([head, bytes.subarray(0, at)]);
          if (head.length < Math.min(512, length)) return;
          open();
        }
        if (at < bytes.length) reader?.push(bytes.subarray(at));
      },
      end(isWhole) {
        if (head !== undefined) open();
        reader?.end(isWhole);
      },
    };
  }

  function takeData(current: Entry, bytes: Uint8Array, from: number): number {
    const to = current.left === undefined ? bytes.length : Math.min(bytes.length, from + current.left);
    let at = from;
    let rest = current;
    if (current.item === undefined) {
      current.inside?.push(bytes.subarray(from, to));
      at = to;
    } else {
      const hasEnded = unpack(current, current.item, bytes, from, to);
      at = hasEnded ?? to;
      if (hasEnded !== undefined && current.left === undefined) return finish(current, at, true);
      if (hasEnded !== undefined) rest = { ...current, item: undefined }; // what is left of its packed bytes is skipped
    }
    if (rest.left === undefined) return at;
    entry = { ...rest, left: rest.left - (at - from) };
    return entry.left === 0 ? finish(entry, at, true) : at;
  }

  /** Undefined: all was taken, and more is wanted. Else where the packed data ended. */
  function unpack(current: Entry, item: Item, bytes: Uint8Array, from: number, to: number): number | undefined {
    for (let at = from; ; ) {
      const { consumed, produced, fault } = inflate.step(bytes, at, to, scratch, 0, scratch.length);
      at += consumed;
      if (produced > 0 && !item.write(scratch.subarray(0, produced))) {
        item.end(false);
        isDone = true;
        return to;
      }
      if (fault !== undefined) {
        if (!isDamaged) container.limit('damaged archive inside a layer');
        isDamaged = true;
        item.end(false);
        // The next header may begin anywhere behind the fault.
        return current.left === undefined ? from + 1 : to;
      }
      if (consumed === 0 && produced === 0) {
        if (at === to) return undefined;
        item.end(true);
        return at;
      }
    }
  }

  function finish(current: Entry, at: number, isWhole: boolean): number {
    if (current.item !== undefined && current.left !== undefined) current.item.end(isWhole);
    current.inside?.end(isWhole);
    entry = undefined;
    return at;
  }

  return {
    push,
    end() {
      if (entry !== undefined) {
        entry.item?.end(false);
        entry.inside?.end(false);
        if (!isDamaged && !isDone) container.limit('damaged archive inside a layer');
      }
      inflate.close();
    },
  };
}

/** The packed size in the extra field of zip64: the second of two, where the unpacked one stands there too. */
function size64(extra: Buffer): number | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1 && length >= 16 && at + 20 <= extra.length) {
      const size = Number(extra.readBigUInt64LE(at + 12));
      return Number.isSafeInteger(size) ? size : undefined;
    }
    at += 4 + length;
  }
  return undefined;
}
