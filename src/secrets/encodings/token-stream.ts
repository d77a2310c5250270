import type { RunDecoder } from './run-decoder.ts';

/** Text that says bytes in pieces, one behind the other: escapes, numbers of a list, lines of a dump. */
export interface Tokens {
  /** What may stand before the first of them, and belongs to the run. */
  readonly lead?: string;
  /** One piece, whatever its case. Nowhere an open-ended repetition. */
  readonly token: string;
  /** No piece, and no lead, has more characters. */
  readonly longest: number;
  /** How a run of so many pieces begins. */
  readonly start: (pieces: number) => string;
  /** So many are enough for a key. */
  readonly least: number;
  readonly bytesOf: (groups: Groups) => Iterable<number> | undefined;
}

export type Groups = Readonly<Partial<Record<string, string>>>;

/** Whether a run begins here. Most that look so are over soon: only of the others so much is read. */
export function tokenStart({ start, least, longest }: Tokens): (bytes: Uint8Array, at: number) => boolean {
  const few = Math.min(least, 4);
  const beginsWith = [few, least].map((pieces) => ({ run: new RegExp(`^${start(pieces)}`, 'i'), reach: (pieces + 1) * longest }));
  return (bytes, at) => beginsWith.every(({ run, reach }) => textOf(bytes, at, at + reach).search(run) === 0);
}

/** Decodes pieces that follow one another, up to the first that says no bytes. */
export function createTokenStream({ lead, token, longest, bytesOf }: Tokens): RunDecoder {
  const one = new RegExp(token, 'iy');
  let before = lead === undefined ? undefined : new RegExp(lead, 'iy');
  return {
    read(bytes, from, limit) {
      const text = textOf(bytes, from, limit + longest);
      const decoded: number[] = [];
      let at = 0;
      if (before?.test(text) === true) at = before.lastIndex;
      before = undefined;
      while (from + at < limit) {
        one.lastIndex = at;
        const said = bytesOf(one.exec(text)?.groups ?? {});
        if (said === undefined) return { decoded: Uint8Array.from(decoded), next: from + at, isOver: true };
        decoded.push(...said);
        at = one.lastIndex;
      }
      return { decoded: Uint8Array.from(decoded), next: from + at, isOver: false };
    },
  };
}

const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, Math.min(bytes.length, to));
