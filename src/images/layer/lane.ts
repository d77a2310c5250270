import type { ByteSink, LayerMatch, StreamMatch } from './layer-pass.ts';
import type { EncodedReader } from '../containers/encoded-reader.ts';
import { createFiller } from '../unpack/byte-room.ts';
import { createPlaces, type Region } from './places.ts';

/** One stream of unpacked content: items one after the other, searched by one sink. */
export interface Lane {
  /** One file of a tar ends at this offset, and the next begins right behind it. Said before the bytes around it are written. */
  cut(at: number): void;
  /** See `ByteSink`. */
  program(from: number, to: number): void;
  /** Starts an item; the one before has ended. */
  begin(path: string): LaneItem;
  /** What was held back is decided. */
  end(): void;
}

export interface LaneItem {
  readonly region: Region;
  write(bytes: Uint8Array): void;
  end(): void;
}

export interface LaneOptions {
  readonly sink: ByteSink;
  readonly found: (match: LayerMatch, isCopy: boolean) => void;
  /** The file inside an item that is itself no packed container (a stored zip entry, a member of a tar). */
  readonly innermost: (region: Region, offset: number) => Region;
  /** What runs of base64 hold is read by it, if by anything. */
  readonly encoded?: EncodedReader;
}

/** So that no key is made of the end of one item and the start of the next. */
const separator = new Uint8Array(64);

export function createLane({ sink, found, innermost, encoded }: LaneOptions): Lane {
  const places = createPlaces();
  /** Items of which a byte is still held, or to come. */
  const regions: { readonly path: string; readonly start: number; end: number }[] = [];
  /** Offset of the next byte. */
  let offset = 0;
  const filler = createFiller({
    room: () => sink.room(),
    commit(bytes) {
      sink.commit(bytes);
      report(sink.take());
      passEncoded();
      const held = sink.held();
      places.pass(held, textAt);
      const gone = regions.findIndex(({ end }) => end > held.startByte);
      regions.splice(0, gone < 0 ? regions.length : gone);
    },
  });

  const regionAt = (at: number): Region | undefined => regions.findLast(({ start, end }) => start <= at && at < end);

  function textAt(at: number): Region | undefined {
    const region = regionAt(at);
    return region && innermost(region, at);
  }

  function report(matches: readonly StreamMatch[]): void {
    if (matches.length === 0) return;
    const held = sink.held();
    for (const match of matches) {
      const region = regionAt(match.startByte);
      if (region === undefined) continue;
      const file = innermost(region, match.startByte);
      found({ ...match, ...places.placeOf(file, match.startByte, held) }, file.isCopy === true);
    }
  }

  function passEncoded(): void {
    for (const part of sink.encoded()) {
      const file = textAt(part.startByte);
      encoded?.pass(part, () => (file === undefined ? { path: '' } : places.placeOf(file, part.startByte, sink.held())));
    }
  }

  function pass(bytes: Uint8Array): void {
    offset += bytes.length;
    filler.copy(bytes, 0, bytes.length);
  }

  return {
    cut: (at) => sink.cut(at),
    program: (from, to) => sink.program(from, to),
    begin(path) {
      const region = { path, start: offset, end: Infinity };
      regions.push(region);
      return {
        region,
        write: pass,
        end() {
          region.end = offset;
          pass(separator);
        },
      };
    },
    end() {
      filler.flush();
      report(sink.end());
      passEncoded();
    },
  };
}
