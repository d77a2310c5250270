import { newlines } from '../../src/model/newlines.ts';
import type { AnchorSearch } from '../../src/secrets/search/anchor-search.ts';
import { streamMatch } from '../../src/secrets/byte-sink.ts';
import type { DetectorSet } from '../../src/secrets/detectors/detector-set.ts';
import { createKeyStream, streamBytes } from '../../src/secrets/key-stream.ts';
import type { Redactor } from '../../src/secrets/redact.ts';
import type { Net, NetName } from '../../src/secrets/search/search-tables.ts';

/** A sink that compares every pattern at every byte, asks no guard and knows no sieve: the oracle of both engines. */
export function everyPattern(set: DetectorSet, redactor: Redactor) {
  return () => {
    const stream = createKeyStream(set, plainestSearch(set, streamBytes(set.tables)), redactor);
    return {
      room: () => stream.room(),
      commit: (bytes: number) => stream.commit(bytes),
      program: (from: number, to: number) => stream.program(from, to),
      encoded: () => stream.encoded(),
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
      function all(name: NetName, at: number, { patterns, rests }: Listed): void {
        for (let n = 0; n < patterns.length; n++) {
          if (fits(rests[n] as readonly Uint8Array[], at + 1)) report(name, patterns[n] as number, at);
        }
      }
      function fits(rest: readonly Uint8Array[], at: number): boolean {
        if (at + rest.length > end) return false;
        for (let k = 0; k < rest.length; k++) if (rest[k]?.[bytes[at + k] as number] === 0) return false;
        return true;
      }
      const isNearWide = nearWide(bytes, end);
      for (let at = from; at < to; at++) {
        all('plain and base64', at, everywhere[bytes[at] as number] as Listed);
        if (isNearWide(at)) all('utf-16', at, wide[bytes[at] as number] as Listed);
      }
    },
    newlines: (from, to) => newlines(bytes, from, to),
  };
}

/** The patterns that begin with one byte; for each of their other bytes a table of members. */
interface Listed {
  readonly patterns: number[];
  readonly rests: (readonly Uint8Array[])[];
}

function byFirst(net: Net): readonly Listed[] {
  const lists = Array.from({ length: 256 }, (): Listed => ({ patterns: [], rests: [] }));
  for (let pattern = 0; pattern < net.patterns; pattern++) {
    const [first = [], ...others] = net.bytesOf(pattern);
    const rest = others.map((set) => Uint8Array.from({ length: 256 }, (_, byte) => (set.includes(byte) ? 1 : 0)));
    for (const byte of first) {
      lists[byte]?.patterns.push(pattern);
      lists[byte]?.rests.push(rest);
    }
  }
  return lists;
}

/** Is there a whole block of sixteen bytes of UTF-16 within 1024 bytes of the block that holds a place? */
function nearWide(bytes: Buffer, end: number): (at: number) => boolean {
  const near = new Uint8Array(Math.ceil(bytes.length / 16));
  for (let block = 0; block + 16 <= end; block += 16) {
    if (isWide(bytes, block, 1) || isWide(bytes, block, 0)) near.fill(1, Math.max(0, block / 16 - 64), block / 16 + 65);
  }
  return (at) => near[at >> 4] === 1;
}

function isWide(bytes: Buffer, block: number, zeroAt: 0 | 1): boolean {
  for (let at = block; at < block + 16; at += 2) {
    const low = bytes[at + 1 - zeroAt] as number;
    if (bytes[at + zeroAt] !== 0 || low === 0 || low > 0x7f) return false;
  }
  return true;
}
