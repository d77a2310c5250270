import { type Excerpts, excerptsIn } from '../excerpt.ts';
import type { Unpacked } from './unpacked.ts';

type Order = 'utf-16le' | 'utf-16be';

/**
 * Reads UTF-16 around leads: one character per unit, and for a unit above U+00FF a byte that no key has. `bytes` are the known part
 * of a stream from `base` on; `place` is the offset in the stream of the lower byte of a unit. Offsets of the text are numbers of units.
 */
export function createWideReader(): (bytes: Uint8Array, base: number, place: number, order: Order) => Unpacked {
  let known: { readonly bytes: Uint8Array; readonly base: number } = { bytes: new Uint8Array(), base: 0 };
  const readers = new Map<string, Excerpts>();

  /** Text whose lower bytes stand at even or at odd offsets. */
  function readerOf(parity: number, order: Order): Excerpts {
    const key = `${order} ${parity}`;
    const reader = readers.get(key) ?? makeReader(parity, order === 'utf-16le' ? 1 : -1);
    readers.set(key, reader);
    return reader;
  }

  /** `high`: where the upper byte of a unit stands, from its lower. */
  function makeReader(parity: number, high: 1 | -1): Excerpts {
    return excerptsIn({
      start: () => Math.ceil((known.base - parity + (high < 0 ? 1 : 0)) / 2),
      end: () => Math.floor((known.base + known.bytes.length - 1 - parity - (high > 0 ? 1 : 0)) / 2) + 1,
      read: (from, to) => {
        const { bytes, base } = known;
        const codes = Buffer.allocUnsafe(Math.max(0, to - from));
        for (let n = 0, at = 2 * from + parity - base; n < codes.length; n++, at += 2) {
          codes[n] = bytes[at + high] === 0 ? (bytes[at] as number) : 0xff;
        }
        return codes.toString('latin1');
      },
    });
  }

  return (bytes, base, place, order) => {
    known = { bytes, base };
    const parity = place & 1;
    const placeOf = (offset: number): number => 2 * offset + parity - (order === 'utf-16le' ? 0 : 1);
    return {
      excerpts: readerOf(parity, order),
      at: (place - parity) / 2,
      packing: order,
      first: 0,
      startOf: placeOf,
      endOf: placeOf,
    };
  };
}
