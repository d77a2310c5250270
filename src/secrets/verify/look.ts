import type { Detector } from '../detectors/compile.ts';
import type { Excerpts } from '../excerpt.ts';
import type { Lead } from '../search/lead.ts';
import type { Redactor } from '../redact.ts';
import { createUnpacker } from '../encodings/unpack.ts';
import type { Unpacked } from '../encodings/unpacked.ts';
import { type Match, verify } from './verify.ts';

/** The known part of a text or stream. */
export interface Known {
  /** Offset in the whole of its first byte. */
  readonly base: number;
  readonly bytes: Uint8Array;
  readonly excerpts: Excerpts;
  /** Whether a program holds this offset; no program is known if not said. */
  readonly isInProgram?: (at: number) => boolean;
}

/** The key or the other half of its pair: what stands as it is was found as such. */
function isPackedIn(unpacked: Unpacked, { start, end, partner }: Match): boolean {
  if (Math.min(start, partner?.start ?? start) < unpacked.first) return false;
  const spans = [{ start, end }, ...(partner === undefined ? [] : [partner])];
  return spans.some((span) => unpacked.isPacked?.(span) ?? true);
}

/** Tells which keys a lead at an offset of the whole leads to. Leads are best asked about in order of place. */
export function createLook(redactor: Redactor): (lead: Lead, at: number, known: Known) => readonly Match[] {
  /** Around the words of each detector: where it looked last, and up to where keys that start there were judged. */
  const judged = new Map<Detector, { readonly at: number; readonly to: number }>();

  const unpack = createUnpacker();

  function plain(lead: Lead, at: number, known: Known): readonly Match[] {
    const { detector, anchor } = lead;
    if (anchor.kind !== 'near key') {
      return verify({ detector, anchor, at, isInProgram: () => known.isInProgram?.(at) ?? false }, known.excerpts, redactor);
    }
    const last = judged.get(detector);
    const judgedTo = last !== undefined && last.at <= at ? last.to : 0;
    judged.set(detector, { at, to: Math.max(judgedTo, at + anchor.ahead + 1) });
    return verify({ detector, anchor, at, judgedTo }, known.excerpts, redactor);
  }

  function packed(lead: Lead, at: number, { base, bytes }: Known): readonly Match[] {
    const unpacked = unpack(lead, bytes, at - base, base);
    if (unpacked === undefined) return [];
    const { detector, anchor } = lead;
    const placed = (span: { readonly start: number; readonly end: number }): { readonly start: number; readonly end: number } => ({
      start: unpacked.startOf(span.start),
      end: unpacked.endOf(span.end),
    });
    return verify({ detector, anchor, at: unpacked.at }, unpacked.excerpts, redactor)
      .filter((match) => isPackedIn(unpacked, match))
      .map((match) => ({ ...match, ...placed(match), ...(match.partner && { partner: placed(match.partner) }), packed: unpacked.packing }));
  }

  return (lead, at, known) => (lead.packing === 'plain' ? plain(lead, at, known) : packed(lead, at, known));
}
