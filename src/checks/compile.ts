import type { CheckId } from '../model/ids.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Evidence, Unknown, Verdict } from '../model/verdict.ts';
import type { Absence, Condition } from './condition.ts';
import type { Estate } from './estate.ts';
import { elementsOf, isEmpty, NotRead, type Place, type Reading, readerOf, whyIncomplete } from './facts.ts';
import { judgeOf, wordsOf } from './operators.ts';
import { allOf, anyOf, opposite, type Outcome, unknown } from './outcome.ts';
import { fillParams } from './params.ts';
import { asWhole, formatPath, type Path, pathOf } from './path.ts';
import type { Answered, Predicate } from './predicate.ts';

/** A condition, ready to be judged at any place. */
export type Test = (place: Place, estate: Estate) => Outcome;

/** What a condition may refer to beyond the facts. */
export interface Linkage {
  readonly params: JsonObject;
  /** The verdict of another check on an asset; `undefined` if there is no such check. */
  readonly verdictOf: (check: CheckId) => ((place: Place, estate: Estate) => Verdict) | undefined;
  readonly predicate: (name: string) => Predicate | undefined;
}

/** Compiles once; judging allocates little more than the evidence. @throws for operands that `checks test` would refuse. */
export function compileCondition(condition: Condition, linkage: Linkage): Test {
  switch (condition.kind) {
    case 'leaf':
      return compileLeaf(condition, linkage.params);
    case 'all':
    case 'any':
      return compileGroup(condition, linkage);
    case 'not': {
      const test = compileCondition(condition.of, linkage);
      return (place, estate) => opposite(test(place, estate));
    }
    case 'surely': {
      const test = compileCondition(condition.of, linkage);
      return (place, estate) => certain(test(place, estate));
    }
    case 'some':
    case 'every':
      return compileQuantified(condition, linkage);
    case 'along':
      return compileAlong(condition, linkage);
    case 'meets':
      return compileMeets(condition.check, linkage);
    case 'inScope':
      return compileInScope(condition);
    case 'ask':
      return compileAsk(condition.predicate, linkage);
  }
}

/** What nobody knows for certain does not hold. */
function certain(outcome: Outcome): Outcome {
  return outcome.truth === 'unknown' ? settled(false, { path: 'surely', wanted: 'is known for certain' }) : outcome;
}

function compileLeaf(leaf: Condition & { kind: 'leaf' }, params: JsonObject): Test {
  const path = pathOf(leaf.path);
  const whole = asWhole(path);
  const read = readerOf(whole);
  const operand = fillParams(leaf.operand, params);
  const judge = judgeOf(leaf.operator, operand);
  const wanted = wordsOf(leaf.operator, operand);
  const absence = leaf.absence.kind === 'default' ? { ...leaf.absence, value: fillParams(leaf.absence.value, params) } : leaf.absence;
  const text = formatPath(whole);
  const isList = leaf.operator === 'contains';
  return (place) => {
    const value = read(place);
    if (value instanceof NotRead) return unknown(value.because);
    const where = place.at.length === 0 ? text : textOf(place, whole);
    // A part that was not read may hold what is missing here.
    const hidden = isEmpty(value) || (isList && Array.isArray(value)) ? whyIncomplete(place, whole) : [];
    if (leaf.operator === 'empty')
      return isEmpty(value) && hidden.length > 0
        ? unknown(hidden)
        : settled(isEmpty(value) === operand, { path: where, ...foundOf(value), wanted });
    if (value === undefined) return hidden.length > 0 ? unknown(hidden) : ofAbsence(absence, judge, place, where, wanted);
    const truth = judge(value, place);
    if (truth === undefined) return unknown([{ silent: where }]);
    return !truth && hidden.length > 0 ? unknown(hidden) : settled(truth, { path: where, ...foundOf(value), wanted });
  };
}

function ofAbsence(absence: Absence, judge: ReturnType<typeof judgeOf>, place: Place, where: string, wanted: string): Outcome {
  if (absence.kind === 'truth' && absence.truth !== 'unknown') return settled(absence.truth, { path: where, wanted });
  const truth = absence.kind === 'default' ? judge(absence.value, place) : undefined;
  return truth === undefined ? unknown([{ silent: where }]) : settled(truth, { path: where, wanted });
}

function compileGroup(group: Condition & { kind: 'all' | 'any' }, linkage: Linkage): Test {
  const tests = group.of.map((one) => compileCondition(one, linkage));
  const fold = group.kind === 'all' ? allOf : anyOf;
  return (place, estate) => fold(tests.map((test) => test(place, estate)));
}

function compileQuantified(condition: Condition & { kind: 'some' | 'every' }, linkage: Linkage): Test {
  const read = elementsOf(pathOf(condition.path));
  const test = compileCondition(condition.of, linkage);
  const path = pathOf(condition.path);
  return (place, estate) => {
    const { places, because } = read(place);
    const outcomes = places.map((one) => (one instanceof NotRead ? unknown(one.because) : test(one, estate)));
    if (because.length > 0) outcomes.push(unknown(because));
    if (outcomes.length === 0) {
      return settled(condition.kind === 'every', {
        path: textOf(place, path),
        wanted: condition.kind === 'every' ? 'every element fits (there is none)' : 'at least one element fits',
      });
    }
    return condition.kind === 'every' ? allOf(outcomes) : anyOf(outcomes);
  };
}

