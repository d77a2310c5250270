import type { Check } from '../model/check.ts';
import { type Catalogue, resolveFact } from './fact-model.ts';
import { placeholdersOf } from './placeholders.ts';
import type { Problem } from './problem.ts';

/** Steps, undo and placeholders of a fix. */
export function fixProblems(check: Check, catalogue: Catalogue | undefined): readonly Problem[] {
  const { fix } = check;
  const problems: Problem[] = [];
  const edits = (fix.steps ?? []).filter((step) => 'edit' in step);
  if ((fix.kind === 'command' || fix.kind === 'recreate') && fix.steps === undefined)
    problems.push({ where: 'fix.steps', text: `a fix of kind ${fix.kind} needs steps` });
  if (fix.undo === 'restore' && edits.length === 0)
    problems.push({ where: 'fix.undo', text: 'restore writes back what an edit read, and there is no edit' });
  for (const { name, where } of placeholdersOf(fix)) {
    const text = placeholderProblem(check, name, where, catalogue);
    if (text !== undefined) problems.push({ where: `fix.${where}`, text });
  }
  const used = new Set(placeholdersOf(fix).map(({ name }) => name));
  for (const input of Object.keys(fix.inputs ?? {}))
    if (!used.has(`input.${input}`)) problems.push({ where: 'fix.inputs', text: `nothing uses {input.${input}}` });
  return problems;
}

function placeholderProblem(check: Check, name: string, where: string, catalogue: Catalogue | undefined): string | undefined {
  if (['asset.id', 'asset.name', 'scope.account', 'scope.region'].includes(name)) return undefined;
  if (name === 'element') return check.each === undefined ? '{element} needs "each"' : undefined;
  if (name === 'body') return /\.edit\.write\[/.test(where) ? undefined : '{body} stands only in edit.write';
  if (name.startsWith('input.'))
    return Object.hasOwn(check.fix.inputs ?? {}, name.slice(6)) ? undefined : `{${name}} is not among the inputs`;
  if (name.startsWith('fact.')) return factPlaceholderProblem(check, name.slice(5), catalogue);
  return Object.hasOwn(check.params, name) ? undefined : `{${name}} is no fact, scope, asset, input, element or param`;
}

function factPlaceholderProblem(check: Check, path: string, catalogue: Catalogue | undefined): string | undefined {
  if (/\[|\{/.test(path)) return `{fact.${path}} has many values`;
  if (catalogue === undefined) return undefined;
  for (const asset of check.assets) {
    const declaration = catalogue.declarations.find((one) => one.asset === asset);
    const resolved = declaration === undefined ? undefined : resolveFact(declaration, path, catalogue);
    if (resolved?.kind === 'problem') return resolved.text;
  }
  return undefined;
}
