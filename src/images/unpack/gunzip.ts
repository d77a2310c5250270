import { crc32 } from 'node:zlib';
import { besideWriter } from './beside.ts';
import { type ByteRoom, createFiller, type Decompressor } from './byte-room.ts';
import { type InflateHandle, openHandle } from './inflate-handle.ts';

/** The optional parts of a header (RFC 1952, 2.3.1). */
const flag = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

/** Where in a member the next byte belongs. */
type Part = 'between' | 'extra-length' | 'extra' | 'name' | 'comment' | 'header-crc' | 'data' | 'trailer';

/**
 * A gzip stream of any number of members, with our own framing: Node's gunzip throws away what it has unpacked when a checksum
 * is wrong or bytes follow the end, and it does not read a member behind padding.
 * What stands between members and is no padding goes through as it is, so that a key can hide there neither; the fields of headers are kept
 * beside: among the content they would move all that follows.
 * Undefined where this Node has no synchronous handle.
 */
export function createGunzip(out: ByteRoom, inflate: InflateHandle | undefined = openHandle('deflate')): Decompressor | undefined {
  if (inflate === undefined) return undefined;
  const handle = inflate;
  const filler = createFiller(out);
  const faults: string[] = [];
  const beside = besideWriter();
  /** The fixed-size part that is being read: header, extra length or trailer. */
  const field = new Uint8Array(10);
  let part: Part = 'between';
  let filled = 0;
  let skip = 0;
  let flags = 0;
  let member = 0;
  let checksum = 0;
  let length = 0;
  let junk = 0;

  const fault = (text: string): void => {
    if (faults.length < 8) faults.push(text);
  };

  /** Reads up to `size` bytes into `field`; true when they are there. */
  function fill(chunk: Uint8Array, at: number, size: number): number {
    const taken = Math.min(size - filled, chunk.length - at);
    field.set(chunk.subarray(at, at + taken), filled);
    filled += taken;
    return taken;
  }

  function afterFixed(): Part {
    if (flags & flag.extra) return 'extra-length';
    return afterExtra();
  }
  const afterExtra = (): Part => (flags & flag.name ? 'name' : afterName());
  const afterName = (): Part => (flags & flag.comment ? 'comment' : afterComment());
  function afterComment(): Part {
    skip = flags & flag.headerCrc ? 2 : 0;
    return skip > 0 ? 'header-crc' : startData();
  }
  function startData(): Part {
    member++;
    checksum = 0;
    length = 0;
    handle.reset();
    return 'data';
  }

  /** Padding is dropped; a member's first bytes start a member; the rest is junk, which is handed on. */
  function between(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (filled === 0 && member > 0 && chunk[at] === 0) {
        at++; // padding
        continue;
      }
      if (filled === 0) {
        const next = nextMember(chunk, at);
        handOn(chunk, at, next);
        at = next;
        if (at === chunk.length) return at;
      }
      const taken = fill(chunk, at, 10);
      at += taken;
      if (isHeader(field, 0, filled)) {
        if (filled < 10) return at;
        flags = field[3] as number;
        filled = 0;
        part = afterFixed();
        return at;
      }
      // One byte of junk; what follows it may still be a member. What came from this chunk is read from it again.
      const rest = filled - 1;
      handOn(field, 0, 1);
      const again = Math.min(taken, rest);
      field.copyWithin(0, 1, 1 + rest - again);
      filled = rest - again;
      at -= again;
    }
    return at;
  }

  function handOn(bytes: Uint8Array, from: number, to: number): void {
    junk += to - from;
    filler.copy(bytes, from, to);
  }

  function data(chunk: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      const {
        consumed,
        produced,
        isDrained,
        fault: problem,
      } = handle.step(chunk, at, chunk.length, filler.room, filler.filled, filler.room.length);
      at += consumed;
      if (produced > 0) {
        const bytes = filler.room.subarray(filler.filled, filler.filled + produced);
        checksum = crc32(bytes, checksum);
        length = (length + produced) >>> 0;
        filler.advance(produced);
      }
      if (problem !== undefined) {
        fault(`the compressed data of member ${member} is damaged (${problem})`);
        part = 'between';
        // The place of the fault is not known; a later member may begin anywhere in this chunk.
        return Math.max(from, nextMember(chunk, from + 1));
      }
      if (!isDrained) continue;
      if (at < chunk.length) part = 'trailer';
      return at;
    }
  }

  function trailer(chunk: Uint8Array, from: number): number {
    const at = from + fill(chunk, from, 8);
    if (filled < 8) return at;
    filled = 0;
    part = 'between';
    const view = new DataView(field.buffer);
    if (view.getUint32(0, true) !== checksum) fault(`the checksum of member ${member} is wrong`);
    if (view.getUint32(4, true) !== length) fault(`the length of member ${member} is wrong`);
    return at;
  }

  function read(chunk: Uint8Array, at: number): number {
    switch (part) {
      case 'between':
        return between(chunk, at);
      case 'extra-length': {
        const next = at + fill(chunk, at, 2);
        if (filled < 2) return next;
        filled = 0;
        skip = (field[0] as number) | ((field[1] as number) << 8);
        part = 'extra';
        return next;
      }
      case 'extra':
      case 'header-crc': {
        const taken = Math.min(skip, chunk.length - at);
        if (part === 'extra') beside.add(chunk, at, at + taken);
        skip -= taken;
        if (skip === 0) beside.end();
        if (skip === 0) part = part === 'extra' ? afterExtra() : startData();
        return at + taken;
      }
      case 'name':
      case 'comment': {
        const end = chunk.indexOf(0, at);
        const next = end < 0 ? chunk.length : end + 1;
        beside.add(chunk, at, end < 0 ? next : end);
        if (end >= 0) beside.end();
        if (end >= 0) part = part === 'name' ? afterName() : afterComment();
        return next;
      }
      case 'data':
        return data(chunk, at);
      case 'trailer':
        return trailer(chunk, at);
    }
  }

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; ) at = read(chunk, at);
    },
    end() {
      if (part === 'between') {
        handOn(field, 0, filled);
      } else
        fault(part === 'trailer' ? `member ${member} ends before its checksum` : `the stream ends within member ${Math.max(1, member)}`);
      if (junk > 0) fault(`${junk} bytes are no gzip`);
      filler.flush();
      handle.close();
      return faults;
    },
    beside: () => beside.read(),
    close: () => handle.close(),
  };
}

/** Whether the bytes that are there can begin a member: magic, method deflate, no reserved flag. */
function isHeader(bytes: Uint8Array, at: number, end: number): boolean {
  if (at < end && bytes[at] !== 0x1f) return false;
  if (at + 1 < end && bytes[at + 1] !== 0x8b) return false;
  if (at + 2 < end && bytes[at + 2] !== 8) return false;
  return at + 3 >= end || ((bytes[at + 3] as number) & flag.reserved) === 0;
}

function nextMember(chunk: Uint8Array, from: number): number {
  for (let at = chunk.indexOf(0x1f, from); at >= 0; at = chunk.indexOf(0x1f, at + 1)) {
    if (isHeader(chunk, at, chunk.length)) return at;
  }
  return chunk.length;
}
