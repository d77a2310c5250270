import type { Beside } from './beside.ts';
import { type ByteRoom, createFiller, type Decompressor, type Filler } from './byte-room.ts';
import { createHeldBytes } from './held-bytes.ts';

/** How the streams of one format are followed. It keeps where it stands; offsets are counted from the first byte of all streams. */
export interface PackedFormat {
  /** As faults name it. */
  readonly name: string;
  /**
   * What stands at `offset`: how many of the bytes were used. `'more'`: it takes more of them, if `isEnd` does not say that there are none.
   * `'none'`: between streams, nothing begins here.
   */
  step(bytes: Uint8Array, offset: number, isEnd: boolean): number | 'more' | 'none' | PackedFault;
  /** Nothing of a stream is missing here. */
  isBetween(): boolean;
  /** The first place at which the unpacking can go on, and whether it was found; else where the search goes on when more bytes are there. */
  find(bytes: Uint8Array, offset: number, isEnd: boolean): { readonly at: number; readonly isFound: boolean };
  /** From here on bytes may be asked for again after a fault. */
  keptFrom?(): number;
  /** What was skipped, where that is told. */
  beside?(): Beside | undefined;
  /** Set where something was not unpacked because its window is larger than those that are kept. */
  wideWindow?(): number | undefined;
  close(): void;
}

/** Some of a stream cannot be unpacked. `from`: where the search for what can be goes on; without it, the stream goes on behind `used`. */
export type PackedFault =
  | { readonly text: string; readonly from: number; readonly used?: undefined }
  | { readonly text: string; readonly used: number; readonly from?: undefined };

/** Searches after a fault. Each may cost reading again what was kept. */
const mostSearches = 1000;
const mostFaults = 8;

export interface PackedOptions {
  /** Whether what is no part of a stream goes through as it is. Not where the packed bytes are searched elsewhere. */
  readonly passesOthers: boolean;
}

/**
 * Streams one after the other. What stands between them and is no padding goes through as it is, so that a key can hide there neither; so does
 * what is passed over after damage, and then the unpacking goes on at the next place where it can.
 */
export function createPackedStreams(open: (filler: Filler) => PackedFormat, out: ByteRoom, { passesOthers }: PackedOptions): Decompressor {
  const filler = createFiller(out);
  const format = open(filler);
  const held = createHeldBytes();
  const faults: string[] = [];
  let at = 0;
  let streams = 0;
  let junk = 0;
  let searches = 0;
  let state: 'reading' | 'searching' | 'searching after damage' | 'given up' = 'reading';

  function fault(text: string): void {
    if (faults.length < mostFaults && !faults.includes(text)) faults.push(text);
  }

  function handOn(to: number): void {
    if (state === 'searching') junk += to - at;
    if (passesOthers) filler.copy(held.from(at), 0, to - at);
    at = to;
  }

  /** Whether it is worth asking again. */
  function advance(isEnd: boolean): boolean {
    if (state === 'given up') {
      handOn(held.end());
      return false;
    }
    if (state !== 'reading') return search(isEnd);
    if (format.isBetween() && streams > 0) skipPadding();
    if (at === held.end() && (!isEnd || format.isBetween())) return false;
    const isFirst = format.isBetween();
    const taken = format.step(held.from(at), at, isEnd);
    if (taken === 'more') return false;
    if (taken === 'none') {
      state = 'searching';
      return true;
    }
    if (isFirst) streams++;
    if (typeof taken === 'number') {
      at += taken;
      return true;
    }
    fault(taken.text);
    if (taken.used !== undefined) at += taken.used;
    else {
      at = taken.from;
      searches++;
      state = searches > mostSearches ? 'given up' : 'searching after damage';
    }
    return true;
  }

  function search(isEnd: boolean): boolean {
    const found = format.find(held.from(at), at, isEnd);
    handOn(found.at);
    if (found.isFound) state = 'reading';
    return found.isFound;
  }

  function skipPadding(): void {
    const bytes = held.from(at);
    let zeros = 0;
    while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
    at += zeros;
  }

  return {
    write(chunk) {
      held.push(chunk);
      while (advance(false)) held.forget(Math.min(at, format.keptFrom?.() ?? at));
      held.forget(Math.min(at, format.keptFrom?.() ?? at));
    },
    end() {
      while (advance(true)) held.forget(Math.min(at, format.keptFrom?.() ?? at));
      const isCut = state === 'reading' && !format.isBetween();
      if (isCut) fault(`the ${format.name} stream ends before its end`);
      else handOn(held.end());
      if (junk > 0) fault(`${junk} bytes are no ${format.name}`);
      filler.flush();
      format.close();
      return faults;
    },
    wideWindow: () => format.wideWindow?.(),
    beside: () => format.beside?.(),
    close: () => format.close(),
  };
}
