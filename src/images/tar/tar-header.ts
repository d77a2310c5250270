export const blockBytes = 512;

/** What a header block says (POSIX.1-2001 ustar, GNU tar's and star's variants). Sizes that make no sense are undefined. */
export interface TarHeader {
  /** `0` file, `1` hard link, `2` symbolic link, `5` directory, `x` `g` pax, `L` `K` GNU long names, `S` GNU sparse … */
  readonly type: string;
  readonly name: string;
  readonly linkName: string;
  readonly size: number | undefined;
}

/** Only a block whose checksum is right is a header; both ways of summing are in use (bytes unsigned, or signed as on old systems). */
export function isHeader(bytes: Uint8Array, at: number): boolean {
  // Most blocks that are none fail here: the checksum is octal digits, perhaps after spaces.
  const first = bytes[at + 148] as number;
  if ((first < 0x30 || first > 0x37) && first !== 0x20 && first !== 0) return false;
  const wanted = octal(bytes, at + 148, 8);
  if (wanted === undefined || wanted === 0) return false;
  let sum = 8 * 0x20 + sumOf(bytes, at, at + blockBytes);
  for (let n = at + 148; n < at + 156; n++) sum -= bytes[n] as number;
  if (sum === wanted) return true;
  let high = 0;
  for (let n = at; n < at + blockBytes; n++) if ((n < at + 148 || n >= at + 156) && (bytes[n] as number) > 127) high++;
  return high > 0 && sum - 256 * high === wanted;
}

/** Eight at a time, side by side: every file of a layer has a header or two. */
function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let a = 0;
  let b = 0;
  for (let n = from; n < to; n += 8) {
    a += (bytes[n] as number) + (bytes[n + 1] as number) + (bytes[n + 2] as number) + (bytes[n + 3] as number);
    b += (bytes[n + 4] as number) + (bytes[n + 5] as number) + (bytes[n + 6] as number) + (bytes[n + 7] as number);
  }
  return a + b;
}

/** Of the 512 bytes from `at` on, which `isHeader` has looked at. */
export function readHeader(bytes: Uint8Array, at: number): TarHeader {
  const type = String.fromCharCode(bytes[at + 156] || 0x30);
  // "ustar\0" is POSIX and has a prefix; "ustar  " is GNU, which keeps times there.
  const isPosix = bytes[at + 257] === 0x75 && bytes[at + 261] === 0x72 && bytes[at + 262] === 0;
  const name = fieldText(bytes, at, 100);
  const prefix = isPosix && bytes[at + 345] !== 0 ? fieldText(bytes, at + 345, 155) : '';
  return {
    type,
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: bytes[at + 157] === 0 ? '' : fieldText(bytes, at + 157, 100),
    size: number(bytes, at + 124, 12),
  };
}

/** A header that begins in the first of two blocks and ends in the second. Only those with a magic are looked for. */
export function headerOffGrid(both: Buffer): number | undefined {
  for (let magic = both.indexOf('ustar', magicAt + 1, 'latin1'); magic >= 0; magic = both.indexOf('ustar', magic + 1, 'latin1')) {
    const start = magic - magicAt;
    if (start >= blockBytes) return undefined;
    if (isHeader(both, start)) return start;
  }
  return undefined;
}

const magicAt = 257;

/** Whether the 512 bytes from `at` on are all zero. */
export function isZero(bytes: Uint8Array, at: number): boolean {
  for (let n = at; n < at + blockBytes; n++) if (bytes[n] !== 0) return false;
  return true;
}

/** GNU sparse headers (`S`) say in their last bytes whether more blocks of the map follow. */
export const isSparseExtended = (bytes: Uint8Array, at: number, isFirst: boolean): boolean => bytes[at + (isFirst ? 482 : 504)] === 1;

/** UTF-8 where it is, else one character per byte, so that no two names become one. */
export function nameText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!/[\x80-\xff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return text;
  }
}

/** Up to a NUL. Most names are short and ASCII, and need no other look at their bytes. */
function fieldText(bytes: Uint8Array, at: number, length: number): string {
  let end = at;
  let bits = 0;
  for (let byte = bytes[end] as number; end < at + length && byte !== 0; byte = bytes[++end] as number) bits |= byte;
  if (bits > 127 || !(bytes instanceof Buffer)) return nameText(bytes.subarray(at, end));
  return bytes.toString('latin1', at, end);
}

/** Octal, or base-256 where the first bit is set (GNU, star: sizes from 8 GiB on). A negative one begins with 0xff, which no number here can hold. */
function number(bytes: Uint8Array, at: number, length: number): number | undefined {
  const first = bytes[at] as number;
  if (first < 0x80) return octal(bytes, at, length);
  let value = first & 0x7f;
  for (let n = at + 1; n < at + length; n++) value = value * 256 + (bytes[n] as number);
  return Number.isSafeInteger(value) ? value : undefined;
}

function octal(bytes: Uint8Array, at: number, length: number): number | undefined {
  let n = at;
  const end = at + length;
  while (n < end && (bytes[n] === 0x20 || bytes[n] === 0)) n++;
  let value = 0;
  for (; n < end; n++) {
    const digit = (bytes[n] as number) - 0x30;
    if (digit < 0 || digit > 7) return bytes[n] === 0 || bytes[n] === 0x20 ? value : undefined;
    value = value * 8 + digit;
  }
  return value;
}
