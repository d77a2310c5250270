const newline = 10;

/** How many newlines there are in bytes [from, to). Four bytes at a time: lines are counted in every large text. */
export function newlines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  if (to - from < 8) {
    for (; at < to; at++) if (bytes[at] === newline) count++;
    return count;
  }
  while (at < to && (bytes.byteOffset + at) % 4 !== 0) if (bytes[at++] === newline) count++;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, Math.max(0, (to - at) >> 2));
  for (let n = 0; n < words.length; ) {
    // As many words as keep the sum within 31 bits.
    const stop = Math.min(words.length, n + 127);
    let sums = 0;
    for (; n < stop; n++) {
      const x = (words[n] as number) ^ 0x0a0a0a0a;
      // The high bit of each byte that is zero (Hacker's Delight, 6-1), moved to its low bit.
      sums += (~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x | 0x7f7f7f7f) >>> 7) & 0x01010101;
    }
    count += (sums & 0xff) + ((sums >>> 8) & 0xff) + ((sums >>> 16) & 0xff) + (sums >>> 24);
  }
  for (at += words.length * 4; at < to; at++) if (bytes[at] === newline) count++;
  return count;
}
