import type { ByteSink, LayerMatch, StreamMatch } from './layer-pass.ts';
import { createFiller } from './byte-room.ts';
import { createPlaces, type Region } from './places.ts';

/** One stream of unpacked content: items one after the other, searched by one sink. */
export interface Lane {
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
  readonly found: (match: LayerMatch) => void;
  /** The file inside an item that is itself no packed container (a stored zip entry, a member of a tar). */
  readonly innermost: (region: Region, offset: number) => Region;
}

/** So that no key is made of the end of one item and the start of the next. */
const separator = new Uint8Array(64);
const pieceBytes = 64 << 10;
const rememberedBytes = 1 << 20;

export function createLane({ sink, found, innermost }: LaneOptions): Lane {
  const places = createPlaces(pieceBytes);
  const regions: { readonly path: string; readonly start: number; end: number }[] = [];
  /** Offset of the next byte. */
  let offset = 0;
  const filler = createFiller({
    room: () => sink.room(),
    commit(bytes) {
      sink.commit(bytes);
      report(sink.take());
    },
  });

  function report(matches: readonly StreamMatch[]): void {
    for (const match of matches) {
      const region = regions.findLast(({ start, end }) => start <= match.startByte && match.startByte < end);
      if (region !== undefined) found({ ...match, ...places.placeOf(innermost(region, match.startByte), match.startByte) });
    }
  }

  function pass(bytes: Uint8Array, open: Region | undefined): void {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      offset += piece.length;
      places.pass(piece, open);
      filler.copy(piece, 0, piece.length);
    }
  }

  return {
    begin(path) {
      while (regions.length > 0 && (regions[0] as Region).end < offset - rememberedBytes) regions.shift();
      const region = { path, start: offset, end: Infinity };
      regions.push(region);
      return {
        region,
        write: (bytes) => pass(bytes, region),
        end() {
          region.end = offset;
          pass(separator, undefined);
        },
      };
    },
    end() {
      filler.flush();
      report(sink.end());
    },
  };
}
