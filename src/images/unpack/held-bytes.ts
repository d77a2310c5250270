/** The last bytes of a stream, as many as are still wanted. Offsets are counted from its first byte. */
export interface HeldBytes {
  push(chunk: Uint8Array): void;
  /** All that is held from an offset on; valid until the next push. */
  from(offset: number): Uint8Array;
  end(): number;
  /** What stands before this offset is not asked for again. */
  forget(offset: number): void;
}

export function createHeldBytes(): HeldBytes {
  let room = new Uint8Array(64 << 10);
  /** Of `room`: what is held. */
  let start = 0;
  let filled = 0;
  /** The offset of `start`. */
  let first = 0;
  return {
    push(chunk) {
      if (filled + chunk.length > room.length) {
        const kept = room.subarray(start, filled);
        const wanted = kept.length + chunk.length;
        if (wanted > room.length || wanted * 8 < room.length) {
          room = new Uint8Array(2 * wanted);
          room.set(kept);
        } else room.copyWithin(0, start, filled);
        filled -= start;
        start = 0;
      }
      room.set(chunk, filled);
      filled += chunk.length;
    },
    from: (offset) => room.subarray(start + offset - first, filled),
    end: () => first + filled - start,
    forget(offset) {
      start += Math.max(0, offset - first);
      first = Math.max(first, offset);
      if (start !== filled) return;
      start = 0;
      filled = 0;
    },
  };
}
