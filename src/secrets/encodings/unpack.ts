import type { Anchor } from '../detectors/anchor.ts';
import { base64Digits } from './base64.ts';
import { createRunReader, type DigitRun, type Digits } from './digit-run.ts';
import { escapedGuard } from './escaped-anchors.ts';
import { createEscapeReader, type Written } from './escaped-text.ts';
import type { Guard } from '../detectors/guard.ts';
import { memberTable } from '../search/kernel/members.ts';
import { hexDigits } from './hexadecimal.ts';
import { type Lead, unpackedReach } from '../search/lead.ts';
import type { Unpacked } from './unpacked.ts';
import { createWideReader } from './wide-text.ts';

/**
 * Unpacks what stands around a lead. `bytes` are the known part of a stream, of which byte `start` is the lead's first and
 * byte 0 is at `base` in the stream. One unpacker per stream: it keeps the text that it made last, for the leads in it.
 */
export function createUnpacker(): (lead: Lead, bytes: Uint8Array, start: number, base: number) => Unpacked | undefined {
  const base64Runs = createRunReader(base64Digits);
  const hexRuns = createRunReader(hexDigits);
  const wide = createWideReader();
  const escapes = createEscapeReader();
  const passes = createGuardPass();
  const guards = new Map<Anchor, Guard>();

  function digits(lead: Lead, bytes: Uint8Array, start: number, base: number): Unpacked | undefined {
    const isHex = lead.packing === 'hexadecimal';
    const [runs, writing] = isHex ? [hexRuns, hexDigits] : [base64Runs, base64Digits];
    const { before, after, guard } = lead.anchor;
    const run = runs.around(bytes, base, start, charactersFor(before, writing), charactersFor(after, writing));
    const character = run.indexOf(base + start) - lead.skipped;
    return passes(guard, (n) => run.byteAt(character, lead.phase + n))
      ? unpackDigits(lead, writing, run, character, base + start)
      : undefined;
  }

  function escaped({ detector, anchor, phase }: Lead, bytes: Uint8Array, start: number, base: number): Unpacked | undefined {
    const guard = guards.get(anchor) ?? escapedGuard(anchor);
    guards.set(anchor, guard);
    if (phase === 0 && !passes(guard, (n) => bytes[start + n] ?? -1)) return undefined;
    return escapes(writtenIn(bytes), base, start, {
      before: unpackedReach(anchor.before),
      after: unpackedReach(anchor.after),
      // The key, twice as long as it reads (of a long one the beginning), and its partner.
      beside:
        anchor.kind === 'in key' && detector.spec.partner === undefined ? Math.min(2 * anchor.max + 64, 640) : unpackedReach(anchor.after),
    });
  }

  return (lead, bytes, start, base) => {
    switch (lead.packing) {
      case 'plain':
        return undefined;
      case 'utf-16':
        return wide(bytes, base, base + start, isLittleEndian(bytes, start, lead.length, base) ? 'utf-16le' : 'utf-16be');
      case 'escapes':
        return escaped(lead, bytes, start, base);
      case 'base64':
      case 'hexadecimal':
        return digits(lead, bytes, start, base);
    }
  };
}

/** The zeros tell where there is only one side to look at; elsewhere text begins at an even offset, as in every file of a layer. */
function isLittleEndian(bytes: Uint8Array, start: number, length: number, base: number): boolean {
  if (start === 0 || bytes[start - 1] !== 0) return true;
  if (start + length >= bytes.length || bytes[start + length] !== 0) return false;
  return (base + start) % 2 === 0;
}

/** The run of digits around the lead, as far as the anchor's decision reaches; before it, what names its content. */
function unpackDigits({ phase, packing }: Lead, { characters, bytes }: Digits, run: DigitRun, character: number, place: number): Unpacked {
  const { places } = run;
  // Groups begin where the lead's does.
  const extra = ((character % characters) + characters) % characters;
  const name = extra === 0 ? run.name : '';
  const excerpt = run.excerptFrom(extra);
  const digitOf = (offset: number): number => extra + Math.floor(((offset - name.length) * characters) / bytes);
  return {
    excerpts: { around: () => excerpt },
    at: name.length + ((character - extra) / characters) * bytes + phase,
    packing: packing === 'hexadecimal' ? 'hexadecimal' : 'base64',
    first: name.length,
    startOf: (offset) => places[digitOf(offset)] ?? place,
    endOf: (offset) => (places[digitOf(offset - 1) + 1] ?? places.at(-1) ?? place) + 1,
  };
}

/** Asks a guard before any text is made: in a run that is full of anchors most lead to nothing. `byteAt` counts from the anchor's start. */
function createGuardPass(): (guard: Guard, byteAt: (n: number) => number) => boolean {
  const members = new Map<Guard, Uint8Array>();
  const membersOf = (guard: Guard & { kind: 'run' }): Uint8Array => {
    const known = members.get(guard) ?? memberTable(guard.set);
    members.set(guard, known);
    return known;
  };
  return (guard, byteAt) => {
    if (guard.kind !== 'run') return true;
    const isMember = membersOf(guard);
    for (let n = guard.from; n < guard.from + guard.length; n++) if (isMember[byteAt(n)] !== 1) return false;
    return true;
  };
}

const writtenIn = (bytes: Uint8Array): Written => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { length: bytes.length, text: (from, to) => buffer.toString('latin1', from, to) };
};

const charactersFor = (bytes: number, writing: Digits): number => Math.ceil((bytes * writing.characters) / writing.bytes) + 4;
