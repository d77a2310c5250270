import { nearest } from '../model/nearest.ts';
import { isMember, nameOf, type Path, parsePath, type Segment } from './path.ts';

/** What a vendor's model says of an answer: one entry of `checks/models/<provider>.json`. */
export interface AnswerModel {
  readonly id: string;
  readonly responsePaths?: readonly string[];
  /** Type of every path that is not a string. */
  readonly responseTypes?: { readonly [path: string]: string };
  readonly responseEnums?: { readonly [path: string]: readonly string[] };
  /** Azure: where the items are that the paths are relative to. */
  readonly itemsAt?: string;
  readonly sameResponseAs?: string;
}

/** The members of operations.json that say what happens to an answer before it becomes facts. */
export interface OperationModel {
  readonly id: string;
  readonly secretResponsePaths?: readonly string[];
  readonly textEncodings?: { readonly [path: string]: string };
}

/** What a collector declares of its facts. */
export interface Declaration {
  readonly asset: string;
  readonly calls: {
    readonly [name: string]: {
      readonly operation: string;
      readonly must?: readonly string[];
      readonly keep?: { readonly [path: string]: readonly string[] };
    };
  };
  readonly facts: { readonly [prefix: string]: readonly string[] };
  readonly computed: { readonly [path: string]: { readonly shape: { readonly [path: string]: string } } };
  readonly edges: readonly { readonly kind: string; readonly from: string; readonly to: string }[];
}

export interface Catalogue {
  readonly declarations: readonly Declaration[];
  readonly answers: ReadonlyMap<string, AnswerModel>;
  readonly operations: ReadonlyMap<string, OperationModel>;
}

export type FactType = 'string' | 'number' | 'boolean' | 'time' | 'object' | 'any';

export type Resolved =
  | {
      readonly kind: 'fact';
      readonly type: FactType;
      /** The path names a list or a map as a whole. */
      readonly many: boolean;
      /** Never absent where the answer was read. */
      readonly carried: boolean;
      readonly enums?: readonly string[];
    }
  | { readonly kind: 'problem'; readonly text: string };

/** Finds a fact path of an asset type in the vendor's model, below the root that the collector names. */
export function resolveFact(declaration: Declaration, text: string, catalogue: Catalogue): Resolved {
  const path = parsePath(text);
  if (path === undefined) return problem(`"${text}" is no fact path`);
  const computed = longest(Object.keys(declaration.computed), path);
  const grafted = longest(Object.keys(declaration.facts), path);
  if (computed !== undefined && computed.path.length >= (grafted?.path.length ?? 0)) return ofComputed(declaration, computed, path, text);
  if (grafted === undefined) return problem(`the collector of ${declaration.asset} declares no facts at "${text}"`);
  return ofAnswer(declaration, grafted, path, text, catalogue);
}

interface Prefix {
  readonly text: string;
  readonly path: Path;
}

