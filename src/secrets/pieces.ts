import { excerptsOf } from './excerpt.ts';
import type { Lead } from './search/lead.ts';
import { createLook } from './verify/look.ts';
import { createPrograms } from './programs.ts';
import type { Redactor } from './redact.ts';
import type { Match } from './verify/verify.ts';

/** A stream in pieces: what is decided in one never looks at another. */
export interface Pieces {
  /** A piece ends at this offset, and the next begins. Cuts lie behind every lead that was looked at. */
  cut(at: number): void;
  /** A program stands here; see `ByteSink` of the model. */
  program(from: number, to: number): void;
  /** Where the piece that holds an offset ends, as far as is known. */
  endOf(at: number): number;
  /** No lead before this offset comes any more. */
  forget(before: number): void;
  /** Which keys a lead at an offset of the stream leads to. Leads come in order of place. */
  look(lead: Lead, at: number): readonly Match[];
}

/** `held`: which offsets of the stream `bytes` hold now. */
export function piecesOf(bytes: Buffer, redactor: Redactor, held: () => { readonly base: number; readonly end: number }): Pieces {
  const cuts: number[] = [];
  const programs = createPrograms();
  let piece = pieceFrom(0);

  function pieceFrom(first: number) {
    const behind = (): number => cuts[firstBehind(cuts, first)] ?? Infinity;
    const start = (): number => Math.max(first, held().base);
    const end = (): number => Math.min(behind(), held().end);
    const excerpts = excerptsOf(bytes, () => held().base, end, start);
    const look = createLook(redactor);
    let part = { from: -1, to: -1, bytes: bytes.subarray(0, 0) };
    // Most leads are plain, and ask for no bytes.
    const known = {
      get base() {
        return start();
      },
      get bytes() {
        const { base } = held();
        const [from, to] = [start() - base, end() - base];
        if (from !== part.from || to !== part.to) part = { from, to, bytes: bytes.subarray(from, to) };
        return part.bytes;
      },
      excerpts,
      isInProgram: (at: number) => programs.holds(at),
    };
    return { behind, look: (lead: Lead, at: number): readonly Match[] => look(lead, at, known) };
  }

  return {
    cut(at) {
      let place = cuts.length;
      while (place > 0 && (cuts[place - 1] as number) > at) place--;
      if (cuts[place - 1] !== at) cuts.splice(place, 0, at);
    },
    endOf: (at) => cuts[firstBehind(cuts, at)] ?? Infinity,
    program: (from, to) => programs.add(from, to),
    forget(before) {
      programs.forget(before);
      const gone = firstBehind(cuts, before - 1);
      if (gone > 0) cuts.splice(0, gone);
    },
    look(lead, at) {
      if (at >= piece.behind()) piece = pieceFrom(cuts[firstBehind(cuts, at) - 1] as number); // there is one: the piece ends before
      return piece.look(lead, at);
    },
  };
}

/** Where in the rising cuts the first one behind an offset is. An archive of many small files has a cut every few bytes. */
function firstBehind(cuts: readonly number[], offset: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
