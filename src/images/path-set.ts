/**
 * Which paths a layer writes, in eight bytes each. Two paths may share a mark once in 10^15: enough to say what a later layer replaced, in a few
 * hundred kilobytes for a hundred thousand files. A directory's path ends in a slash.
 */
export interface PathSetWriter {
  /** `at`: where in the layer its content stands. */
  add(path: string, at: number): void;
  /** Where each of these paths was written last. */
  lastOf(paths: Iterable<string>): ReadonlyMap<string, number>;
  /** Base64 of the sorted marks. Nothing can be asked of the set afterwards. */
  text(): string;
}

export interface PathSet {
  has(path: string): boolean;
}

/** Marks are kept in blocks: one list that grew by doubling would for a moment need three times as much. */
const blockLength = 1 << 14;

export function createPathSet(): PathSetWriter {
  const marks: Float64Array[] = [];
  const places: Float64Array[] = [];
  let count = 0;
  return {
    add(path, at) {
      const n = count % blockLength;
      if (n === 0) {
        marks.push(new Float64Array(blockLength));
        places.push(new Float64Array(blockLength));
      }
      marks.at(-1)?.fill(mark(path), n, n + 1);
      places.at(-1)?.fill(at, n, n + 1);
      count++;
    },
    lastOf(paths) {
      const wanted = new Map([...paths].map((path) => [mark(path), path]));
      const last = new Map<string, number>();
      for (const [block, list] of marks.entries()) {
        if (wanted.size === 0) break;
        const filled = Math.min(blockLength, count - block * blockLength);
        for (let n = 0; n < filled; n++) {
          const path = wanted.get(list[n] as number);
          if (path !== undefined) last.set(path, places[block]?.[n] as number);
        }
      }
      return last;
    },
    text() {
      const sorted = new Float64Array(marks.length * blockLength);
      for (const [block, list] of marks.entries()) sorted.set(list, block * blockLength);
      marks.length = 0;
      places.length = 0;
      const all = sorted.subarray(0, count).sort();
      return Buffer.from(all.buffer, 0, all.byteLength).toString('base64');
    },
  };
}

export function readPathSet(text: string): PathSet {
  const bytes = Buffer.from(text, 'base64');
  const marks = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~7)));
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
