import { blockBytes } from '../tar/tar-header.ts';

/**
 * Which paths a layer writes, in eight bytes each. Two paths may share a mark once in 10^15: enough to say what a later layer replaced, in a few
 * hundred kilobytes for a hundred thousand files. A directory's path ends in a slash.
 */
export interface PathSetWriter {
  /** `at`: where in the layer its content stands. */
  add(path: string, at: number): void;
  /** Where each of these paths was written last: the block of 512 bytes, by its first. */
  lastOf(paths: Iterable<string>): ReadonlyMap<string, number>;
  /** The sorted marks. Nothing can be asked of the set afterwards. */
  marks(): Uint8Array<ArrayBuffer>;
}

export interface PathSet {
  has(path: string): boolean;
}

/** Marks are kept in blocks: one list that grew by doubling would for a moment need three times as much. */
const blockLength = 1 << 14;

interface Block {
  readonly marks: Float64Array;
  /** Blocks of the tar: bytes would need twice the memory. */
  readonly places: Uint32Array;
}

export function createPathSet(): PathSetWriter {
  const blocks: Block[] = [];
  let last: Block = emptyBlock();
  let count = 0;
  return {
    add(path, at) {
      const n = count % blockLength;
      if (n === 0) blocks.push((last = emptyBlock()));
      last.marks[n] = mark(path);
      last.places[n] = Math.floor(at / blockBytes);
      count++;
    },
    lastOf(paths) {
      const wanted = new Map([...paths].map((path) => [mark(path), path]));
      const found = new Map<string, number>();
      if (wanted.size === 0) return found;
      for (const [block, { marks, places }] of blocks.entries()) {
        const filled = Math.min(blockLength, count - block * blockLength);
        for (let n = 0; n < filled; n++) {
          const path = wanted.get(marks[n] as number);
          if (path !== undefined) found.set(path, (places[n] as number) * blockBytes);
        }
      }
      return found;
    },
    marks() {
      const all = new Float64Array(count);
      for (let at = 0; at < count; at += blockLength) {
        const block = blocks.shift() as Block; // there is one for each so many
        all.set(block.marks.subarray(0, count - at), at);
      }
      return new Uint8Array(all.sort().buffer);
    },
  };
}

const emptyBlock = (): Block => ({ marks: new Float64Array(blockLength), places: new Uint32Array(blockLength) });

/** `bytes`: as `marks` gives them. */
export function readPathSet(bytes: Uint8Array): PathSet {
  const marks = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
  return {
    has(path) {
      const wanted = mark(path);
      let low = 0;
      let high = marks.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((marks[middle] as number) < wanted) low = middle + 1;
        else high = middle;
      }
      return marks[low] === wanted;
    },
  };
}

/** 53 bits of two multiplicative hashes. */
function mark(path: string): number {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let n = 0; n < path.length; n++) {
    const unit = path.charCodeAt(n);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b & 0x1fffff) * 2 ** 32 + (a >>> 0);
}
