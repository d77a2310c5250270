/**
 * Which paths a layer writes, in eight bytes each. Two paths may share a mark once in 10^15: enough to say what a later layer replaced, in a few
 * hundred kilobytes for a hundred thousand files. A directory's path ends in a slash.
 */
export interface PathSetWriter {
  /** `at`: where in the layer its content stands. */
  add(path: string, at: number): void;
  /** Where each of these paths was written last. */
  lastOf(paths: Iterable<string>): ReadonlyMap<string, number>;
  /** Base64 of the sorted marks. */
  text(): string;
}

export interface PathSet {
  has(path: string): boolean;
}

export function createPathSet(): PathSetWriter {
  let marks = new Float64Array(1024);
  let places = new Float64Array(1024);
  let count = 0;
  return {
    add(path, at) {
      if (count === marks.length) {
        marks = doubled(marks);
        places = doubled(places);
      }
      marks[count] = mark(path);
      places[count] = at;
      count++;
    },
    lastOf(paths) {
      const wanted = new Map([...paths].map((path) => [mark(path), path]));
      const last = new Map<string, number>();
      for (let n = 0; n < count && wanted.size > 0; n++) {
        const path = wanted.get(marks[n] as number);
        if (path !== undefined) last.set(path, places[n] as number);
      }
      return last;
    },
    text() {
      const sorted = marks.slice(0, count).sort();
      return Buffer.from(sorted.buffer).toString('base64');
    },
  };
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
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
