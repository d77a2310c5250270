import type { Check, Framework } from '../model/check.ts';
import { compileCondition } from './compile.ts';
import { ConditionError } from './condition.ts';
import { type CheckDocument, examplesOf } from './document.ts';
import { everyCondition, unknownWord } from './every-condition.ts';
import { conditionsOf } from './needs.ts';
import { paramsIn, valuesOf } from './params.ts';
import { PatternError } from './pattern.ts';
import { unfilled } from './scaffold.ts';
import type { Problem, References } from './problem.ts';
import { factProblems } from './validate-facts.ts';
import { fixProblems } from './validate-fix.ts';

/** Everything that a schema cannot say of a check. No problem: the check can be compiled and judged, and reads only what exists. */
export function problemsOf(check: Check, document: CheckDocument, references: References): readonly Problem[] {
  let conditions: ReturnType<typeof conditionsOf>;
  try {
    conditions = conditionsOf(check);
  } catch (error) {
    if (error instanceof ConditionError) return [placed(error)];
    throw error;
  }
  return [
    ...unfilledProblems(document),
    ...identityProblems(check),
    ...operandProblems(check, conditions),
    ...referenceProblems(check, conditions, references),
    ...controlProblems(check, references.frameworks),
    ...fixProblems(check, references.catalogue),
    ...paramProblems(check),
    ...exampleProblems(check, document),
    ...(references.catalogue === undefined ? [] : factProblems(check, references, references.catalogue)),
  ];
}

/** The message begins with the place. */
function placed({ message }: ConditionError): Problem {
  const [where = '', ...text] = message.split(' ');
  return { where, text: text.join(' ') };
}

type Conditions = ReturnType<typeof conditionsOf>;

function unfilledProblems(document: CheckDocument): readonly Problem[] {
  const unwritten = Object.entries(document).filter(([, value]) => new RegExp(unfilled.replace(' ', ' ?')).test(JSON.stringify(value)));
  return unwritten.map(([where]) => ({ where, text: `"${unfilled}" still stands here` }));
}

function identityProblems({ id, assets }: Check): readonly Problem[] {
  const [provider] = id.split('.');
  const shape = /^(aws|azure|alibaba|any)\.[a-z0-9-]+\.[a-z0-9-]+$/.test(id);
  const foreign = assets.filter((asset) => provider !== 'any' && !asset.startsWith(`${provider}.`));
  return [
    ...(shape
      ? []
      : [{ where: 'path', text: `the path gives the id "${id}", which is not <aws|azure|alibaba|any>.<service>.<subject>-<property>` }]),
    ...foreign.map((asset) => ({ where: 'asset', text: `${asset} is no asset of ${provider}` })),
  ];
}

/** Operands that do not fit their operator: patterns, durations, numbers. */
function operandProblems(check: Check, conditions: Conditions): readonly Problem[] {
  const params = valuesOf(check.params, {});
  return conditions.flatMap(({ condition, where }) =>
    everyCondition(condition, '', undefined).flatMap(({ condition: leaf }) => {
      if (leaf.kind === 'not' && leaf.of.kind === 'leaf')
        return [{ where, text: `not wraps no leaf: say the opposite of ${leaf.of.operator} ("${leaf.of.path}")` }];
      if (leaf.kind !== 'leaf') return [];
      try {
        compileCondition(leaf, { params, verdictOf: () => undefined, predicate: () => undefined });
        return [];
      } catch (error) {
        if (error instanceof PatternError || error instanceof TypeError)
          return [{ where, text: `${leaf.operator} of "${leaf.path}": ${error.message}` }];
        throw error;
      }
    }),
  );
}

function referenceProblems(check: Check, conditions: Conditions, { checks, predicates }: References): readonly Problem[] {
  const known = new Map(checks.map((one) => [one.id, one]));
  const problems: Problem[] = [];
  for (const { condition, where } of conditions) {
    for (const { condition: one } of everyCondition(condition, '', undefined)) {
      if (one.kind === 'meets' && !known.has(one.check)) problems.push({ where, text: unknownWord('check', one.check, [...known.keys()]) });
      if (one.kind === 'ask' && !Object.hasOwn(predicates, one.predicate))
        problems.push({ where, text: unknownWord('predicate', one.predicate, Object.keys(predicates)) });
    }
  }
  if (meetsItself(check, known)) problems.push({ where: 'expect', text: `${check.id} meets itself` });
  return problems;
}

function meetsItself(check: Check, known: ReadonlyMap<string, Check>): boolean {
  const waiting = metBy(check);
  const seen = new Set<string>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === check.id) return true;
    const other = known.get(id);
    if (seen.has(id) || other === undefined) continue;
    seen.add(id);
    waiting.push(...metBy(other));
  }
  return false;
}

function metBy(check: Check): string[] {
  return conditionsOf(check).flatMap(({ condition }) =>
    everyCondition(condition, '', undefined).flatMap(({ condition: one }) => (one.kind === 'meets' ? [one.check as string] : [])),
  );
}

function controlProblems(check: Check, frameworks: readonly Framework[]): readonly Problem[] {
  const known = new Map(frameworks.map((framework) => [framework.id, framework]));
  return (['maps', 'relates'] as const).flatMap((member) =>
    Object.entries(check[member]).flatMap(([id, controls]) => {
      const framework = known.get(id);
      if (framework === undefined) return [{ where: member, text: unknownWord('framework', id, [...known.keys()]) }];
      return controls
        .filter((control) => !Object.hasOwn(framework.controls, control))
        .map((control) => ({ where: `${member}.${id}`, text: unknownWord(`control of ${id}`, control, Object.keys(framework.controls)) }));
    }),
  );
}

function paramProblems(check: Check): readonly Problem[] {
  const used = new Set([...paramsIn(check.applies ?? null), ...paramsIn(check.expect ?? null)]);
  const undeclared = [...used].filter((name) => !Object.hasOwn(check.params, name));
  const unused = Object.keys(check.params).filter((name) => !used.has(name));
  return [
    ...undeclared.map((name) => ({ where: 'params', text: `{${name}} is used and not declared` })),
    ...unused.map((name) => ({ where: 'params', text: `${name} is declared and no condition uses it` })),
  ];
}

function exampleProblems(check: Check, document: CheckDocument): readonly Problem[] {
  if (check.manual !== undefined) return [];
  const verdicts = new Set(examplesOf(document).map(({ verdict }) => verdict));
  const needed = ['pass', 'fail', 'unknown', ...(check.applies === undefined ? [] : ['not-applicable'])] as const;
  return needed
    .filter((verdict) => !verdicts.has(verdict as 'pass'))
    .map((verdict) => ({ where: 'examples', text: `an example of ${verdict} is missing` }));
}