/** The longest prefix that the path lies below. A list may be named with or without its suffix. */
function longest(prefixes: readonly string[], path: Path): Prefix | undefined {
  return prefixes
    .map((text) => ({ text, path: parsePath(text) ?? [] }))
    .filter((prefix) => prefix.path.every((segment, i) => segment === path[i] || (i >= path.length && segment === '[]')))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

function ofComputed(declaration: Declaration, prefix: Prefix, path: Path, text: string): Resolved {
  const shape = declaration.computed[prefix.text]?.shape ?? {};
  const below = path.slice(prefix.path.length);
  const type = shape[textOf(below)] ?? (below.at(-1) === '[]' && (shape[textOf(below.slice(0, -1))] ?? '') === 'list' ? 'list' : undefined);
  if (type === undefined)
    return problem(
      `"${text}" is not in the declared shape of ${prefix.text}: ${Object.keys(shape)
        .map((one) => `"${one}"`)
        .join(', ')}`,
    );
  return { kind: 'fact', type: typeNamed(type), many: type === 'list', carried: below.length > 0 };
}

function ofAnswer(declaration: Declaration, prefix: Prefix, path: Path, text: string, catalogue: Catalogue): Resolved {
  const [source = ''] = declaration.facts[prefix.text] ?? [];
  const [callName = '', root = ''] = source.split('#');
  const call = declaration.calls[callName];
  if (call === undefined) return problem(`the facts at "${prefix.text}" come from "${callName}", which is no declared call`);
  const answer = answerOf(call.operation, catalogue.answers);
  if (answer === undefined) return problem(`the vendor's model has no ${call.operation}`);
  const below = path.slice(prefix.path.length);
  if (below.length === 0 && prefix.path.at(-1) === '[]') return { kind: 'fact', type: 'object', many: true, carried: false };
  const operation = catalogue.operations.get(call.operation);
  const tree = treeOf(answer);
  for (const place of placesOf(root, below, answer)) {
    const secret = (operation?.secretResponsePaths ?? [])
      .map((one) => parsePath(one) ?? [])
      .find((one) => one.length <= place.length && same(one, place.slice(0, one.length)));
    if (secret !== undefined) return ofInspected(place.slice(secret.length), call.keep?.[textOf(secret)] ?? [], text);
    const found = find(tree, place, operation);
    if (found !== undefined) return { kind: 'fact', ...found, carried: isCarried(place, call.must ?? [], answer) };
  }
  const close = nearest(textOf([...below]), answer.responsePaths ?? []);
  return problem(`"${text}" is not in the answer of ${call.operation}${close === undefined ? '' : `; did you mean "${close}"?`}`);
}

/** Where in the answer a fact may stand: below the root, or in an entry of a list that the facts are taken from. */
function placesOf(root: string, below: Path, answer: AnswerModel): readonly Path[] {
  const roots = [parsePath(root) ?? []];
  const [first] = roots as [Path];
  if (first.at(-1) === '[]' && (below[0] === '[]' || below.length === 0)) roots.push(first.slice(0, -1));
  const items = parsePath(answer.itemsAt ?? '') ?? [];
  const direct = roots.map((one) => [...one, ...below]);
  const relative = direct.flatMap((place) =>
    items.length > 0 && same(items, place.slice(0, items.length)) ? [place.slice(items.length)] : [],
  );
  const entries = root === '' ? listsOf(answer).map((list) => [...list, ...below]) : [];
  return [...direct.filter((place) => place.length > 0), ...relative, ...entries];
}

function listsOf(answer: AnswerModel): readonly Path[] {
  return (answer.responsePaths ?? []).filter((path) => /^[^[\]{}]+\[\]$/.test(path)).map((path) => parsePath(path) ?? []);
}

const inspectedTypes: { readonly [member: string]: { readonly type: FactType; readonly many: boolean } } = {
  present: { type: 'boolean', many: false },
  secrets: { type: 'object', many: true },
  'secrets[]': { type: 'object', many: true },
  'secrets[].detector': { type: 'string', many: false },
  'secrets[].confidence': { type: 'string', many: false },
  'secrets[].variable': { type: 'string', many: false },
  'secrets[].shown': { type: 'string', many: false },
};

function ofInspected(below: Path, keep: readonly string[], text: string): Resolved {
  const member = textOf(below);
  const known = inspectedTypes[member];
  if (known !== undefined) return { kind: 'fact', ...known, carried: true };
  const [first, ...kept] = below;
  const isKept = first === '.kept' && keep.some((one) => same(parsePath(one) ?? [], kept) || same(parsePath(one) ?? [], [...kept, '[]']));
  if (isKept) return { kind: 'fact', type: 'any', many: false, carried: false };
  const kinds = keep.length === 0 ? '' : ` or .kept.${keep.join(', .kept.')}`;
  return problem(`"${text}" may carry secrets: a check reads only its .present, .secrets[]${kinds}`);
}

interface Known {
  readonly type: FactType;
  readonly many: boolean;
  readonly enums?: readonly string[];
}

interface Tree {
  readonly paths: readonly { readonly path: Path; readonly text: string }[];
  readonly answer: AnswerModel;
}

function treeOf(answer: AnswerModel): Tree {
  return { paths: (answer.responsePaths ?? []).map((text) => ({ path: parsePath(text) ?? [], text })), answer };
}

function find({ paths, answer }: Tree, place: Path, operation: OperationModel | undefined): Known | undefined {
  const exact = paths.find(({ path }) => fits(path, place));
  if (exact !== undefined) {
    const enums = answer.responseEnums?.[exact.text];
    const isList = place.at(-1) === '[]' || place.at(-1) === '{}';
    const kind = answer.responseTypes?.[exact.text];
    return { type: typeNamed(kind), many: isList || kind === 'map', ...(enums !== undefined && { enums }) };
  }
  const asList = paths.find(({ path }) => fits(path, [...place, '[]']) || fits(path, [...place, '{}']));
  if (asList !== undefined) return { type: typeNamed(answer.responseTypes?.[asList.text]), many: true };
  if (paths.some(({ path }) => path.length > place.length && fits(path.slice(0, place.length), place)))
    return { type: 'object', many: false };
  // Below what the model leaves open, or what is decoded from text, anything may stand.
  const isOpen = paths.some(
    ({ path, text }) => path.length < place.length && fits(path, place.slice(0, path.length)) && isOpenType(text, answer, operation),
  );
  return isOpen ? { type: 'any', many: place.at(-1) === '[]' || place.at(-1) === '{}' } : undefined;
}

function isOpenType(text: string, answer: AnswerModel, operation: OperationModel | undefined): boolean {
  if (/json/.test(operation?.textEncodings?.[text] ?? '')) return true;
  return ['document', 'any', 'cut', 'union'].includes(answer.responseTypes?.[text] ?? '');
}

function fits(model: Path, place: Path): boolean {
  return (
    model.length === place.length &&
    model.every((segment, i) => segment === place[i] || (segment === '{}' && isMember(place[i] as Segment)))
  );
}

/** A path that must be there, or that something which must be there lies below, without a list in between. */
function isCarried(place: Path, must: readonly string[], answer: AnswerModel): boolean {
  const items = parsePath(answer.itemsAt ?? '') ?? [];
  return must.some((text) => {
    const path = parsePath(text) ?? [];
    const relative = items.length > 0 && same(items, path.slice(0, items.length)) ? path.slice(items.length) : path;
    return [path, relative].some(
      (one) => one.length >= place.length && same(one.slice(0, place.length), place) && one.slice(place.length).every(isMember),
    );
  });
}

function answerOf(operation: string, answers: Catalogue['answers']): AnswerModel | undefined {
  const answer = answers.get(operation);
  return answer?.sameResponseAs === undefined ? answer : answers.get(answer.sameResponseAs);
}

function typeNamed(name: string | undefined): FactType {
  if (name === undefined || name === 'string' || name === 'blob' || name === 'array of string') return 'string';
  if (['integer', 'long', 'float', 'double', 'number'].includes(name)) return 'number';
  if (name === 'boolean') return 'boolean';
  if (name === 'timestamp') return 'time';
  if (['document', 'any', 'cut', 'union', 'list-of-union'].includes(name)) return 'any';
  return 'object';
}

function same(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((segment, i) => segment === b[i]);
}

function textOf(path: Path): string {
  return path.map((segment, i) => (isMember(segment) ? (i === 0 ? '' : '.') + nameOf(segment) : segment)).join('');
}

function problem(text: string): Resolved {
  return { kind: 'problem', text };
}
