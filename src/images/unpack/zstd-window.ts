/** The bytes of what it unpacked that a zstd frame may reach back to, by its header (RFC 8878, 3.1.1.1); undefined where this is none. */
export function zstdWindow(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 18 || view.getUint32(0, true) !== 0xfd2fb528) return undefined;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const byte = view.getUint8(5);
    const base = 2 ** (10 + (byte >> 3));
    return base + (base / 8) * (byte & 7);
  }
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] as number); // two bits: the length of the dictionary's id
  const size = descriptor >> 6;
  if (size === 0) return view.getUint8(at);
  if (size === 1) return 256 + view.getUint16(at, true);
  return size === 2 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
