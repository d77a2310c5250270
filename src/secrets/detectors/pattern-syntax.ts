/** What can be said of a pattern's matches without running it. Only the syntax that detectors use is read; anything else throws. */
export interface PatternFacts {
  /** No match is longer. */
  readonly longest: number;
  /** No look behind goes back farther from the start of a match. */
  readonly behind: number;
  /** Bytes of which each match has one behind its anchor, less than `before` bytes from its start. */
  readonly landmark?: { readonly set: readonly number[]; readonly before: number };
}

/** What can be said, given the bytes that a match is known to begin with. The pattern is read once. */
export function patternFacts(source: string): (anchor: readonly (readonly number[])[]) => PatternFacts {
  const { sequence, behind } = parse(source);
  return (anchor) => ({ ...factsOf(sequence, anchor), behind });
}

function factsOf(sequence: readonly Item[], anchor: readonly (readonly number[])[]): Omit<PatternFacts, 'behind'> {
  let least = 0;
  let most = 0;
  let landmark: PatternFacts['landmark'];
  for (const item of sequence) {
    most += item.most;
    const isRare = item.least > 0 && item.first.length > 0 && item.first.length <= 3 && !item.first.some(isWordByte);
    const isBehind = least >= anchor.length || !anchor.flat().some((byte) => item.first.includes(byte));
    if (isRare && isBehind && item.first.length <= (landmark?.set.length ?? 3)) {
      landmark = { set: item.first, before: most };
    }
    least += item.least;
  }
  return { longest: most, ...(landmark && { landmark }) };
}

/** Part of a pattern: how long its matches are, and what they begin with (empty: nothing known). */
interface Item {
  readonly least: number;
  readonly most: number;
  readonly first: readonly number[];
}

const isWordByte = (byte: number): boolean => /\w/.test(String.fromCharCode(byte));
const nothing: Item = { least: 0, most: 0, first: [] };

function parse(source: string): { readonly sequence: readonly Item[]; readonly behind: number } {
  let at = 0;
  let behind = 0;
  /** The same few classes come again and again. */
  const classes = new Map<string, readonly number[]>();
  const sequence = alternatives();
  if (at < source.length) throw new Error(`a pattern has more at "${source.slice(at, at + 8)}" than can be read`);
  return { sequence, behind };

  /** One alternative keeps its items apart; several are one item. */
  function alternatives(): readonly Item[] {
    const all = [items()];
    while (source[at] === '|') {
      at++;
      all.push(items());
    }
    return all.length === 1 ? (all[0] as readonly Item[]) : [either(all.map(together))];
  }

  function items(): readonly Item[] {
    const found: Item[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') found.push(...quantified(atom()));
    return found;
  }

  function atom(): readonly Item[] {
    const character = source[at++] as string;
    if (character === '(') return group();
    if (character === '[') return [one(charactersIn(classSource()))];
    if (character === '.') return [{ least: 1, most: 1, first: [] }];
    if (character === '\\') return [one(charactersIn(`\\${source[at++]}`))];
    if (character === '^' || character === '$') return [nothing];
    return [one(charactersIn(character))];
  }

  function charactersIn(text: string): readonly number[] {
    const characters = classes.get(text) ?? charactersOf(text);
    classes.set(text, characters);
    return characters;
  }

  function group(): readonly Item[] {
    const kind = /^\?(?:<?[=!]|:|<[A-Za-z]+>)/.exec(source.slice(at))?.[0] ?? '';
    at += kind.length;
    const inside = alternatives();
    at++;
    if (kind.startsWith('?<=') || kind.startsWith('?<!')) behind = Math.max(behind, together(inside).most);
    return /[=!]$/.test(kind) ? [nothing] : inside;
  }

  function classSource(): string {
    const end = /^\^?\]?(?:\\.|[^\]\\])*/.exec(source.slice(at))?.[0].length ?? 0;
    const text = source.slice(at - 1, at + end + 1);
    at += end + 1;
    return text;
  }

  function quantified(inside: readonly Item[]): readonly Item[] {
    const [text, short, low, comma, high] = /^(?:([?*+])|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at)) ?? [];
    if (text === undefined) return inside;
    at += text.length;
    const least = short === undefined ? Number(low) : short === '+' ? 1 : 0;
    const most = short === '?' ? 1 : short !== undefined || (comma === ',' && high === '') ? Infinity : Number(comma === ',' ? high : low);
    if (most === Infinity) throw new Error(`a pattern's quantifier ${text} has no upper bound`);
    const item = together(inside);
    return [{ least: item.least * least, most: item.most * most, first: item.first }];
  }
}

function together(sequence: readonly Item[]): Item {
  const [first] = sequence;
  return {
    least: sequence.reduce((total, item) => total + item.least, 0),
    most: sequence.reduce((total, item) => total + item.most, 0),
    first: first !== undefined && first.least > 0 ? first.first : [],
  };
}

function either(all: readonly Item[]): Item {
  const isKnown = all.every(({ least, first }) => least > 0 && first.length > 0);
  return {
    least: Math.min(...all.map(({ least }) => least)),
    most: Math.max(...all.map(({ most }) => most)),
    first: isKnown ? [...new Set(all.flatMap(({ first }) => first))] : [],
  };
}

const one = (first: readonly number[]): Item => ({ least: 1, most: 1, first });

/** Case is ignored, as detectors' patterns do. */
function charactersOf(source: string): readonly number[] {
  // Nearly all are single letters; a regular expression for each took a second at every start.
  if (/^[ -~]$/.test(source)) return [...new Set([source.toUpperCase(), source.toLowerCase()])].map((one) => one.charCodeAt(0));
  const single = new RegExp(`^${/^[.*+?^${}()|[\]\\]$/.test(source) ? `\\${source}` : source}$`, 'i');
  return Array.from({ length: 256 }, (_, code) => code).filter((code) => single.test(String.fromCharCode(code)));
}
