import type * as zlib from 'node:zlib';
import type { Beside } from './beside.ts';

/** Where unpacked bytes go: a `ByteSink` without its matches. */
export interface ByteRoom {
  room(): Uint8Array;
  commit(bytes: number): void;
}

/** Takes a stream in pieces of any size. Damage never throws: what can be read is read, and `end` says what was wrong. */
export interface Decompressor {
  write(chunk: Uint8Array): void | Promise<void>;
  /** The faults of the stream, in order, one sentence each. All bytes have been committed. */
  end(): readonly string[] | Promise<readonly string[]>;
  /** What the stream held beside its content, where that is told. */
  beside?(): Beside | undefined;
  /** Set where some of it was not unpacked because that takes a window of so many bytes. */
  wideWindow?(): number | undefined;
  /** Frees native memory; for one that is given up before its end. */
  close(): void;
}

/** Copies into rooms and commits each when it is full. */
export function createCopy(out: ByteRoom): Decompressor {
  const filler = createFiller(out);
  return {
    write: (chunk) => filler.copy(chunk, 0, chunk.length),
    end() {
      filler.flush();
      return [];
    },
    close: () => undefined,
  };
}

export interface Filler {
  /** The current room and how much of it is filled. */
  room: Uint8Array;
  filled: number;
  /** Counts bytes that were written at `filled`; commits a full room. */
  advance(bytes: number): void;
  copy(bytes: Uint8Array, from: number, to: number): void;
  flush(): void;
}

export function createFiller(out: ByteRoom): Filler {
  const filler: Filler = {
    room: out.room(),
    filled: 0,
    advance(bytes) {
      filler.filled += bytes;
      if (filler.filled === filler.room.length) filler.flush();
    },
    copy(bytes, from, to) {
      for (let at = from; at < to; ) {
        const length = Math.min(to - at, filler.room.length - filler.filled);
        filler.room.set(bytes.subarray(at, at + length), filler.filled);
        at += length;
        filler.advance(length);
      }
    },
    flush() {
      if (filler.filled === 0) return;
      const { filled } = filler;
      filler.filled = 0;
      out.commit(filled);
      filler.room = out.room();
    },
  };
  return filler;
}

/** The public streams, for a Node without the handle that `openHandle` wants: slower, and a fault costs the output of the call. */
export function streamed(stream: ReturnType<typeof zlib.createGunzip>, out: ByteRoom): Decompressor {
  const filler = createFiller(out);
  const faults: string[] = [];
  let failed: unknown;
  stream.on('data', (bytes: Buffer) => {
    try {
      filler.copy(bytes, 0, bytes.length);
    } catch (error) {
      // A budget of the reader: it must reach the caller of `write`, not the stream.
      failed ??= error;
      stream.destroy();
    }
  });
  const closed = new Promise<void>((resolve) => {
    stream.on('error', (error) => faults.push(error.message)).on('close', resolve);
  });
  return {
    async write(chunk) {
      if (stream.destroyed) return;
      await Promise.race([new Promise<void>((resolve) => stream.write(chunk, () => resolve())), closed]);
      if (failed !== undefined) throw failed;
    },
    async end() {
      if (!stream.destroyed) stream.end();
      await closed;
      if (failed !== undefined) throw failed;
      filler.flush();
      return faults;
    },
    close: () => stream.destroy(),
  };
}
