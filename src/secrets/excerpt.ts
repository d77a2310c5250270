/** Part of a text or stream of bytes, one character per byte. */
export interface Excerpt {
  readonly text: string;
  /** Offset of its first character in the whole. */
  readonly base: number;
}

export interface Excerpts {
  /** Bytes [from, to) and perhaps more around them; less only where the whole begins or ends. Offsets are of the whole. */
  around(from: number, to: number): Excerpt;
}

/** More than this is never made into text at once. */
const largest = 32768;

/**
 * Text of bytes as it is asked for. What was made last is kept: many questions about one place cost one text, and where one
 * question follows closely on another, text is made in ever larger parts, so that no byte is made into text over and over.
 * `bytes` hold what is known of the whole from `base()` up to `end()`; of that, what stands before `start()` is left out.
 */
export function excerptsOf(bytes: Buffer, base: () => number, end: () => number, start: () => number = base): Excerpts {
  let last: Excerpt = { text: '', base: 0 };
  return {
    around(from, to) {
      const first = Math.max(from, start());
      const behind = Math.min(to, end());
      const lastEnd = last.base + last.text.length;
      if (first >= last.base && behind <= lastEnd) return last;
      const isClose = first >= last.base && first <= lastEnd;
      const size = isClose ? Math.max(behind - first, Math.min(largest, last.text.length * 2)) : behind - first;
      const until = Math.min(end(), first + size);
      last = { text: bytes.toString('latin1', first - base(), until - base()), base: first };
      return last;
    },
  };
}
