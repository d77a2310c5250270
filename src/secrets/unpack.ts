import { noBase64, values } from './base64.ts';
import type { Excerpts } from './excerpt.ts';
import { type Lead, packedReach } from './lead.ts';
import type { Packing } from './verify.ts';

/** Bytes around a lead, unpacked. Offsets of `excerpts` are characters of the unpacked text; `at` is the anchor's. */
export interface Unpacked {
  readonly excerpts: Excerpts;
  readonly at: number;
  readonly packing: Packing;
  /** What begins before this offset is not unpacked: a name that stands before the run. */
  readonly first: number;
  /** Place in the packed bytes of the character that begins at, or ends before, an offset of the text. */
  startOf(offset: number): number;
  endOf(offset: number): number;
}

/**
 * `bytes` are the known part of a stream, of which byte `start` is the lead's first and byte 0 is at `base` in the stream.
 * Undefined where the bytes around the lead are not packed so.
 */
export function unpack(lead: Lead, bytes: Uint8Array, start: number, base: number): Unpacked | undefined {
  if (lead.packing === 'utf-16') return unpackUtf16(lead, bytes, start, base);
  return lead.packing === 'base64' ? unpackBase64(lead, bytes, start) : undefined;
}

/** One character per unit; a unit above U+00FF is a byte that no key has. */
function unpackUtf16({ anchor, bytes: { length } }: Lead, bytes: Uint8Array, start: number, base: number): Unpacked {
  const isLittle = isLittleEndian(bytes, start, length, base);
  const high = isLittle ? 1 : -1;
  const first = Math.max(isLittle ? start & 1 : 2 - (start & 1), start - 2 * anchor.before);
  const last = Math.min(bytes.length - (isLittle ? 1 : 0), start + 2 * anchor.after);
  const codes = Buffer.allocUnsafe(Math.max(0, Math.ceil((last - first) / 2)));
  for (let at = first, n = 0; n < codes.length; at += 2, n++) codes[n] = bytes[at + high] === 0 ? (bytes[at] as number) : 0xff;
  const low = isLittle ? 0 : -1;
  return {
    excerpts: wholeText(codes),
    at: (start - first) / 2,
    packing: isLittle ? 'utf-16le' : 'utf-16be',
    first: 0,
    startOf: (offset) => first + 2 * offset + low,
    endOf: (offset) => first + 2 * offset + low,
  };
}

/** The zeros tell where there is only one side to look at; elsewhere text begins at an even offset, as in every file of a layer. */
function isLittleEndian(bytes: Uint8Array, start: number, length: number, base: number): boolean {
  if (start === 0 || bytes[start - 1] !== 0) return true;
  if (start + length >= bytes.length || bytes[start + length] !== 0) return false;
  return (base + start) % 2 === 0;
}

/** The run of base64 around the lead, over line breaks, as far as the anchor's decision reaches; before it, what names its content. */
function unpackBase64({ anchor, ...lead }: Lead & { readonly packing: 'base64' }, bytes: Uint8Array, start: number): Unpacked {
  const places: number[] = [];
  const mostBefore = Math.ceil((anchor.before * 4) / 3) + 4;
  const furthestBack = Math.max(0, start - packedReach(anchor.before) + nameReach);
  let runStart = start;
  for (let at = stepBack(bytes, start, furthestBack); at >= 0 && places.length < mostBefore; at = stepBack(bytes, at, furthestBack)) {
    places.push(at);
    runStart = at;
  }
  const isWhole = places.length < mostBefore && runStart > furthestBack;
  places.reverse();
  const before = places.length;
  const mostAfter = Math.ceil((anchor.after * 4) / 3) + 4;
  const furthest = Math.min(bytes.length, start + packedReach(anchor.after));
  for (let at = start; at >= 0 && places.length < before + mostAfter; at = stepAhead(bytes, at, furthest)) places.push(at);

  // Groups of four begin where the lead's does.
  const extra = (((before - lead.skipped) % 4) + 4) % 4;
  const name = isWhole && extra === 0 ? nameBefore(bytes, runStart) : '';
  const text = name + decoded(bytes, places, extra);
  const characterOf = (offset: number): number => extra + Math.floor(((offset - name.length) * 4) / 3);
  return {
    excerpts: { around: () => ({ text, base: 0 }) },
    at: name.length + ((before - lead.skipped - extra) / 4) * 3 + lead.phase,
    packing: 'base64',
    first: name.length,
    startOf: (offset) => places[characterOf(offset)] ?? start,
    endOf: (offset) => (places[characterOf(offset - 1) + 1] ?? places.at(-1) ?? start) + 1,
  };
}

/** What stands right before a run on its line: the variable or member that it is the value of. */
function nameBefore(bytes: Uint8Array, runStart: number): string {
  const text = Buffer.from(bytes.subarray(Math.max(0, runStart - nameReach), runStart)).toString('latin1');
  return `${text.slice(text.lastIndexOf('\n') + 1)} `;
}

const nameReach = 120;
const mostBreak = 34;

/** The base64 character before `at`, over a line break with indentation; -1 where there is none. */
function stepBack(bytes: Uint8Array, at: number, least: number): number {
  let before = at - 1;
  if (before < least) return -1;
  if (isData(bytes[before])) return before;
  const floor = Math.max(least, at - mostBreak);
  while (before >= floor && isBlank(bytes[before])) before--;
  if (before < floor || bytes[before] !== 0x0a) return -1;
  before--;
  if (bytes[before] === 0x0d) before--;
  return before >= least && isData(bytes[before]) ? before : -1;
}

function stepAhead(bytes: Uint8Array, at: number, limit: number): number {
  let after = at + 1;
  if (after < limit && isData(bytes[after])) return after;
  if (bytes[after] === 0x0d) after++;
  if (bytes[after] !== 0x0a) return -1;
  after++;
  const ceiling = Math.min(limit, at + mostBreak);
  while (after < ceiling && isBlank(bytes[after])) after++;
  return after < ceiling && isData(bytes[after]) ? after : -1;
}

const isData = (byte: number | undefined): boolean => byte !== undefined && (values[byte] as number) > noBase64;
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

function decoded(bytes: Uint8Array, places: readonly number[], from: number): string {
  const count = Math.floor(((places.length - from) * 6) / 8);
  const out = Buffer.allocUnsafe(count);
  let bits = 0;
  let held = 0;
  for (let at = from, n = 0; n < count; at++) {
    held = ((held << 6) | (values[bytes[places[at] as number] as number] as number)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[n++] = (held >> bits) & 0xff;
  }
  return out.toString('latin1');
}

function wholeText(codes: Buffer): Excerpts {
  const text = codes.toString('latin1');
  return { around: () => ({ text, base: 0 }) };
}
