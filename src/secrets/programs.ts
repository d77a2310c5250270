/** Where in a stream programs stand. */
export interface Programs {
  /** Said again with its end where that was not known. */
  add(from: number, to: number): void;
  holds(at: number): boolean;
  /** No offset before this one is asked for any more. */
  forget(before: number): void;
}

/** Programs are named in any order; one inside of another is part of it. */
export function createPrograms(): Programs {
  const starts: number[] = [];
  const ends: number[] = [];

  /** How many begin at or before an offset. */
  function upTo(offset: number): number {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(from, to) {
      const place = upTo(from);
      const isKnown = starts[place - 1] === from;
      if (!isKnown && (ends[place - 1] ?? 0) > from) return;
      starts.splice(isKnown ? place - 1 : place, isKnown ? 1 : 0, from);
      ends.splice(isKnown ? place - 1 : place, isKnown ? 1 : 0, to);
    },
    holds(at) {
      const end = ends[upTo(at) - 1];
      return end !== undefined && at < end;
    },
    forget(before) {
      const next = ends.findIndex((end) => end > before);
      const gone = next < 0 ? ends.length : next;
      starts.splice(0, gone);
      ends.splice(0, gone);
    },
  };
}
