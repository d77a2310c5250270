import type { ByteRoom, Decompressor } from '../unpack/byte-room.ts';
import type { Container, Item } from './container.ts';
import { createGunzip } from '../unpack/gunzip.ts';
import type { ContentReader } from './content-reader.ts';
import { createUnpacker, type PackedKind } from '../unpack/packed-kinds.ts';
import { createWasmUnzstd } from '../unpack/unzstd-wasm.ts';
import { zstdWindow } from '../unpack/zstd-window.ts';
import type { ZstdExports } from '../unpack/zstd-module.ts';

/** A file that is one packed stream, gzip: what it unpacks to is one item without a name of its own. */
export function readGzip(container: Container): ContentReader | undefined {
  const inflate = container.inflates.open('deflate');
  if (inflate === undefined) return unopened(container, 'gzip');
  const item = container.item('');
  if (item === undefined) return undefined;
  const { scratch } = inflate;
  return unpacking(container, item, (out) => createGunzip(out, inflate), scratch);
}

/** The memory that a window takes is taken for each file: larger ones are left out. `zstd --ultra -22` writes at most 128 MiB, `-19` 8 MiB. */
const largestWindow = 32 << 20;

/** The same of zstd. `head`: its first bytes. */
export function readZstd(container: Container, exports: ZstdExports | undefined, head: Uint8Array): ContentReader | undefined {
  if (exports === undefined) return unopened(container, 'zstd');
  const window = zstdWindow(head);
  if (window !== undefined && window > largestWindow) {
    container.gap('too-large', `not opened: to unpack it takes a window of ${window} bytes`);
    return undefined;
  }
  const item = container.item('');
  if (item === undefined) return undefined;
  return unpacking(container, item, (out) => createWasmUnzstd(exports, out), new Uint8Array(scratchBytes));
}

/** `xz -6` writes 8 MiB, `-9` 64: what reaches back no further than this is read all the same. */
const largestLzmaWindow = 16 << 20;

/** The same of xz and its kin, bzip2 and lz4. */
export function readPacked(container: Container, kind: PackedKind): ContentReader | undefined {
  const item = container.item('');
  return item && readPackedItem(container, item, kind);
}

/** One file of several that a container holds. */
export function readPackedItem(container: Container, item: Item, kind: PackedKind): ContentReader | undefined {
  const options = { largestWindow: largestLzmaWindow, passesOthers: false };
  return unpacking(container, item, (out) => createUnpacker(kind, out, options), new Uint8Array(scratchBytes));
}

const scratchBytes = 64 << 10;

function unopened(container: Container, format: string): undefined {
  container.limit(`file packed as ${format}, not opened`);
}

function unpacking(
  container: Container,
  item: Item,
  open: (out: ByteRoom) => Decompressor | undefined,
  scratch: Uint8Array,
): ContentReader | undefined {
  let goesOn = true;
  const decompressor = open({
    room: () => scratch,
    commit(bytes) {
      if (goesOn) goesOn = item.write(scratch.subarray(0, bytes));
      if (!goesOn) throw stopped;
    },
  });
  if (decompressor === undefined) return undefined;
  const opened = decompressor;

  /** A little that is packed may be much: what is over is over at once. */
  function untilStopped<T>(work: () => T): T | undefined {
    try {
      return goesOn ? work() : undefined;
    } catch (error) {
      if (error !== stopped) throw error;
      return undefined;
    }
  }

  return {
    push: (bytes) => void untilStopped(() => opened.write(bytes)), // both write in the calling thread
    end(isWhole) {
      const faults = untilStopped(() => opened.end() as readonly string[]); // and end in it
      if (faults === undefined) opened.close();
      const window = opened.wideWindow?.();
      if (window !== undefined) container.gap('too-large', `read in part: to unpack it takes a window of ${window} bytes`);
      else if (faults !== undefined && faults.length > 0 && isWhole) container.limit('damaged archive inside a layer');
      item.end(faults?.length === 0);
    },
  };
}

/** Thrown through a decompressor where a budget is spent. */
const stopped = new Error('a budget is spent');
