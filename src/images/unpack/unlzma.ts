import type { Filler } from './byte-room.ts';
import type { PackedFault, PackedFormat } from './packed-streams.ts';
import type { UnpackExports } from './unpack-module.ts';
import { createStage } from './unpack-stage.ts';
import { lzmaFault, lzmaReturn } from './lzma-faults.ts';

export interface LzmaHeader {
  readonly name: 'lzip' | 'lzma';
  readonly bytes: number;
  /** Whether this can begin a stream, as far as the bytes are there; the first one, or one behind it. */
  begins(head: Uint8Array, isFirst: boolean): boolean;
  window(head: Uint8Array): number;
  /** The same header with no larger window than this. */
  withWindow(head: Uint8Array, largest: number): Uint8Array;
}

const lzipMagic = Buffer.from('LZIP');

/** https://www.nongnu.org/lzip/manual/lzip_manual.html#File-format: a power of two, less some sixteenths of it. */
export const lzip: LzmaHeader = {
  name: 'lzip',
  bytes: 6,
  begins: (head) => lzipMagic.subarray(0, head.length).equals(head.subarray(0, 4)) && (head[4] ?? 1) <= 1,
  window: (head) => lzipWindow(head[5] ?? 0),
  withWindow: (head, largest) => (lzipWindow(head[5] ?? 0) > largest ? Buffer.from([...head.subarray(0, 5), Math.log2(largest)]) : head),
};

const lzipWindow = (code: number): number => 2 ** (code & 31) - (2 ** (code & 31) / 16) * (code >> 5);

/** What LZMA wrote before xz: properties, the window, the length or nothing but ones. It has no magic: who opens it has looked at that. */
export const lzma: LzmaHeader = {
  name: 'lzma',
  bytes: 13,
  begins: (head, isFirst) => isFirst && (head[0] ?? 0) < properties,
  window: (head) => windowOf(head),
  withWindow(head, largest) {
    const smaller = Buffer.from(head);
    smaller.writeUInt32LE(Math.min(windowOf(head), largest), 1);
    return smaller;
  },
};

/** Nine times five times five. */
const properties = 225;

const windowOf = (head: Uint8Array): number => new DataView(head.buffer, head.byteOffset).getUint32(1, true);

/** Both kinds of stream, by liblzma. What follows a damaged member of lzip is found by the header of the next one. */
export function createLzmaFormat(
  exports: UnpackExports,
  filler: Filler,
  { header, largestWindow }: { readonly header: LzmaHeader; readonly largestWindow: number },
): PackedFormat {
  const stage = createStage(exports, filler);
  let isOpen = false;
  let isFirst = true;
  let window = 0;
  let unpacked = 0;
  let wide: number | undefined;

  function start(bytes: Uint8Array): number | 'more' | 'none' | PackedFault {
    const head = bytes.subarray(0, header.bytes);
    if (!header.begins(head, isFirst)) return 'none';
    if (head.length < header.bytes) return 'more';
    isFirst = false;
    window = header.window(head);
    const answer = (header.name === 'lzip' ? exports.xz_open_lzip : exports.xz_open_lzma)(stage.unpacker);
    isOpen = answer === lzmaReturn.ok;
    unpacked = 0;
    stage.step(exports.xz_step, stage.load(header.withWindow(head, largestWindow)));
    return header.bytes;
  }

  function close(): void {
    if (isOpen) exports.xz_close(stage.unpacker);
    isOpen = false;
  }

  return {
    name: header.name,
    step(bytes, offset, isEnd) {
      if (!isOpen) {
        const taken = start(bytes);
        return taken === 'more' && isEnd ? 'none' : taken;
      }
      const { answer, consumed, produced } = stage.step(exports.xz_step, stage.load(bytes));
      unpacked += produced;
      if (answer === lzmaReturn.ok) return consumed;
      if (answer === lzmaReturn.noProgress) return 'more';
      close();
      if (answer === lzmaReturn.end) return consumed;
      // What was unpacked was kept until now: it is damage then.
      const isWide = window > largestWindow && unpacked > largestWindow && answer === lzmaReturn.damaged;
      if (!isWide) return { text: lzmaFault(header.name, answer), from: offset + consumed };
      wide = window;
      return { text: `it asks for a window of ${window} bytes, and ${largestWindow} are kept`, from: offset + consumed };
    },
    isBetween: () => !isOpen,
    find(bytes, offset) {
      if (header.name !== 'lzip') return { at: offset + bytes.length, isFound: false };
      for (let n = bytes.indexOf(lzipMagic[0] as number); n >= 0; n = bytes.indexOf(lzipMagic[0] as number, n + 1)) {
        const head = bytes.subarray(n, n + header.bytes);
        if (header.begins(head, false)) return { at: offset + n, isFound: head.length === header.bytes };
      }
      return { at: offset + bytes.length, isFound: false };
    },
    wideWindow: () => wide,
    close() {
      close();
      stage.close();
    },
  };
}
