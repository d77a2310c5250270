/** A sequence of byte sets: what the first byte may be, the second, and so on. */
export type BytePattern = readonly (readonly number[])[];

export interface Automaton {
  readonly states: number;
  readonly classes: number;
  readonly longestPattern: number;
  /**
   * Reports every occurrence of every pattern that starts in [from, to), each once and in no promised order.
   * It reads past `to` as far as a pattern reaches, but not past the end of `bytes`.
   */
  find(bytes: Uint8Array, from: number, to: number, report: (pattern: number, start: number) => void): void;
}

/** Below this length four streams cost more than they hide. */
const interleaveFrom = 1024;

/**
 * Aho-Corasick as a dense automaton. Large ranges are read in four interleaved streams: each step of one
 * automaton waits for memory, and four independent ones wait at the same time.
 */
export function buildAutomaton(patterns: readonly BytePattern[]): Automaton {
  if (patterns.some((pattern) => pattern.length === 0)) throw new Error('a pattern needs a byte');
  const { classOf, classes } = byteClasses(patterns);
  const { rows, accepted } = subsets(patterns, classOf, classes);
  const { table, firstAccepting, ids } = layOut(rows, accepted, classOf);
  const lengths = patterns.map((pattern) => pattern.length);
  const longestPattern = Math.max(0, ...lengths);

  type Report = (pattern: number, start: number) => void;

  function hit(state: number, at: number, from: number, to: number, report: Report): void {
    for (const pattern of ids[state >>> 8] ?? []) {
      const start = at + 1 - (lengths[pattern] ?? 0);
      if (start >= from && start < to) report(pattern, start);
    }
  }

  /** One stream from `state`: bytes [at, end), starts counted in [from, to). */
  function walk(bytes: Uint8Array, state: number, at: number, end: number, from: number, to: number, report: Report): void {
    let now = state;
    for (let i = at; i < end; i++) {
      now = table[now + (bytes[i] as number)] as number;
      if (now >= firstAccepting) hit(now, i, from, to, report);
    }
  }

  function find(bytes: Uint8Array, from: number, to: number, report: Report): void {
    const reach = (end: number): number => Math.min(bytes.length, end + longestPattern - 1);
    if (to <= from) return;
    if (to - from < interleaveFrom) return walk(bytes, 0, from, reach(to), from, to, report);
    const quarter = (to - from) >>> 2;
    const b = from + quarter;
    const c = b + quarter;
    const d = c + quarter;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < quarter; i++) {
      // Every index is in range: the fourth stream ends at d + quarter <= to.
      s0 = table[s0 + (bytes[from + i] as number)] as number;
      s1 = table[s1 + (bytes[b + i] as number)] as number;
      s2 = table[s2 + (bytes[c + i] as number)] as number;
      s3 = table[s3 + (bytes[d + i] as number)] as number;
      if (s0 < firstAccepting && s1 < firstAccepting && s2 < firstAccepting && s3 < firstAccepting) continue;
      if (s0 >= firstAccepting) hit(s0, from + i, from, b, report);
      if (s1 >= firstAccepting) hit(s1, b + i, b, c, report);
      if (s2 >= firstAccepting) hit(s2, c + i, c, d, report);
      if (s3 >= firstAccepting) hit(s3, d + i, d, to, report);
    }
    walk(bytes, s0, b, reach(b), from, b, report);
    walk(bytes, s1, c, reach(c), b, c, report);
    walk(bytes, s2, d, reach(d), c, d, report);
    walk(bytes, s3, d + quarter, reach(to), d, to, report);
  }

  return { states: rows.length, classes, longestPattern, find };
}

/** Bytes that no pattern tells apart share a class: fewer transitions to work out. */
function byteClasses(patterns: readonly BytePattern[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(256);
  let classes = 1;
  const seen = new Set<string>();
  for (const set of patterns.flat()) {
    const key = set.join();
    if (seen.has(key)) continue;
    seen.add(key);
    const size = new Map<number, number>();
    for (const id of classOf) size.set(id, (size.get(id) ?? 0) + 1);
    const inside = new Map<number, number[]>();
    for (const byte of new Set(set)) {
      const id = classOf[byte] as number;
      const members = inside.get(id);
      if (members) members.push(byte);
      else inside.set(id, [byte]);
    }
    for (const [id, members] of inside) {
      if (members.length === size.get(id)) continue;
      for (const byte of members) classOf[byte] = classes;
      classes++;
    }
  }
  return { classOf, classes };
}

/** A state is the set of pattern positions reached; the position after pattern p's byte j is `starts[p] + j + 1`. */
function subsets(patterns: readonly BytePattern[], classOf: Uint8Array, classes: number): { rows: Int32Array[]; accepted: number[][] } {
  const starts: number[] = [];
  const accepts: (Uint8Array | undefined)[] = [];
  const endsPattern: (number | undefined)[] = [];
  for (const [index, pattern] of patterns.entries()) {
    starts.push(accepts.length);
    for (const set of pattern) {
      const row = new Uint8Array(classes);
      for (const byte of set) row[classOf[byte] as number] = 1;
      accepts.push(row);
    }
    endsPattern[accepts.length] = index;
    accepts.push(undefined);
  }
  const firsts = Array.from({ length: classes }, (_, id) => starts.filter((at) => accepts[at]?.[id] === 1).map((at) => at + 1));

  const positions: number[][] = [[]];
  const known = new Map<string, number>([['', 0]]);
  const stateOf = (set: readonly number[]): number => {
    const sorted = [...new Set(set)].sort((x, y) => x - y);
    const key = sorted.join();
    const old = known.get(key);
    if (old !== undefined) return old;
    known.set(key, positions.length);
    return positions.push(sorted) - 1;
  };
  const root = Int32Array.from(firsts, stateOf);
  const rows: Int32Array[] = [root];
  for (let state = 1; state < positions.length; state++) {
    const row = Int32Array.from(root);
    const open = (positions[state] as number[]).filter((at) => accepts[at] !== undefined);
    for (let id = 0; open.length > 0 && id < classes; id++) {
      const moved = open.filter((at) => accepts[at]?.[id] === 1).map((at) => at + 1);
      if (moved.length > 0) row[id] = stateOf([...moved, ...(firsts[id] as number[])]);
    }
    rows.push(row);
  }
  const accepted = positions.map((set) => set.flatMap((at) => endsPattern[at] ?? []));
  return { rows, accepted };
}

/**
 * States are numbered so that the accepting ones come last: one comparison tells a hit. A state's number is the offset of its row.
 * Rows are as wide as a byte: the table is larger than one of classes, and a look-up per byte less is worth a third of the time.
 */
function layOut(
  rows: readonly Int32Array[],
  accepted: readonly number[][],
  classOf: Uint8Array,
): { table: Int32Array; firstAccepting: number; ids: number[][] } {
  const quiet = rows.flatMap((_, state) => (accepted[state]?.length ? [] : [state]));
  const loud = rows.flatMap((_, state) => (accepted[state]?.length ? [state] : []));
  const order = [...quiet, ...loud];
  const place = new Int32Array(rows.length);
  for (const [at, state] of order.entries()) place[state] = at << 8;
  const table = new Int32Array(rows.length << 8);
  for (const [at, state] of order.entries()) {
    const row = rows[state] as Int32Array;
    for (let byte = 0; byte < 256; byte++) table[(at << 8) + byte] = place[row[classOf[byte] as number] as number] as number;
  }
  return { table, firstAccepting: quiet.length << 8, ids: order.map((state) => accepted[state] ?? []) };
}