function compileAlong(condition: Condition & { kind: 'along' }, linkage: Linkage): Test {
  const { edge, to, quantifier } = condition;
  const test = compileCondition(condition.of, linkage);
  const where = `along ${edge}`;
  const ifNone = condition.none ?? quantifier === 'every';
  return ({ asset }, estate) => {
    const outcomes = estate.edges(asset.id, edge, to).map((one): Outcome => {
      const target = estate.asset(one.to);
      if (target === undefined) return unknown(estate.whyMissing(asset.scope, to));
      return attributed(test(estate.place(target), estate), target.id);
    });
    const hidden = asset.hiddenEdges.filter((one) => one.kind === edge && one.to === to).map(({ why }): Unknown => why);
    if (outcomes.length === 0 && hidden.length === 0) return settled(ifNone, { path: where, found: 0, wanted: `leads to ${to}` });
    if (hidden.length > 0) outcomes.push(unknown(hidden));
    return quantifier === 'every' ? allOf(outcomes) : anyOf(outcomes);
  };
}

function attributed(outcome: Outcome, asset: Evidence['asset'] & string): Outcome {
  if (outcome.truth === 'unknown') return outcome;
  return { truth: outcome.truth, evidence: outcome.evidence.map((one) => (one.asset === undefined ? { ...one, asset } : one)) };
}

function compileMeets(check: CheckId, linkage: Linkage): Test {
  const where = `meets ${check}`;
  const judge = linkage.verdictOf(check);
  if (judge === undefined) throw new TypeError(`there is no check ${check}`);
  return (place, estate) => {
    const verdict = judge(place.at.length === 0 ? place : estate.place(place.asset), estate);
    switch (verdict.status) {
      case 'pass':
      case 'fail':
        return { truth: verdict.status === 'pass' ? 'yes' : 'no', evidence: verdict.evidence.map(withoutElement) };
      case 'unknown':
        return unknown(verdict.because);
      case 'not-applicable':
        return settled(true, { path: where, found: 'not applicable', wanted: where });
      case 'manual':
        return unknown([{ silent: where }]);
    }
  };
}

/** The elements of another check are no elements of this one. */
function withoutElement({ path, found, wanted, asset }: Evidence): Evidence {
  return { path, ...(found !== undefined && { found }), wanted, ...(asset !== undefined && { asset }) };
}

function compileInScope(condition: Condition & { kind: 'inScope' }): Test {
  const wanted = `holds at least one ${condition.type}`;
  return ({ asset }, estate) => {
    const { count, because } = estate.holds(asset.scope, condition.type);
    if (count === 0 && because.length > 0) return unknown(because);
    return settled(count > 0, { path: 'scope', found: count, wanted });
  };
}

function compileAsk(name: string, linkage: Linkage): Test {
  const predicate = linkage.predicate(name);
  if (predicate === undefined) throw new TypeError(`there is no predicate ${name}`);
  const readers = new Map(predicate.reads.map((path) => [path, wholeReaderOf(pathOf(path))]));
  const wanted = predicate.says;
  const paths = predicate.reads.map(pathOf);
  return (place) => {
    const reply = predicate.ask((wish) => {
      const read = readers.get(wish);
      if (read === undefined) throw new TypeError(`${name} reads "${wish}" and does not declare it`);
      return answered(read(place));
    });
    if (typeof reply === 'boolean') {
      const seen = foundOf(seenBy(predicate.reads.map((path) => [path, readers.get(path)?.(place)])));
      return settled(reply, { path: paths.map((path) => textOf(place, path)).join(', '), ...seen, wanted });
    }
    return unknown('unread' in reply ? reply.unread : [{ silent: reply.silent }]);
  };
}

/** The value of the one fact that was read, or the facts by path. */
function seenBy(read: readonly (readonly [string, Reading])[]): Json | undefined {
  const known = read.flatMap(([path, value]) => (value === undefined || value instanceof NotRead ? [] : [[path, value] as const]));
  if (read.length === 1) return known[0]?.[1];
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** A predicate is given whole values: one that was read in part was not read. */
function wholeReaderOf(path: Path): (place: Place) => Reading {
  const read = readerOf(path);
  return (place) => {
    const value = read(place);
    const hidden = typeof value === 'object' || value === undefined ? whyIncomplete(place, path) : [];
    return hidden.length > 0 && !(value instanceof NotRead) ? new NotRead(hidden) : value;
  };
}

function answered(value: Reading): Answered {
  if (value instanceof NotRead) return { kind: 'unread', because: value.because };
  return value === undefined ? { kind: 'absent' } : { kind: 'found', value };
}

function settled(truth: boolean, evidence: Evidence): Outcome {
  return { truth: truth ? 'yes' : 'no', evidence: [evidence] };
}

function textOf(place: Place, path: Path): string {
  return formatPath([...place.at, ...path]);
}

const longestShown = 200;

/** A value as evidence shows it: large ones are cut or counted. */
function foundOf(value: Json | undefined): { readonly found?: Json } {
  if (value === undefined) return {};
  if (typeof value === 'string') return { found: value.length > longestShown ? `${value.slice(0, longestShown)}…` : value };
  if (typeof value !== 'object' || value === null) return { found: value };
  const size = Array.isArray(value) ? `${value.length} elements` : `${Object.keys(value).length} members`;
  return { found: JSON.stringify(value).length > longestShown ? size : value };
}
