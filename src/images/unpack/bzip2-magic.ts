/** What blocks of bzip2 begin with: the digits of pi, at any bit. */
const magic = 0x314159265359n;
const magicBits = 48;
const wholeBits = BigInt(64);

/** How far the magic is shifted, by two of its bytes that stand whole behind its first; 0xff where they are not of it. */
const shifts = shiftTable();

/** The first bit from `fromBit` on at which the magic of a block stands whole in these bytes; -1 where none does. */
export function nextMagic(bytes: Uint8Array, fromBit: number): number {
  for (let at = fromBit >> 3; at + 7 <= bytes.length + 1; at++) {
    const shift = shifts[((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)] as number;
    if (shift === 0xff || at * 8 + shift < fromBit) continue;
    if (bitsAt(bytes, at, shift) === magic && at * 8 + shift + magicBits <= bytes.length * 8) return at * 8 + shift;
  }
  return -1;
}

/** The first bytes of a stream, level 9, and then these bytes from a bit on; the last few bits are left out unless `isEnd`. */
export function shifted(bytes: Uint8Array, bit: number, isEnd: boolean): Uint8Array {
  if (bit === 0) return bytes;
  const length = isEnd ? bytes.length : bytes.length - 1;
  const moved = new Uint8Array(Math.max(0, length));
  for (let n = 0; n < length; n++) moved[n] = ((bytes[n] as number) << bit) | ((bytes[n + 1] ?? 0) >> (8 - bit));
  return moved;
}

function bitsAt(bytes: Uint8Array, at: number, shift: number): bigint {
  let value = 0n;
  for (let n = 0; n < 8; n++) value = (value << 8n) | BigInt(bytes[at + n] ?? 0);
  return BigInt.asUintN(64, value << BigInt(shift)) >> (wholeBits - BigInt(magicBits));
}

function shiftTable(): Uint8Array {
  const table = new Uint8Array(1 << 16).fill(0xff);
  for (let shift = 0; shift < 8; shift++) table[Number((magic >> BigInt(24 + shift)) & 0xffffn)] = shift;
  return table;
}
