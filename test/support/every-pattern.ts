import type { AnchorSearch } from '../../src/secrets/anchor-search.ts';
import { streamMatch } from '../../src/secrets/byte-sink.ts';
import type { DetectorSet } from '../../src/secrets/detector-set.ts';
import { createKeyStream, streamBytes } from '../../src/secrets/key-stream.ts';
import type { Redactor } from '../../src/secrets/redact.ts';
import type { Net, NetName } from '../../src/secrets/search-tables.ts';

/** A sink that compares every pattern at every byte, asks no guard and knows no sieve: the oracle of both engines. */
export function everyPattern(set: DetectorSet, redactor: Redactor) {
  return () => {
    const stream = createKeyStream(set, plainestSearch(set, streamBytes(set.tables)), redactor);
    return {
      room: () => stream.room(),
      commit: (bytes: number) => stream.commit(bytes),
      take: () => stream.take().map(streamMatch),
      end: () => stream.end().map(streamMatch),
    };
  };
}

function plainestSearch({ tables }: DetectorSet, size: number): AnchorSearch {
  const bytes = Buffer.alloc(size);
  const everywhere = byFirst(tables.nets['plain and base64']);
  const wide = byFirst(tables.nets['utf-16']);
  return {
    bytes,
    find(from, to, end, report) {
      const fits = ({ rest }: Listed, at: number): boolean =>
        rest.every((set, k) => at + k + 1 < end && set.has(bytes[at + k + 1] as number));
      const all = (name: NetName, at: number, lists: readonly (readonly Listed[])[]): void => {
        for (const listed of lists[bytes[at] as number] as readonly Listed[]) if (fits(listed, at)) report(name, listed.pattern, at);
      };
      let wideUntil = -1;
      for (let at = from; at < to; at++) {
        all('plain and base64', at, everywhere);
        // Blocks are looked for once per block, as far as they reach.
        if (at === from || at % 16 === 0) wideUntil = isNearWide(bytes, at, end) ? (at & -16) + 16 : -1;
        if (at < wideUntil) all('utf-16', at, wide);
      }
    },
  };
}

interface Listed {
  readonly pattern: number;
  readonly rest: readonly ReadonlySet<number>[];
}

function byFirst(net: Net): readonly (readonly Listed[])[] {
  const lists = Array.from({ length: 256 }, (): Listed[] => []);
  for (let pattern = 0; pattern < net.patterns; pattern++) {
    const [first = [], ...rest] = net.bytesOf(pattern);
    for (const byte of first) lists[byte]?.push({ pattern, rest: rest.map((set) => new Set(set)) });
  }
  return lists;
}

/** Is there a whole block of sixteen bytes of UTF-16 within 1024 bytes of the block that holds this place? */
function isNearWide(bytes: Buffer, at: number, end: number): boolean {
  for (let block = Math.max(0, (at & -16) - 1024); block + 16 <= end && block <= (at & -16) + 1024; block += 16) {
    if (isWide(bytes, block, 1) || isWide(bytes, block, 0)) return true;
  }
  return false;
}

function isWide(bytes: Buffer, block: number, zeroAt: 0 | 1): boolean {
  for (let at = block; at < block + 16; at += 2) {
    const low = bytes[at + 1 - zeroAt] as number;
    if (bytes[at + zeroAt] !== 0 || low === 0 || low > 0x7f) return false;
  }
  return true;
}
