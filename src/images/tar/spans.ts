interface Span {
  readonly start: number;
  readonly end: number;
}

/** What lies one behind the other in a stream, to be asked for by an offset. */
export interface Spans<T extends Span> {
  /** Each starts where the one before it ended, or later. */
  add(span: T): void;
  at(offset: number): T | undefined;
  /** Those that end before this offset will not be asked for. */
  forget(before: number): void;
}

export function createSpans<T extends Span>(): Spans<T> {
  const spans: T[] = [];
  return {
    add: (span) => void spans.push(span),
    at(offset) {
      let low = 0;
      let high = spans.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((spans[middle] as T).end <= offset) low = middle + 1;
        else high = middle;
      }
      const span = spans[low];
      return span !== undefined && span.start <= offset ? span : undefined;
    },
    forget(before) {
      let gone = 0;
      while (gone < spans.length && (spans[gone] as T).end < before) gone++;
      if (gone > 0) spans.splice(0, gone);
    },
  };
}
