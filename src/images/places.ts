/** A file in a stream of bytes: offsets of its content. */
export interface Region {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export interface Place {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly offsetInFile?: number;
}

export interface Places {
  /** The next bytes of the stream, after they were walked. `open`: the member that goes on behind them. */
  pass(bytes: Uint8Array, open: Region | undefined): void;
  /** Where in its member an offset is, as long as its bytes are remembered. */
  placeOf(member: Region, offset: number): Place;
}

const newline = 10;
/** As git does: content with a NUL byte among its first is no text. */
const textProbeBytes = 8_000;
/** How far behind the newest byte a match may begin that still gets a line. */
const tailBytes = 512 << 10;
/** Chunks that are added before the tail is moved to the front. */
const chunksKept = 6;

/**
 * Lines are counted only where they may be asked for: in the bytes around a match, and in a text that goes on behind a chunk.
 * `chunkBytes`: the largest piece that is passed at once.
 */
export function createPlaces(chunkBytes: number): Places {
  /** The last bytes of the stream: a tail of what came before, and the last chunk. */
  const kept = Buffer.alloc(tailBytes + chunksKept * chunkBytes);
  let length = 0;
  /** Offset of `kept` in the stream. */
  let base = 0;
  let long: LongText | undefined;
  /** The long text before it: its matches may be reported late. */
  let earlier: LongText | undefined;

  function pass(bytes: Uint8Array, open: Region | undefined): void {
    const passed = base + length;
    // The inside of a large binary has no lines: nothing needs to be kept.
    if (long !== undefined && !long.isText && long.member.end >= passed + bytes.length && open === long.member) {
      base = passed + bytes.length;
      length = 0;
      return;
    }
    if (length + bytes.length > kept.length) moveTail();
    kept.set(bytes, length);
    length += bytes.length;
    const end = base + length;
    if (open === undefined) {
      if (long !== undefined) earlier = long;
      long = undefined;
      return;
    }
    if (long?.member !== open) {
      if (long !== undefined) earlier = long;
      long = startLong(open, end);
    }
    if (long.isText) long = counted(long, end);
  }

  function moveTail(): void {
    const tail = Math.min(length, tailBytes);
    const from = base + length - tail;
    if (long !== undefined) long = { ...long, newlineBefore: lastNewline(long, from) };
    if (earlier !== undefined) earlier = { ...earlier, newlineBefore: lastNewline(earlier, from) };
    kept.copyWithin(0, length - tail, length);
    base += length - tail;
    length = tail;
  }

  function startLong(member: Region, end: number): LongText {
    const from = Math.max(member.start, base) - base;
    const probe = kept.subarray(from, Math.min(end - base, from + textProbeBytes));
    return { member, isText: member.start >= base && !probe.includes(0), counted: member.start, lines: 0, newlineBefore: member.start - 1 };
  }

  function counted(text: LongText, end: number): LongText {
    return { ...text, lines: text.lines + newlines(kept, Math.max(0, text.counted - base), end - base), counted: end };
  }

  /** Of the newlines that will leave the memory, the last. */
  function lastNewline({ newlineBefore, member, isText }: LongText, keptFrom: number): number {
    if (!isText || keptFrom <= base) return newlineBefore;
    const found = kept.lastIndexOf(newline, keptFrom - base - 1);
    return found >= 0 && base + found >= member.start ? base + found : newlineBefore;
  }

  function placeOf(member: Region, offset: number): Place {
    const place = { path: member.path, offsetInFile: offset - member.start };
    const isKept = offset >= base && offset < base + length;
    if (!isKept) return place;
    if (member.start >= base) {
      const from = member.start - base;
      const isText = !kept.subarray(from, Math.min(length, member.end - base, from + textProbeBytes)).includes(0);
      if (!isText) return place;
      const newlineAt = kept.lastIndexOf(newline, offset - base - 1);
      const before = offset > base && newlineAt >= from ? newlineAt : from - 1;
      return { ...place, line: 1 + newlines(kept, from, offset - base), column: offset - base - before };
    }
    const text = [long, earlier].find((one) => one?.isText && one.member.start === member.start);
    if (text === undefined || text.counted < base) return place;
    const at = offset - base;
    const to = text.counted - base;
    const lines = at >= to ? text.lines + newlines(kept, to, at) : text.lines - newlines(kept, at, to);
    const found = at > 0 ? kept.lastIndexOf(newline, at - 1) : -1;
    const before = found >= 0 && base + found >= member.start ? base + found : text.newlineBefore;
    return { ...place, line: 1 + lines, column: offset - before };
  }

  return { pass, placeOf };
}

/** A member that is longer than what is kept of the stream. */
interface LongText {
  readonly member: Region;
  readonly isText: boolean;
  /** Newlines of the member before `counted`, an offset in the stream. */
  readonly lines: number;
  readonly counted: number;
  /** The last newline before what is kept, or the byte before the member. */
  readonly newlineBefore: number;
}

/** Four bytes at a time: lines are counted in every large text. */
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
