import type { Check } from '../model/check.ts';
import type { AssetType, CheckId } from '../model/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { byCodeUnit } from '../model/order.ts';
import type { Evidence, Unknown, Verdict } from '../model/verdict.ts';
import { compileCondition, type Linkage, type Test } from './compile.ts';
import { parseCondition } from './condition.ts';
import type { Estate } from './estate.ts';
import { elementsOf, NotRead, type Place } from './facts.ts';
import { sortedReasons, unknown } from './outcome.ts';
import { valuesOf } from './params.ts';
import { formatPath, type Path, pathOf } from './path.ts';
import type { Predicate } from './predicate.ts';

export interface CompiledCheck {
  readonly id: CheckId;
  readonly assets: readonly AssetType[];
  readonly judge: (place: Place, estate: Estate) => Verdict;
}

export interface Library {
  /** Every known check, also those that were not selected: `meets` may name them. */
  readonly checks: readonly Check[];
  readonly predicates: { readonly [name: string]: Predicate };
  /** The user's policy: values that override the defaults of parameters. */
  readonly policy: JsonObject;
}

/** Compiles each check when it is first asked for, so that `meets` may name any of them. */
export function compilerOf(library: Library): (id: CheckId) => CompiledCheck | undefined {
  const known = new Map(library.checks.map((check) => [check.id, check]));
  const compiled = new Map<CheckId, CompiledCheck>();
  const compile = (id: CheckId): CompiledCheck | undefined => {
    const check = known.get(id);
    if (check === undefined) return undefined;
    let found = compiled.get(id);
    if (found === undefined) {
      // Reserved first: a circle of `meets` then fails with a sentence instead of an overflow.
      compiled.set(id, { id, assets: check.assets, judge: () => circular(id) });
      found = compileCheck(check, library, (other) => compile(other)?.judge);
      compiled.set(id, found);
    }
    return found;
  };
  return compile;
}

function compileCheck(check: Check, library: Library, verdictOf: Linkage['verdictOf']): CompiledCheck {
  const linkage: Linkage = {
    params: valuesOf(check.params, library.policy),
    verdictOf,
    predicate: (name) => (Object.hasOwn(library.predicates, name) ? library.predicates[name] : undefined),
  };
  const compiled = (condition: Json | undefined, where: string): Test | undefined =>
    condition === undefined ? undefined : compileCondition(parseCondition(condition, where), linkage);
  const applies = compiled(check.applies, 'applies');
  const expect = check.manual === undefined ? compiled(check.expect, 'expect') : undefined;
  const { manual, each } = check;
  const judged: (place: Place, estate: Estate) => Verdict =
    manual !== undefined
      ? () => ({ status: 'manual', where: manual.where })
      : expect === undefined
        ? () => ({ status: 'unknown', because: [{ silent: 'expect' }] })
        : each === undefined
          ? (place, estate) => verdictFrom(expect, place, estate)
          : verdictPerElement(listsOf(each), each.key ?? '', expect);
  return {
    id: check.id,
    assets: check.assets,
    judge: (place, estate) => {
      if (applies === undefined) return judged(place, estate);
      const outcome = applies(place, estate);
      if (outcome.truth === 'no') return { status: 'not-applicable' };
      if (outcome.truth === 'unknown') return { status: 'unknown', because: sortedReasons(outcome.because) };
      return judged(place, estate);
    },
  };
}

function verdictFrom(expect: Test, place: Place, estate: Estate): Verdict {
  const outcome = expect(place, estate);
  if (outcome.truth === 'unknown') return { status: 'unknown', because: sortedReasons(outcome.because) };
  return { status: outcome.truth === 'yes' ? 'pass' : 'fail', evidence: outcome.evidence };
}

interface List {
  readonly path: Path;
  readonly elements: ReturnType<typeof elementsOf>;
}

function listsOf({ path }: NonNullable<Check['each']>): readonly List[] {
  return (typeof path === 'string' ? [path] : path).map((text) => ({ path: pathOf(text), elements: elementsOf(pathOf(text)) }));
}

/** One verdict for the asset; each failing element brings its own evidence, marked with its key. */
function verdictPerElement(lists: readonly List[], key: string, expect: Test): (place: Place, estate: Estate) => Verdict {
  return (place, estate) => {
    const failing: Evidence[] = [];
    const passing: Evidence[] = [];
    const because: Unknown[] = [];
    for (const { path, elements } of lists) {
      const found = elements(place);
      because.push(...found.because);
      for (const one of found.places) {
        const outcome = one instanceof NotRead ? unknown(one.because) : expect(one, estate);
        if (outcome.truth === 'unknown') because.push(...outcome.because);
        else if (outcome.truth === 'yes') passing.push(...outcome.evidence);
        else failing.push(...outcome.evidence.map((evidence) => ({ ...evidence, element: keyOf(one as Place, path, key) })));
      }
    }
    if (failing.length > 0) return { status: 'fail', evidence: failing };
    if (because.length > 0) return { status: 'unknown', because: sortedReasons(because) };
    return {
      status: 'pass',
      evidence:
        passing.length > 0
          ? passing.slice(0, 20)
          : lists.map(({ path }) => ({ path: formatPath(path), wanted: 'every element fits (there is none)' })),
    };
  };
}

/** What names an element for good: the key member, the value itself, or for a key that was found its value's path and variable. */
function keyOf({ value }: Place, path: Path, key: string): string {
  const inspected = path.at(-1) === '[]' && path.at(-2) === '.secrets';
  if (inspected && isJsonObject(value)) return joinWords(formatPath(path.slice(0, -2)), value['variable']);
  const named = key === '' ? value : isJsonObject(value) ? value[key] : undefined;
  if (typeof named === 'string') return named;
  return JSON.stringify(named === undefined || named === null ? inOrder(value ?? null) : named);
}

function joinWords(path: string, variable: Json | undefined): string {
  return typeof variable === 'string' && variable !== '' ? `${path} ${variable}` : path;
}

/** Members in an order that does not depend on the answer. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(inOrder);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([name, member]) => [name, inOrder(member)]),
  );
}

function circular(id: CheckId): never {
  throw new TypeError(`${id} meets itself`);
}
