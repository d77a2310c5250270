/** Memory that is used again, for what lives too long to leave it to the garbage collector and is too much to let it pile up. */
export interface Rooms {
  /** Of at least so many bytes; what is in them is of no meaning. */
  take(bytes: number): Buffer;
  give(room: Buffer): void;
}

const leastBytes = 4 << 10;

/** `mostBytes`: what may be kept for later, unused. */
export function createRooms(mostBytes: number): Rooms {
  const free = new Map<number, Buffer[]>();
  let freeBytes = 0;
  return {
    take(bytes) {
      const size = Math.max(leastBytes, 2 ** Math.ceil(Math.log2(bytes)));
      const known = free.get(size)?.pop();
      if (known === undefined) return Buffer.allocUnsafeSlow(size);
      freeBytes -= size;
      return known;
    },
    give(room) {
      if (freeBytes + room.length > mostBytes) return;
      freeBytes += room.length;
      const others = free.get(room.length);
      if (others === undefined) free.set(room.length, [room]);
      else others.push(room);
    },
  };
}
