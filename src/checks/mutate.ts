import type { Check } from '../model/check.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { operators } from './condition.ts';
import type { Example } from './document.ts';
import { failingElements, judgeExample } from './examples.ts';
import type { Library } from './judge.ts';

/** A check with one thing changed. If no example comes out differently, the examples do not prove that thing. */
export interface Mutant {
  /** `expect.all[1]: is → isNot` */
  readonly change: string;
  readonly check: Check;
}

/**
 * One mutant per operator flipped, per `absent` and `none` flipped, per `default` dropped, per operand of `all` and `any` dropped,
 * per first value of `in` and `notIn` dropped.
 */
export function* mutantsOf(check: Check): Generator<Mutant> {
  for (const member of ['applies', 'expect'] as const) {
    const condition = check[member];
    if (condition === undefined) continue;
    for (const { change, json } of mutations(condition, member)) yield { change, check: { ...check, [member]: json } };
  }
}

/** The mutants that behave like the check on every example. */
export function unnoticedMutants(check: Check, examples: readonly Example[], library: Library): readonly Mutant[] {
  const behaviour = (one: Check): string =>
    JSON.stringify(
      examples.map((example) => {
        const verdict = judgeExample(one, example, library);
        return [verdict.status, failingElements(verdict)];
      }),
    );
  const original = behaviour(check);
  return [...mutantsOf(check)].filter((mutant) => behaviour(mutant.check) === original);
}

interface Mutation {
  readonly change: string;
  readonly json: Json;
}

/** `ofElement`: the value of `some` or `every` over a list, whose `path` is the list's. */
function* mutations(json: Json, where: string, ofElement = false): Generator<Mutation> {
  if (!isJsonObject(json)) return;
  yield* leafMutations(json, where, ofElement);
  for (const group of ['all', 'any'] as const) {
    const operands = json[group];
    if (!Array.isArray(operands)) continue;
    for (const [i, operand] of (operands as readonly Json[]).entries()) {
      yield { change: `${where}.${group}[${i}]: dropped`, json: { ...json, [group]: operands.filter((_, other) => other !== i) } };
      for (const inner of mutations(operand, `${where}.${group}[${i}]`))
        yield { ...inner, json: { ...json, [group]: operands.with(i, inner.json) } };
    }
  }
  for (const wrap of ['not', 'surely', 'some', 'every'] as const) {
    const inside = json[wrap];
    if (inside === undefined) continue;
    for (const inner of mutations(inside, `${where}.${wrap}`, (wrap === 'some' || wrap === 'every') && json['along'] === undefined))
      yield { ...inner, json: { ...json, [wrap]: inner.json } };
  }
  for (const claim of ['meets', 'inScope', 'ask'] as const) {
    const { [claim]: named, ...rest } = json;
    if (named !== undefined) yield { change: `${where}.${claim}: the opposite`, json: { ...rest, not: { [claim]: named } } };
  }
  if (json['surely'] !== undefined) yield { change: `${where}.surely: dropped`, json: json['surely'] };
  if (typeof json['none'] === 'boolean')
    yield { change: `${where}.none: ${json['none']} → ${!json['none']}`, json: { ...json, none: !json['none'] } };
}

const opposites = { is: 'isNot', isNot: 'is', in: 'notIn', notIn: 'in', above: 'below', below: 'above' } as const;

function* leafMutations(json: JsonObject, where: string, ofElement: boolean): Generator<Mutation> {
  const operator = operators.find((one) => json[one] !== undefined);
  if (operator === undefined) return;
  const operand = json[operator] as Json;
  const { [operator]: _, ...rest } = json;
  if (operator in opposites) {
    const flipped = opposites[operator as keyof typeof opposites];
    yield { change: `${where}: ${operator} → ${flipped}`, json: { ...rest, [flipped]: operand } };
  } else if (typeof operand === 'boolean') {
    yield { change: `${where}.${operator}: ${operand} → ${!operand}`, json: { ...rest, [operator]: !operand } };
  } else {
    yield { change: `${where}.${operator}: the opposite`, json: ofElement ? negatedOnElement(json) : { not: json } };
  }
  if ((operator === 'in' || operator === 'notIn') && Array.isArray(operand)) {
    yield { change: `${where}.${operator}[0]: dropped`, json: { ...json, [operator]: operand.slice(1) } };
  }
  if (json['default'] !== undefined) {
    const { default: _dropped, ...undefaulted } = json;
    yield { change: `${where}.default: dropped`, json: undefaulted };
  }
  const { absent } = json;
  if (absent !== undefined) {
    const flipped = absent !== true;
    yield { change: `${where}.absent: ${JSON.stringify(absent)} → ${flipped}`, json: { ...json, absent: flipped } };
  }
}

function negatedOnElement({ path, ...leaf }: JsonObject): Json {
  return { path: path as Json, not: { ...leaf, path: '' } };
}
