/** Pieces of memory one behind the other, each at a multiple of eight bytes: their number and lengths, then they. */
export function sectionsOf(pieces: readonly Uint8Array[]): Uint8Array {
  const lengths = Int32Array.from([pieces.length, ...pieces.map(({ length }) => length)]);
  const places: number[] = [];
  let end = aligned(lengths.byteLength);
  for (const { length } of pieces) {
    places.push(end);
    end = aligned(end + length);
  }
  const bytes = new Uint8Array(end);
  bytes.set(new Uint8Array(lengths.buffer));
  for (const [at, piece] of pieces.entries()) bytes.set(piece, places[at]);
  return bytes;
}

/** Reads sections one after the other, in place. */
export interface Sections {
  bytes(): Uint8Array;
  int32(): Int32Array;
}

/** `bytes` begin at a multiple of eight in their memory. */
export function readSections(bytes: Uint8Array): Sections {
  const [count = 0] = new Int32Array(bytes.buffer, bytes.byteOffset, 1);
  const lengths = new Int32Array(bytes.buffer, bytes.byteOffset + 4, count);
  let next = 0;
  let place = aligned((count + 1) * 4);
  function piece(): { readonly start: number; readonly length: number } {
    const length = lengths[next++];
    if (length === undefined) throw new Error('there are no more sections');
    const start = bytes.byteOffset + place;
    place = aligned(place + length);
    return { start, length };
  }
  return {
    bytes() {
      const { start, length } = piece();
      return new Uint8Array(bytes.buffer, start, length);
    },
    int32() {
      const { start, length } = piece();
      return new Int32Array(bytes.buffer, start, length / 4);
    },
  };
}

const aligned = (offset: number): number => (offset + 7) & ~7;
