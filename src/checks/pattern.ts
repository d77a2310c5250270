/**
 * A small regular-expression matcher that takes linear time on any text, because user's own checks meet cloud-supplied text:
 * states are simulated side by side instead of tried one after the other.
 * Syntax: literals, `.`, `\d \w \s` and their opposites, `[a-z]`, `[^a-z]`, `( | )`, `(?: | )`, `* + ? {n} {n,} {n,m}`. Always anchored.
 */
export type Pattern = (text: string) => boolean;

export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const longestPattern = 500;
const mostStates = 2000;

/** @throws PatternError with one sentence about what is not understood. */
export function compilePattern(source: string, options: { readonly fold: boolean }): Pattern {
  if (source.length > longestPattern) throw new PatternError(`the pattern is longer than ${longestPattern} characters`);
  const tree = parse(source, options.fold);
  const states: State[] = [];
  const accept = add(states, { kind: 'accept' });
  const start = build(states, tree, accept);
  return (text) => run(states, start, options.fold ? text.toLowerCase() : text);
}

type Takes = (code: string) => boolean;
type Node =
  | { readonly kind: 'one'; readonly takes: Takes }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number };

type State =
  | { readonly kind: 'accept' }
  | { readonly kind: 'one'; readonly takes: Takes; readonly next: number }
  | { readonly kind: 'fork'; readonly next: number[] };

function run(states: readonly State[], start: number, text: string): boolean {
  let live = new Set<number>();
  enter(states, start, live);
  for (const char of text) {
    const after = new Set<number>();
    for (const id of live) {
      const state = states[id] as State;
      if (state.kind === 'one' && state.takes(char)) enter(states, state.next, after);
    }
    if (after.size === 0) return false;
    live = after;
  }
  return [...live].some((id) => states[id]?.kind === 'accept');
}

function enter(states: readonly State[], first: number, live: Set<number>): void {
  const waiting = [first];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (live.has(id)) continue;
    live.add(id);
    const state = states[id] as State;
    if (state.kind === 'fork') waiting.push(...state.next);
  }
}

function add(states: State[], state: State): number {
  if (states.length >= mostStates) throw new PatternError('the pattern repeats too much');
  return states.push(state) - 1;
}

/** Builds from the end: each part knows what follows it. */
function build(states: State[], node: Node, next: number): number {
  switch (node.kind) {
    case 'one':
      return add(states, { kind: 'one', takes: node.takes, next });
    case 'sequence':
      return node.parts.reduceRight((after, part) => build(states, part, after), next);
    case 'choice':
      return add(states, { kind: 'fork', next: node.parts.map((part) => build(states, part, next)) });
    case 'repeat': {
      let entry = next;
      if (node.most === Infinity) {
        const loop = { kind: 'fork', next: [next] } as const satisfies State;
        entry = add(states, loop);
        (loop.next as number[]).push(build(states, node.part, entry));
      } else {
        for (let i = node.least; i < node.most; i += 1)
          entry = add(states, { kind: 'fork', next: [next, build(states, node.part, entry)] });
      }
      for (let i = 0; i < node.least; i += 1) entry = build(states, node.part, entry);
      return entry;
    }
  }
}

function parse(source: string, fold: boolean): Node {
  let at = 0;
  const peek = (): string | undefined => source[at];
  const tree = choice();
  if (at < source.length) throw new PatternError(`")" at ${at + 1} closes nothing`);
  return tree;

  function choice(): Node {
    const parts = [sequence()];
    while (peek() === '|') {
      at += 1;
      parts.push(sequence());
    }
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'choice', parts };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    for (let next = peek(); next !== undefined && next !== '|' && next !== ')'; next = peek()) parts.push(repeated(single()));
    return { kind: 'sequence', parts };
  }

  function repeated(part: Node): Node {
    const found = /^(?:([*+?])|\{(\d{1,3})(,(\d{1,3})?)?\})/.exec(source.slice(at));
    if (found === null) return part;
    at += found[0].length;
    if (/^[*+?]/.test(source.slice(at))) throw new PatternError(`a second quantifier stands at ${at + 1}`);
    const [, sign, least, range, most] = found;
    if (sign !== undefined) return { kind: 'repeat', part, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
    const low = Number(least);
    const high = range === undefined ? low : most === undefined ? Infinity : Number(most);
    if (high < low) throw new PatternError(`"${found[0]}" ends before it begins`);
    return { kind: 'repeat', part, least: low, most: high };
  }

  function single(): Node {
    const char = source[at] as string;
    at += 1;
    if (char === '(') return group();
    if (char === '[') return { kind: 'one', takes: set() };
    if (char === '\\') return { kind: 'one', takes: escaped() };
    if (char === '.') return { kind: 'one', takes: () => true };
    if (char === '^' || char === '$') throw new PatternError(`"${char}" is not needed: a pattern always matches the whole text`);
    if (/[*+?{]/.test(char)) throw new PatternError(`"${char}" at ${at} repeats nothing`);
    // A character outside of the basic plane is two code units.
    const whole = String.fromCodePoint(source.codePointAt(at - 1) as number);
    at += whole.length - 1;
    return literal(whole);
  }

  function literal(char: string): Node {
    const wanted = fold ? char.toLowerCase() : char;
    return { kind: 'one', takes: (other) => other === wanted };
  }

  function group(): Node {
    if (source.startsWith('?:', at)) at += 2;
    else if (peek() === '?') throw new PatternError('look-around and named groups are not understood');
    const inner = choice();
    if (peek() !== ')') throw new PatternError('a group is not closed');
    at += 1;
    return inner;
  }

  function escaped(): Takes {
    const char = source[at];
    at += 1;
    if (char === undefined) throw new PatternError('the pattern ends in a backslash');
    const known = classes[char];
    if (known !== undefined) return known;
    if (/[A-Za-z0-9]/.test(char)) throw new PatternError(`"\\${char}" is not understood`);
    return (other) => other === char;
  }

  function set(): Takes {
    const opposite = peek() === '^';
    if (opposite) at += 1;
    const members: Takes[] = [];
    for (let char = source[at]; char !== ']' || members.length === 0; char = source[at]) {
      if (char === undefined) throw new PatternError('a set is not closed');
      at += 1;
      if (char === '\\') {
        members.push(escaped());
      } else if (peek() === '-' && source[at + 1] !== ']' && source[at + 1] !== undefined) {
        members.push(range(char, source[at + 1] as string));
        at += 2;
      } else {
        const wanted = fold ? char.toLowerCase() : char;
        members.push((other) => other === wanted);
      }
    }
    at += 1;
    return (char) => members.some((takes) => takes(char)) !== opposite;
  }

  function range(first: string, last: string): Takes {
    if (last < first) throw new PatternError(`"${first}-${last}" ends before it begins`);
    const within = (char: string): boolean => char >= first && char <= last;
    return fold ? (char) => within(char) || within(char.toUpperCase()) : within;
  }
}

const classes: { readonly [name: string]: Takes | undefined } = {
  d: (char) => /\d/.test(char),
  D: (char) => /\D/.test(char),
  w: (char) => /\w/.test(char),
  W: (char) => /\W/.test(char),
  s: (char) => /\s/.test(char),
  S: (char) => /\S/.test(char),
};
