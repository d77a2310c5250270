const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);

/** Containers that are recognised by their first bytes, and not opened by design. */
export function unopenedFormat(head: Uint8Array): string | undefined {
  const [a, b, c, d] = head;
  if (a === 0x37 && b === 0x7a && c === 0xbc && d === 0xaf) return '7z';
  if (a === 0x52 && b === 0x61 && c === 0x72 && d === 0x21 && head[4] === 0x1a && head[5] === 0x07) return 'rar';
  // A squashfs file system (of snaps), little endian: https://docs.kernel.org/filesystems/squashfs.html
  if (a === 0x68 && b === 0x73 && c === 0x71 && d === 0x73 && head[28] === 4 && head[30] === 0) return 'squashfs';
  // A program and a squashfs behind it: https://github.com/AppImage/AppImageSpec/blob/master/draft.md
  if (a === 0x7f && b === 0x45 && head[8] === 0x41 && head[9] === 0x49 && head[10] === 2) return 'AppImage';
  if (a === 0x4d && latin1(head, 0, 8) === 'MSCF\0\0\0\0') return 'cabinet';
  if (a === 0x4d && latin1(head, 0, 8) === 'MSWIM\0\0\0') return 'wim';
  if (a === 0x89 && latin1(head, 0, 9) === '\x89LZO\0\r\n\x1a\n') return 'lzop';
  if (a === 0x1f && b === 0x9d && ((c ?? 0) & 0x1f) >= 9 && ((c ?? 0) & 0x1f) <= 16) return 'compress';
  return undefined;
}

/** Files that are searched as they are, and hold packed parts that nobody sees that way. */
export function unseenParts(head: Uint8Array): string | undefined {
  const [a, b, c, d] = head;
  if (a === 0x25 && b === 0x50 && c === 0x44 && d === 0x46) return 'PDF, of which packed parts are not opened';
  if (a === 0x50 && b === 0x41 && c === 0x52 && d === 0x31) return 'Parquet file, of which packed parts are not opened';
  if (a === 0x4f && b === 0x62 && c === 0x6a && d === 1) return 'Avro file, of which packed parts are not opened';
  // UPX puts its mark into the first bytes of a program: https://github.com/upx/upx
  const isPacked = a === 0x7f && b === 0x45 && Buffer.from(head.buffer, head.byteOffset, head.byteLength).includes('UPX!', 0, 'latin1');
  return isPacked ? 'program packed by UPX, not unpacked' : undefined;
}
