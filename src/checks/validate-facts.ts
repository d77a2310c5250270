import type { Check } from '../model/check.ts';
import type { Json } from '../model/json.ts';
import { everyCondition, type Leaf, type PlacedCondition, unknownWord } from './every-condition.ts';
import { type Catalogue, type Declaration, resolveFact, type Resolved } from './fact-model.ts';
import { conditionsOf, eachPathsOf, listed } from './needs.ts';
import { joinPaths } from './path.ts';
import type { Problem, References } from './problem.ts';

/** Whether each fact that a check reads exists in the vendor's model and fits what is asked of it. */
export function factProblems(
  check: Check,
  { checks: all, predicates }: Pick<References, 'checks' | 'predicates'>,
  catalogue: Catalogue,
): readonly Problem[] {
  const problems: Problem[] = [];
  const conditions = conditionsOf(check);
  for (const asset of check.assets) {
    const declaration = catalogue.declarations.find((one) => one.asset === asset);
    if (declaration === undefined) {
      problems.push({
        where: 'asset',
        text: unknownWord(
          'asset type',
          asset,
          catalogue.declarations.map((one) => one.asset),
        ),
      });
      continue;
    }
    for (const path of eachPathsOf(check)) problems.push(...eachProblems(declaration, path, check, catalogue));
    for (const { condition, base, where } of conditions) {
      for (const one of everyCondition(condition, base, declaration.asset))
        problems.push(...placeProblems(one, where, { checks: all, predicates }, catalogue));
    }
  }
  return problems;
}

function eachProblems(declaration: Declaration, path: string, { each }: Check, catalogue: Catalogue): readonly Problem[] {
  const list = resolveFact(declaration, path, catalogue);
  if (list.kind === 'problem') return [{ where: 'each.path', text: list.text }];
  if (!list.many) return [{ where: 'each.path', text: `"${path}" is no list` }];
  const key = each?.key;
  if (/\.secrets(\[\])?$/.test(path))
    return key === undefined ? [] : [{ where: 'each.key', text: 'keys that were found need no key: path and variable name them' }];
  if (key === undefined) return [{ where: 'each.key', text: 'the member that names an element is missing' }];
  const member = key === '' ? list : resolveFact(declaration, joinPaths(listed(path), key), catalogue);
  return member.kind === 'problem' ? [{ where: 'each.key', text: member.text }] : [];
}

function placeProblems(
  place: PlacedCondition,
  where: string,
  { checks: all, predicates }: Pick<References, 'checks' | 'predicates'>,
  catalogue: Catalogue,
): readonly Problem[] {
  const { condition, base, asset } = place;
  const declaration = catalogue.declarations.find((one) => one.asset === asset);
  const says = (text: string): readonly Problem[] => [{ where, text }];
  if (declaration === undefined) return [];
  switch (condition.kind) {
    case 'leaf':
      return leafProblems(condition, base, resolveFact(declaration, joinPaths(base, condition.path) || base, catalogue)).flatMap(says);
    case 'some':
    case 'every': {
      const list = resolveFact(declaration, joinPaths(base, condition.path), catalogue);
      if (list.kind === 'problem') return says(list.text);
      return list.many || /\[\]|\{\}/.test(condition.path) ? [] : says(`"${condition.path}" is no list`);
    }
    case 'along':
      if (!catalogue.declarations.some((one) => one.asset === condition.to))
        return says(
          unknownWord(
            'asset type',
            condition.to,
            catalogue.declarations.map((one) => one.asset),
          ),
        );
      return declaration.edges.some(({ kind, to }) => kind === condition.edge && to === condition.to)
        ? []
        : says(`the collector of ${declaration.asset} declares no edge ${condition.edge} to ${condition.to}`);
    case 'inScope':
      return catalogue.declarations.some((one) => one.asset === condition.type)
        ? []
        : says(
            unknownWord(
              'asset type',
              condition.type,
              catalogue.declarations.map((one) => one.asset),
            ),
          );
    case 'meets': {
      const other = all.find(({ id }) => id === condition.check);
      return other === undefined || other.assets.some((one) => one === declaration.asset)
        ? []
        : says(`${condition.check} is not about ${declaration.asset}`);
    }
    case 'ask':
      return (predicates[condition.predicate]?.reads ?? []).flatMap((path) => {
        const fact = resolveFact(declaration, joinPaths(base, path), catalogue);
        return fact.kind === 'problem' ? says(`${condition.predicate}: ${fact.text}`) : [];
      });
    case 'all':
    case 'any':
    case 'not':
    case 'surely':
      return [];
  }
}

function leafProblems(leaf: Leaf, base: string, fact: Resolved): readonly string[] {
  if (fact.kind === 'problem') return [fact.text];
  const name = joinPaths(base, leaf.path);
  const problems: string[] = [];
  const isElement = leaf.path === '';
  const needsRule = leaf.operator !== 'empty' && !fact.carried && !isElement;
  if (needsRule && leaf.absence.kind === 'unruled') problems.push(`"${name}" may be absent: say what that means with default or absent`);
  if (leaf.absence.kind !== 'unruled' && leaf.operator === 'empty') problems.push(`empty needs no rule for absence ("${name}")`);
  const asWhole = fact.many && !isElement && !leaf.path.endsWith('[]');
  const text = typeProblem(leaf, name, fact.type, asWhole);
  if (text !== undefined) problems.push(text);
  if (fact.enums !== undefined) problems.push(...enumProblems(leaf, name, fact.enums));
  return problems;
}

function typeProblem({ operator, operand }: Leaf, name: string, type: string, isList: boolean): string | undefined {
  if (operator === 'empty') return undefined;
  if (operator === 'contains')
    return isList || type === 'string' || type === 'any' || type === 'object'
      ? undefined
      : `contains needs a list or a text, "${name}" is ${type}`;
  if (isList) return `"${name}" is a list: put it into some or every`;
  if (type === 'any') return undefined;
  const wanted = { above: 'number', below: 'number', matches: 'string', cidrPublic: 'string' }[operator as string];
  if (wanted !== undefined) return type === wanted ? undefined : `${operator} needs a ${wanted}, "${name}" is ${type}`;
  if (operator === 'olderThan')
    return ['time', 'string', 'number'].includes(type) ? undefined : `olderThan needs a time, "${name}" is ${type}`;
  const operands = Array.isArray(operand) ? (operand as readonly Json[]) : [operand];
  const fits = operands.every(
    (one) => (typeof one === 'string' && /^\{\w+\}$/.test(one)) || typeof one === (type === 'time' ? 'string' : type),
  );
  return fits ? undefined : `${operator} compares "${name}" (${type}) with ${operands.map((one) => JSON.stringify(one)).join(', ')}`;
}

/** Letter case differs between the sources of Azure's models. */
function enumProblems({ operator, operand, absence }: Leaf, name: string, enums: readonly string[]): readonly string[] {
  if (!['is', 'isNot', 'in', 'notIn'].includes(operator)) return [];
  const known = enums.map((one) => one.toLowerCase());
  const named = [
    ...(Array.isArray(operand) ? (operand as readonly Json[]) : [operand]),
    ...(absence.kind === 'default' ? [absence.value] : []),
  ];
  return named
    .filter((one): one is string => typeof one === 'string' && !/\{\w+\}/.test(one) && !known.includes(one.toLowerCase()))
    .map((one) => `"${name}" is never "${one}": the vendor's model knows ${enums.join(', ')}`);
}
