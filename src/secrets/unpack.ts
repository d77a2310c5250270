import { createRunReader, type RunReader } from './base64-run.ts';
import type { Excerpts } from './excerpt.ts';
import type { Guard } from './guard.ts';
import type { Lead } from './lead.ts';
import type { Packing } from './verify.ts';

/** Bytes around a lead, unpacked. Offsets of `excerpts` are characters of the unpacked text; `at` is the anchor's. */
export interface Unpacked {
  readonly excerpts: Excerpts;
  readonly at: number;
  readonly packing: Packing;
  /** What begins before this offset is not unpacked: a name that stands before the run. */
  readonly first: number;
  /** Offset in the stream of the character that begins at, or ends before, an offset of the text. */
  startOf(offset: number): number;
  endOf(offset: number): number;
}

/**
 * Unpacks what stands around a lead. `bytes` are the known part of a stream, of which byte `start` is the lead's first and
 * byte 0 is at `base` in the stream. One unpacker per stream: it keeps the run of base64 that it read last, for the leads in it.
 */
export function createUnpacker(): (lead: Lead, bytes: Uint8Array, start: number, base: number) => Unpacked | undefined {
  const runs = createRunReader();
  return (lead, bytes, start, base) => {
    if (lead.packing === 'utf-16') return unpackUtf16(lead, bytes, start, base);
    return lead.packing === 'base64' ? unpackBase64(lead, runs, bytes, start, base) : undefined;
  };
}

/** One character per unit; a unit above U+00FF is a byte that no key has. */
function unpackUtf16({ anchor, length }: Lead, bytes: Uint8Array, start: number, base: number): Unpacked {
  const isLittle = isLittleEndian(bytes, start, length, base);
  const high = isLittle ? 1 : -1;
  const first = Math.max(isLittle ? start & 1 : 2 - (start & 1), start - 2 * anchor.before);
  const last = Math.min(bytes.length - (isLittle ? 1 : 0), start + 2 * anchor.after);
  const codes = Buffer.allocUnsafe(Math.max(0, Math.ceil((last - first) / 2)));
  for (let at = first, n = 0; n < codes.length; at += 2, n++) codes[n] = bytes[at + high] === 0 ? (bytes[at] as number) : 0xff;
  const low = base + (isLittle ? 0 : -1);
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

/** The run of base64 around the lead, as far as the anchor's decision reaches; before it, what names its content. */
function unpackBase64({ anchor, ...lead }: Lead, runs: RunReader, bytes: Uint8Array, start: number, base: number): Unpacked | undefined {
  const run = runs.around(bytes, base, start, charactersFor(anchor.before), charactersFor(anchor.after));
  const { places } = run;
  const before = run.indexOf(base + start) - lead.skipped;
  if (!passes(anchor.guard, (offset) => run.byteAt(before, lead.phase + offset))) return undefined;
  // Groups of four begin where the lead's does.
  const extra = ((before % 4) + 4) % 4;
  const name = extra === 0 ? run.name : '';
  const text = run.textFrom(extra);
  const placeOf = (offset: number): number => places[extra + Math.floor(((offset - name.length) * 4) / 3)] ?? base + start;
  return {
    excerpts: { around: () => ({ text, base: 0 }) },
    at: name.length + ((before - extra) / 4) * 3 + lead.phase,
    packing: 'base64',
    first: name.length,
    startOf: placeOf,
    endOf: (offset) => (places[extra + Math.floor(((offset - 1 - name.length) * 4) / 3) + 1] ?? places.at(-1) ?? base + start) + 1,
  };
}

/** Asks a guard before any text is made: in a run that is full of anchors most lead to nothing. `byteAt`: by offset from the anchor. */
function passes(guard: Guard, byteAt: (offset: number) => number | undefined): boolean {
  if (guard.kind !== 'run') return true;
  for (let offset = guard.from; offset < guard.from + guard.length; offset++) {
    const byte = byteAt(offset);
    if (byte === undefined || !guard.set.includes(byte)) return false;
  }
  return true;
}

const charactersFor = (bytes: number): number => Math.ceil((bytes * 4) / 3) + 4;

function wholeText(codes: Buffer): Excerpts {
  const text = codes.toString('latin1');
  return { around: () => ({ text, base: 0 }) };
}
