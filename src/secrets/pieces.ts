import { excerptsOf } from './excerpt.ts';
import type { Lead } from './lead.ts';
import { createLook } from './look.ts';
import type { Redactor } from './redact.ts';
import type { Match } from './verify.ts';

/** A stream in pieces: what is decided in one never looks at another. */
export interface Pieces {
  /** A piece ends at this offset, and the next begins. Cuts lie behind every lead that was looked at. */
  cut(at: number): void;
  /** No lead before this offset comes any more. */
  forget(before: number): void;
  /** Which keys a lead at an offset of the stream leads to. Leads come in order of place. */
  look(lead: Lead, at: number): readonly Match[];
}

/** `held`: which offsets of the stream `bytes` hold now. */
export function piecesOf(bytes: Buffer, redactor: Redactor, held: () => { readonly base: number; readonly end: number }): Pieces {
  const cuts: number[] = [];
  let piece = pieceFrom(0);

  function pieceFrom(first: number) {
    const behind = (): number => cuts.find((cut) => cut > first) ?? Infinity;
    const start = (): number => Math.max(first, held().base);
    const end = (): number => Math.min(behind(), held().end);
    const excerpts = excerptsOf(bytes, () => held().base, end, start);
    const look = createLook(redactor);
    return {
      behind,
      look(lead: Lead, at: number): readonly Match[] {
        const { base } = held();
        return look(lead, at, { base: start(), bytes: bytes.subarray(start() - base, end() - base), excerpts });
      },
    };
  }

  return {
    cut(at) {
      let place = cuts.length;
      while (place > 0 && (cuts[place - 1] as number) > at) place--;
      if (cuts[place - 1] !== at) cuts.splice(place, 0, at);
    },
    forget(before) {
      const gone = cuts.findIndex((cut) => cut >= before);
      cuts.splice(0, gone < 0 ? cuts.length : gone);
    },
    look(lead, at) {
      for (let behind = piece.behind(); at >= behind; behind = piece.behind()) piece = pieceFrom(behind);
      return piece.look(lead, at);
    },
  };
}
