/** Numbers to be found again, in four bytes each. */
export interface MarkList {
  add(mark: number): void;
  has(mark: number): boolean;
}

export function createMarkList(): MarkList {
  let marks = new Uint32Array(64);
  let count = 0;
  let isSorted = true;
  return {
    add(mark) {
      if (count === marks.length) {
        const larger = new Uint32Array(count * 2);
        larger.set(marks);
        marks = larger;
      }
      marks[count++] = mark;
      isSorted = false;
    },
    has(mark) {
      if (!isSorted) marks.subarray(0, count).sort();
      isSorted = true;
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((marks[middle] as number) < mark) low = middle + 1;
        else high = middle;
      }
      return low < count && marks[low] === mark;
    },
  };
}
