import { recordAt, type Value } from './cells.ts';
import { createRooms, type Rooms } from './rooms.ts';

/** Records that go on in other pages than the one they begin in, put together as those pages come, in whatever order. */
export interface Records {
  /** `start` is the beginning of a record of `totalBytes`; it goes on in page `next`. */
  begin(name: string, totalBytes: number, start: Buffer, next: number): void;
  /** A page that may be the rest of a record: the number of the page behind it, then bytes. Valid during the call. */
  takePage(page: Buffer, number: number): void;
  /** Hands on what is not whole. Returns how many records were handed on like that. */
  end(): number;
}

export interface RecordsOptions {
  readonly pageBytes: number;
  /** Bytes of a page that may hold content. */
  readonly usableBytes: number;
  /** A record, or pieces of it that overlap, as they stand; and where its values are, if it is whole. Valid during the call. */
  readonly found: (name: string, bytes: Buffer, values?: readonly Value[]) => void;
}

/** A record whose rest is still to come. */
interface Chain {
  readonly name: string;
  /** What there is of it. Valid until more is added. */
  bytes(): Buffer;
  /** Bytes of the record that are still to come. */
  left(): number;
  roomBytes(): number;
  add(more: Uint8Array): void;
  keepEnd(bytes: number): void;
  close(): void;
}

/** A record is put together up to this length; a longer one in pieces that overlap. */
const longestHeld = 256 << 10;
const overlap = 4 << 10;
const chainsBytes = 8 << 20;
const unknownBytes = 4 << 20;

export function createRecords({ pageBytes, usableBytes, found }: RecordsOptions): Records {
  const chains = new Map<number, Chain>();
  const unknown = lastPages(pageBytes, Math.floor(unknownBytes / pageBytes));
  const rooms = createRooms(chainsBytes);
  let heldBytes = 0;
  let broken = 0;

  /** Puts a record together as far as its pages are known. */
  function follow(chain: Chain, first: number): void {
    for (let next = first; next !== 0; ) {
      const page = unknown.take(next);
      if (page === undefined) return wait(chain, next);
      next = goOn(chain, page);
    }
  }

  function wait(chain: Chain, next: number): void {
    const other = chains.get(next);
    // A log holds pages again as they were.
    if (other !== undefined && isSame(other, chain)) return chain.close();
    giveUp(next);
    heldBytes += chain.roomBytes();
    chains.set(next, chain);
    for (const page of chains.keys()) {
      if (heldBytes <= chainsBytes) return;
      giveUp(page);
    }
  }

  /** The record that goes on in this page is not whole, and will not be. */
  function giveUp(next: number): void {
    const chain = chains.get(next);
    if (chain === undefined) return;
    chains.delete(next);
    heldBytes -= chain.roomBytes();
    broken++;
    found(chain.name, chain.bytes());
    chain.close();
  }

  /** Adds the page. Returns the number of the next one; 0: that was the last. */
  function goOn(chain: Chain, page: Buffer): number {
    chain.add(page.subarray(4, 4 + Math.min(chain.left(), usableBytes - 4)));
    const next = chain.left() > 0 ? page.readUInt32BE(0) : 0;
    const bytes = chain.bytes();
    if (next !== 0 && bytes.length < longestHeld) return next;
    const record = next === 0 ? recordAt(bytes, 0) : undefined;
    found(chain.name, bytes, record?.length === bytes.length ? record.values : undefined);
    if (next === 0) chain.close();
    else chain.keepEnd(overlap);
    return next;
  }

  return {
    begin(name, totalBytes, start, next) {
      const chain = openChain(name, totalBytes, rooms);
      chain.add(start);
      follow(chain, next);
    },
    takePage(page, number) {
      const chain = chains.get(number);
      if (chain === undefined) return unknown.keep(page, number);
      chains.delete(number);
      heldBytes -= chain.roomBytes();
      return follow(chain, goOn(chain, page));
    },
    end() {
      for (const page of chains.keys()) giveUp(page);
      return broken;
    },
  };
}

function openChain(name: string, totalBytes: number, rooms: Rooms): Chain {
  let room = rooms.take(0);
  let filled = 0;
  let left = totalBytes;

  function makeRoom(bytes: number): void {
    if (bytes <= room.length) return;
    const larger = rooms.take(bytes);
    room.copy(larger, 0, 0, filled);
    rooms.give(room);
    room = larger;
  }

  return {
    name,
    bytes: () => room.subarray(0, filled),
    left: () => left,
    roomBytes: () => room.length,
    add(more) {
      makeRoom(filled + more.length);
      room.set(more, filled);
      filled += more.length;
      left -= more.length;
    },
    keepEnd(bytes) {
      room.copyWithin(0, filled - bytes, filled);
      filled = bytes;
    },
    close: () => rooms.give(room),
  };
}

const isSame = (a: Chain, b: Chain): boolean => a.name === b.name && a.left() === b.left() && a.bytes().equals(b.bytes());

/** The last pages that were kept, up to so many, in memory that is used again. */
function lastPages(pageBytes: number, most: number) {
  const slotOf = new Map<number, number>();
  const numberIn: (number | undefined)[] = [];
  let memory = Buffer.alloc(0);
  let next = 0;
  const pageIn = (slot: number): Buffer => memory.subarray(slot * pageBytes, (slot + 1) * pageBytes);

  function grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(4, 2 * numberIn.length)) * pageBytes);
    memory.copy(larger);
    memory = larger;
  }

  return {
    keep(page: Buffer, number: number): void {
      const slot = next;
      next = (next + 1) % most;
      if ((slot + 1) * pageBytes > memory.length) grow();
      const before = numberIn[slot];
      if (before !== undefined && slotOf.get(before) === slot) slotOf.delete(before);
      pageIn(slot).set(page);
      numberIn[slot] = number;
      slotOf.set(number, slot);
    },
    /** Valid until the next is kept. */
    take(number: number): Buffer | undefined {
      const slot = slotOf.get(number);
      if (slot === undefined) return undefined;
      slotOf.delete(number);
      return pageIn(slot);
    },
  };
}
