/** Part of a text or stream of bytes, one character per byte. */
export interface Excerpt {
  readonly text: string;
  /** Offset of its first character in the whole. */
  readonly base: number;
  /** Where in the text the last of the characters 2 to 31 stands, at or before a place of it; -1 where none does. */
  readonly controlUpTo: (at: number) => number;
}

export function excerptOf(text: string, base: number): Excerpt {
  let places: Int32Array | undefined;
  return { text, base, controlUpTo: (at) => (places ??= controlsIn(text))[at] ?? -1 };
}

/** For each place of a text the last control character up to it. */
function controlsIn(text: string): Int32Array {
  const places = new Int32Array(text.length);
  let last = -1;
  for (let at = 0; at < places.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 2 && code < 32) last = at;
    places[at] = last;
  }
  return places;
}

export interface Excerpts {
  /** Bytes [from, to) and perhaps more around them; less only where the whole begins or ends. Offsets are of the whole. */
  around(from: number, to: number): Excerpt;
}

/** More than this is never made into text at once. */
const largest = 32768;

/** What excerpts are made of: text of the whole, of which the part from `start()` up to `end()` is known. */
export interface Readable {
  readonly read: (from: number, to: number) => string;
  readonly start: () => number;
  readonly end: () => number;
}

/**
 * Text as it is asked for. What was made last is kept: many questions about one place cost one text, and where one
 * question follows closely on another, text is made in ever larger parts, so that no byte is made into text over and over.
 */
export function excerptsIn({ read, start, end }: Readable): Excerpts {
  let last = excerptOf('', 0);
  return {
    around(from, to) {
      const first = Math.max(from, start());
      const behind = Math.min(to, end());
      const lastEnd = last.base + last.text.length;
      if (first >= last.base && behind <= lastEnd) return last;
      const isClose = first >= last.base && first <= lastEnd;
      const size = isClose ? Math.max(behind - first, Math.min(largest, last.text.length * 2)) : behind - first;
      last = excerptOf(read(first, Math.min(end(), first + size)), first);
      return last;
    },
  };
}

/** The same of bytes that hold what is known of the whole from `base()` up to `end()`; of that, what stands before `start()` is left out. */
export function excerptsOf(bytes: Buffer, base: () => number, end: () => number, start: () => number = base): Excerpts {
  return excerptsIn({ read: (from, to) => bytes.toString('latin1', from - base(), to - base()), start, end });
}
