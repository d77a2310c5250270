import type { Filler } from './byte-room.ts';
import { dropIfLarge, type UnpackExports } from './unpack-module.ts';

/** Unpacks the blocks of a frame of lz4, one by one. */
export interface Lz4Blocks {
  /** `isLinked`: a block may reach into those before it. `isChecked`: what is unpacked is summed up. */
  begin(frame: Lz4Frame): void;
  /** A block of so many packed bytes begins. */
  expect(bytes: number): void;
  /** Takes those that are there, and answers how many; `missing` counts those to come. */
  take(packed: Uint8Array): number;
  missing(): number;
  /** Hands on what the block unpacks to, before damage too. Whether there was none. */
  unpack(isStored: boolean): boolean;
  /** Of the packed bytes of the block. */
  packedSum(): number;
  /** Since `begin`, of what was unpacked. */
  produced(): number;
  sum(): number;
  hash(bytes: Uint8Array): number;
  close(): void;
}

export interface Lz4Frame {
  /** Bytes of an unpacked block. */
  readonly largest: number;
  readonly isLinked: boolean;
  readonly isChecked: boolean;
}

const windowBytes = 64 << 10;
const untouched = 0xa5;

export function createLz4Blocks(exports: UnpackExports, filler: Filler): Lz4Blocks {
  const state = exports.XXH32_createState();
  let heap = new Uint8Array(exports.memory.buffer);
  let frame: Lz4Frame = { largest: 0, isLinked: false, isChecked: false };
  const input = growing(exports);
  /** The window, and behind it the block. */
  const output = growing(exports);
  let history = 0;
  let produced = 0;
  /** Packed bytes of the block: all, and those that are there. */
  let wanted = 0;
  let taken = 0;
  let isClosed = false;

  /** Memory that grew, for this stream or for one inside of it, is another buffer. */
  function look(): Uint8Array {
    if (heap.buffer !== exports.memory.buffer) heap = new Uint8Array(exports.memory.buffer);
    return heap;
  }

  function unpack(isStored: boolean): boolean {
    if (!output.atLeast(windowBytes + frame.largest)) return false;
    const target = output.at() + windowBytes;
    let length = taken;
    let isWhole = taken === wanted;
    if (isStored) look().copyWithin(target, input.at(), input.at() + length);
    else {
      length = decode(taken);
      isWhole &&= length >= 0;
      if (length < 0) length = decodeDamaged(taken);
    }
    if (frame.isChecked) exports.XXH32_update(state, target, length);
    produced += length;
    handOn(target, length);
    keepWindow(target, length);
    return isWhole;
  }

  function decode(bytes: number): number {
    const target = output.at() + windowBytes;
    return exports.LZ4_decompress_safe_usingDict(input.at(), target, bytes, frame.largest, target - history, history);
  }

  /** On a fault it does not say how much it wrote; marked memory does. No byte stands for more than 255. */
  function decodeDamaged(bytes: number): number {
    const target = output.at() + windowBytes;
    const room = look().subarray(target, target + Math.min(frame.largest, bytes * 255 + 64));
    room.fill(untouched);
    decode(bytes);
    let end = room.length;
    while (end > 0 && room[end - 1] === untouched) end--;
    return end;
  }

  function handOn(from: number, length: number): void {
    const end = from + length;
    for (let at = from; at < end; ) {
      const part = Math.min(end - at, filler.room.length - filler.filled);
      filler.room.set(look().subarray(at, at + part), filler.filled);
      at += part;
      filler.advance(part);
    }
  }

  function keepWindow(target: number, length: number): void {
    if (!frame.isLinked) return;
    const kept = Math.min(windowBytes, history + length);
    look().copyWithin(target - kept, target + length - kept, target + length);
    history = kept;
  }

  return {
    begin(next) {
      frame = next;
      history = 0;
      produced = 0;
      exports.XXH32_reset(state, 0);
    },
    expect(bytes) {
      wanted = bytes;
      taken = 0;
    },
    take(packed) {
      const more = packed.subarray(0, wanted - taken);
      if (input.atLeast(wanted)) look().set(more, input.at() + taken);
      taken += more.length;
      return more.length;
    },
    missing: () => wanted - taken,
    unpack,
    packedSum: () => exports.XXH32(input.at(), taken, 0) >>> 0,
    produced: () => produced,
    sum: () => exports.XXH32_digest(state) >>> 0,
    hash(bytes) {
      if (!input.atLeast(bytes.length)) return 0;
      look().set(bytes, input.at());
      return exports.XXH32(input.at(), bytes.length, 0) >>> 0;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      exports.XXH32_freeState(state);
      input.free();
      output.free();
      dropIfLarge(exports);
    },
  };
}

/** Memory for as much as was asked for at most. */
function growing({ malloc, free }: UnpackExports) {
  let pointer = 0;
  let room = 0;
  return {
    at: () => pointer,
    atLeast(bytes: number): boolean {
      if (bytes <= room && pointer !== 0) return true;
      free(pointer);
      pointer = malloc(bytes);
      room = pointer === 0 ? 0 : bytes;
      return pointer !== 0;
    },
    free: () => free(pointer),
  };
}
