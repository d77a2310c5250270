import { type Base64Run, createRunReader } from './base64-run.ts';
import type { Guard } from './guard.ts';
import { memberTable } from './kernel/members.ts';
import type { Lead } from './lead.ts';
import type { Unpacked } from './unpacked.ts';
import { createWideReader } from './wide-text.ts';

/**
 * Unpacks what stands around a lead. `bytes` are the known part of a stream, of which byte `start` is the lead's first and
 * byte 0 is at `base` in the stream. One unpacker per stream: it keeps the text that it made last, for the leads in it.
 */
export function createUnpacker(): (lead: Lead, bytes: Uint8Array, start: number, base: number) => Unpacked | undefined {
  const runs = createRunReader();
  const wide = createWideReader();
  const passes = createGuardPass();
  return (lead, bytes, start, base) => {
    if (lead.packing === 'utf-16') {
      return wide(bytes, base, base + start, isLittleEndian(bytes, start, lead.length, base) ? 'utf-16le' : 'utf-16be');
    }
    if (lead.packing === 'plain') return undefined;
    const charactersBefore = charactersFor(lead.anchor.before);
    const run = runs.around(bytes, base, start, charactersBefore, charactersFor(lead.anchor.after));
    const character = run.indexOf(base + start) - lead.skipped;
    return passes(lead.anchor.guard, run, character, lead.phase) ? unpackBase64(lead, run, character, base + start) : undefined;
  };
}

/** The zeros tell where there is only one side to look at; elsewhere text begins at an even offset, as in every file of a layer. */
function isLittleEndian(bytes: Uint8Array, start: number, length: number, base: number): boolean {
  if (start === 0 || bytes[start - 1] !== 0) return true;
  if (start + length >= bytes.length || bytes[start + length] !== 0) return false;
  return (base + start) % 2 === 0;
}

/** The run of base64 around the lead, as far as the anchor's decision reaches; before it, what names its content. */
function unpackBase64({ phase }: Lead, run: Base64Run, character: number, place: number): Unpacked {
  const { places } = run;
  // Groups of four begin where the lead's does.
  const extra = ((character % 4) + 4) % 4;
  const name = extra === 0 ? run.name : '';
  const excerpt = run.excerptFrom(extra);
  const placeOf = (offset: number): number => places[extra + Math.floor(((offset - name.length) * 4) / 3)] ?? place;
  return {
    excerpts: { around: () => excerpt },
    at: name.length + ((character - extra) / 4) * 3 + phase,
    packing: 'base64',
    first: name.length,
    startOf: placeOf,
    endOf: (offset) => (places[extra + Math.floor(((offset - 1 - name.length) * 4) / 3) + 1] ?? places.at(-1) ?? place) + 1,
  };
}

/** Asks a guard before any text is made: in a run that is full of anchors most lead to nothing. */
function createGuardPass(): (guard: Guard, run: Base64Run, character: number, phase: number) => boolean {
  const members = new Map<Guard, Uint8Array>();
  const membersOf = (guard: Guard & { kind: 'run' }): Uint8Array => {
    const known = members.get(guard) ?? memberTable(guard.set);
    members.set(guard, known);
    return known;
  };
  return (guard, run, character, phase) => {
    if (guard.kind !== 'run') return true;
    const isMember = membersOf(guard);
    const end = phase + guard.from + guard.length;
    for (let n = phase + guard.from; n < end; n++) if (isMember[run.byteAt(character, n)] !== 1) return false;
    return true;
  };
}

const charactersFor = (bytes: number): number => Math.ceil((bytes * 4) / 3) + 4;
