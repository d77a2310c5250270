import { type Excerpt, excerptOf } from '../excerpt.ts';

/** How bytes are written as digits: base64, hexadecimal. */
export interface Digits {
  /** What a byte of the stream means as a digit; -1 where it is none. */
  readonly values: Int8Array;
  /** Bits of a digit. */
  readonly bits: 4 | 6;
  /** So many digits write so many bytes. */
  readonly characters: 2 | 4;
  readonly bytes: 1 | 3;
}

/** Consecutive digits, over line breaks with indentation. */
export interface DigitRun {
  /** Offsets in the stream of its characters. */
  readonly places: readonly number[];
  /** What stands on its line before its first character, and a space; empty where the run is not known from its beginning. */
  readonly name: string;
  indexOf(place: number): number;
  /** Byte `n` of what is written from a character on; -1 where the run does not reach. */
  byteAt(character: number, n: number): number;
  /** Decoded from a character on, one character per byte; from the first on, the name stands before it. */
  excerptFrom(character: number): Excerpt;
}

export interface RunReader {
  /**
   * The run around byte `start` of `bytes`, which is at `base + start` in the stream: at least so many characters before and after it,
   * or all that there are. What was read last is kept, so that a run full of leads is decoded a few times, not once for each.
   */
  around(bytes: Uint8Array, base: number, start: number, before: number, after: number): DigitRun;
}

export function createRunReader(digits: Digits): RunReader {
  let last: ReadRun | undefined;
  return {
    around(bytes, base, start, before, after) {
      const index = last?.indexOf(base + start) ?? -1;
      const isEnough =
        last !== undefined &&
        index >= 0 &&
        (index >= before || last.isWhole) &&
        (last.places.length - index >= after || (last.isOver && last.knownTo === base + bytes.length));
      if (isEnough) return last as DigitRun;
      // Leads that follow closely share what is read: of what was there nothing is given up, and each time more is read ahead.
      const known = index < 0 ? { before: 0, after: 0 } : { before: index, after: 2 * (last as DigitRun).places.length };
      last = readRun(
        digits,
        bytes,
        base,
        start,
        Math.max(before, Math.min(known.before, largest)),
        Math.max(2 * after, Math.min(known.after, largest)),
      );
      return last;
    },
  };
}

/** More characters than this are never read to one side for the sake of leads to come. */
const largest = 16384;

interface ReadRun extends DigitRun {
  readonly isWhole: boolean;
  /** It went no further in what was known then, which ended at `knownTo`. */
  readonly isOver: boolean;
  readonly knownTo: number;
}

function readRun(digits: Digits, bytes: Uint8Array, base: number, start: number, before: number, after: number): ReadRun {
  const { values, bits } = digits;
  const places: number[] = [];
  let first = start;
  let at = stepBack(values, bytes, start);
  for (; at >= 0 && places.length < before; at = stepBack(values, bytes, at)) {
    places.push(base + at);
    first = at;
  }
  const isWhole = at < 0;
  places.reverse();
  const most = places.length + after;
  for (at = start; at >= 0 && places.length < most; at = stepAhead(values, bytes, at)) places.push(base + at);
  // Read now: the bytes may have moved when another alignment is asked for.
  const read = Uint8Array.from(places, (place) => values[bytes[place - base] as number] as number);
  const name = isWhole ? nameBefore(bytes, first) : '';
  const excerpts = new Map<number, Excerpt>();
  let [sought, index] = [-1, -1];
  return {
    places,
    name,
    isWhole,
    isOver: at < 0,
    knownTo: base + bytes.length,
    // Many leads begin at one place.
    indexOf(place) {
      if (place !== sought) [sought, index] = [place, indexOf(places, place)];
      return index;
    },
    byteAt(character, n) {
      const first = character + Math.floor((n * 8) / bits);
      const high = read[first];
      const low = read[first + 1];
      // Each byte has its last bits in the digit that follows.
      const shift = 2 * bits - 8 - ((((n * 8) % bits) + bits) % bits);
      return high === undefined || low === undefined ? -1 : (((high << bits) | low) >> shift) & 0xff;
    },
    excerptFrom(character) {
      const known = excerpts.get(character);
      const excerpt = known ?? excerptOf((character === 0 ? name : '') + decoded(read, bits, character), 0);
      excerpts.set(character, excerpt);
      return excerpt;
    },
  };
}

/** What stands right before a run on its line: the variable or member that it is the value of. */
function nameBefore(bytes: Uint8Array, runStart: number): string {
  const text = Buffer.from(bytes.subarray(Math.max(0, runStart - nameReach), runStart)).toString('latin1');
  return `${text.slice(text.lastIndexOf('\n') + 1)} `;
}

const nameReach = 120;
const mostBreak = 20;

/** The digit before `at`, over a line break with indentation; -1 where there is none. */
function stepBack(values: Int8Array, bytes: Uint8Array, at: number): number {
  let before = at - 1;
  if (isDigit(values, bytes[before])) return before;
  const floor = Math.max(0, at - mostBreak);
  while (before >= floor && isBlank(bytes[before])) before--;
  if (before < floor || bytes[before] !== 0x0a) return -1;
  before--;
  if (bytes[before] === 0x0d) before--;
  return isDigit(values, bytes[before]) ? before : -1;
}

function stepAhead(values: Int8Array, bytes: Uint8Array, at: number): number {
  let after = at + 1;
  if (isDigit(values, bytes[after])) return after;
  if (bytes[after] === 0x0d) after++;
  if (bytes[after] !== 0x0a) return -1;
  after++;
  const ceiling = at + mostBreak;
  while (after < ceiling && isBlank(bytes[after])) after++;
  return after < ceiling && isDigit(values, bytes[after]) ? after : -1;
}

const isDigit = (values: Int8Array, byte: number | undefined): boolean => byte !== undefined && (values[byte] as number) >= 0;
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

function decoded(digits: Uint8Array, perDigit: number, from: number): string {
  const count = Math.max(0, Math.floor(((digits.length - from) * perDigit) / 8));
  const out = Buffer.allocUnsafe(count);
  let bits = 0;
  let held = 0;
  for (let at = from, n = 0; n < count; at++) {
    held = ((held << perDigit) | (digits[at] as number)) & 0xffffff;
    bits += perDigit;
    if (bits < 8) continue;
    bits -= 8;
    out[n++] = (held >> bits) & 0xff;
  }
  return out.toString('latin1');
}

/** Places rise. */
function indexOf(places: readonly number[], place: number): number {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return places[low] === place ? low : -1;
}
