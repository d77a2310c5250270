/**
 * Fact paths: `a.b`, `list[]`, `list[].x`, `map{}`, `map{}.x`; a name that holds a dot, a bracket, a brace or a quote stands
 * in double quotes (`labels."app.kubernetes.io/name"`). Concrete places also have an index (`list[2]`).
 */
export type Segment =
  /** Member of an object. */
  | `.${string}`
  /** Every element of a list. */
  | '[]'
  /** Every value of a map. */
  | '{}'
  /** One element of a list. */
  | `[${number}]`;

export type Path = readonly Segment[];

const token = /(?:"((?:[^"\\]|\\["\\])*)"|([^.[\]{}"\s]+))|(\[\])|(\{\})|\[(\d+)\]/y;

/** `undefined` where the text is no path. The empty text is the empty path: the asset, or the element, itself. */
export function parsePath(text: string): Path | undefined {
  const path: Segment[] = [];
  let at = 0;
  while (at < text.length) {
    const dotted = text[at] === '.';
    if (dotted) at += 1;
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) return undefined;
    const [whole, quoted, plain, list, map, index] = found;
    const name = quoted === undefined ? plain : quoted.replace(/\\(["\\])/g, '$1');
    const startsHere = path.length === 0;
    if (name !== undefined) {
      if (dotted === startsHere) return undefined;
      path.push(`.${name}`);
    } else {
      if (dotted) return undefined;
      path.push(list === undefined ? (map === undefined ? `[${Number(index)}]` : '{}') : '[]');
    }
    at += whole.length;
  }
  return path;
}

/** For paths that were validated before: a malformed one is a bug here. */
export function pathOf(text: string): Path {
  const path = parsePath(text);
  if (path === undefined) throw new TypeError(`"${text}" is no fact path`);
  return path;
}

export function formatPath(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (!isMember(segment)) text += segment;
    else text += (text === '' ? '' : '.') + quoted(nameOf(segment));
  }
  return text;
}

/** One text from two, where either may be empty. */
export function joinPaths(above: string, below: string): string {
  if (above === '' || below === '') return above + below;
  return /^[[{]/.test(below) ? above + below : `${above}.${below}`;
}

export function isMember(segment: Segment): segment is `.${string}` {
  return segment.startsWith('.');
}

export function nameOf(member: `.${string}`): string {
  return member.slice(1);
}

/** True if a path stands for many values. */
export function isMany(path: Path): boolean {
  return path.some((segment) => segment === '[]' || segment === '{}');
}

/** A list may be named with or without its suffix. */
export function asList(path: Path): Path {
  return isMany(path) ? path : [...path, '[]'];
}

/** The list or map itself: without the suffix. */
export function asWhole(path: Path): Path {
  const last = path.at(-1);
  return last === '[]' || last === '{}' ? path.slice(0, -1) : path;
}

/**
 * True if everything at `path` lies at or below `prefix`. `[]` covers every index and `{}` every name. Brackets that one side leaves out
 * do not matter: unread prefixes may name a list's members without them (`list.x` for `list[].x`).
 */
export function covers(prefix: Path, path: Path): boolean {
  let at = 0;
  for (const segment of prefix) {
    if (segment === '{}') {
      if (path[at] === undefined) return false;
      at += 1;
    } else if (isMember(segment)) {
      while (isBracket(path[at])) at += 1;
      if (path[at] !== segment && path[at] !== '{}') return false;
      at += 1;
    } else if (isBracket(path[at])) {
      if (segment !== '[]' && path[at] !== segment) return false;
      at += 1;
    }
  }
  return true;
}

function isBracket(segment: Segment | undefined): boolean {
  return segment !== undefined && segment.startsWith('[');
}

function quoted(name: string): string {
  return /[.[\]{}"\s]/.test(name) || name === '' ? `"${name.replace(/["\\]/g, '\\$&')}"` : name;
}
