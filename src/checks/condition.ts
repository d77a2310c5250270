import type { EdgeKind } from '../model/asset.ts';
import { assetType, type AssetType, checkId, type CheckId } from '../model/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { asWhole, isMember, parsePath } from './path.ts';

export const operators = [
  'is',
  'isNot',
  'in',
  'notIn',
  'matches',
  'above',
  'below',
  'olderThan',
  'cidrPublic',
  'contains',
  'empty',
] as const;
export type Operator = (typeof operators)[number];

export const edgeKinds = [
  'uses',
  'runs',
  'holds',
  'reads',
  'writes',
  'exposes',
  'guards',
  'assumes',
] as const satisfies readonly EdgeKind[];

/** What an absent value means to a leaf. */
export type Absence =
  | { readonly kind: 'default'; readonly value: Json }
  | { readonly kind: 'truth'; readonly truth: boolean | 'unknown' }
  /** The file does not say: right only for what the call must carry, and for `empty`. */
  | { readonly kind: 'unruled' };

/** A condition as a tree. Paths inside `some` and `every` are relative to the element. */
export type Condition =
  | { readonly kind: 'leaf'; readonly path: string; readonly operator: Operator; readonly operand: Json; readonly absence: Absence }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not' | 'surely'; readonly of: Condition }
  | { readonly kind: 'some' | 'every'; readonly path: string; readonly of: Condition }
  | {
      readonly kind: 'along';
      readonly edge: EdgeKind;
      readonly to: AssetType;
      readonly quantifier: 'some' | 'every';
      readonly of: Condition;
      readonly none?: boolean;
    }
  | { readonly kind: 'meets'; readonly check: CheckId }
  | { readonly kind: 'inScope'; readonly type: AssetType }
  | { readonly kind: 'ask'; readonly predicate: string };

/** Says what is wrong with a condition, and where in it. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

const shapes = ['all', 'any', 'not', 'surely', 'some', 'every', 'along', 'meets', 'inScope', 'ask'] as const;
type Shape = (typeof shapes)[number];

/** @throws ConditionError. `where` is the place in the file, for the message. */
export function parseCondition(json: Json, where: string): Condition {
  if (!isJsonObject(json)) throw new ConditionError(`${where} is no condition`);
  const found = json['along'] === undefined ? shapes.filter((shape) => json[shape] !== undefined) : (['along'] as const);
  if (json['path'] !== undefined && found.length === 0) return leaf(json, where, 'path');
  if (found.length !== 1)
    throw new ConditionError(`${where} must be one condition: "path" with one operator, or one of ${shapes.join(', ')}`);
  return composite(found[0], json, where);
}

function composite(shape: Shape, json: JsonObject, where: string): Condition {
  const operand = json[shape] as Json;
  const here = `${where}.${shape}`;
  switch (shape) {
    case 'all':
    case 'any':
      onlyKeys(json, [shape], where);
      return { kind: shape, of: list(operand, here).map((one, i) => parseCondition(one, `${here}[${i}]`)) };
    case 'not':
    case 'surely':
      onlyKeys(json, [shape], where);
      // A verdict is never rounded; which checks stand back for others may be.
      if (shape === 'surely' && !where.startsWith('applies')) throw new ConditionError(`${here} stands in applies alone`);
      return { kind: shape, of: parseCondition(operand, here) };
    case 'some':
    case 'every':
      onlyKeys(json, [shape], where);
      return quantified(shape, operand, here);
    case 'along':
      return along(json, where);
    case 'meets':
      onlyKeys(json, ['meets'], where);
      return { kind: 'meets', check: checkId(text(operand, here)) };
    case 'inScope':
      onlyKeys(json, ['inScope'], where);
      return { kind: 'inScope', type: assetType(text(operand, here)) };
    case 'ask':
      onlyKeys(json, ['ask'], where);
      return { kind: 'ask', predicate: text(operand, here) };
  }
}

function leaf(json: JsonObject, where: string, pathKey: 'path' | 'element'): Condition {
  const path = pathKey === 'path' ? text(json['path'], `${where}.path`) : '';
  const given = operators.filter((operator) => json[operator] !== undefined);
  const [operator] = given;
  if (operator === undefined || given.length > 1)
    throw new ConditionError(`${where} needs exactly one operator of ${operators.join(', ')}`);
  onlyKeys(json, ['path', operator, 'default', 'absent'], where);
  const parsed = parsePath(path);
  if (parsed === undefined) throw new ConditionError(`${where}.path "${path}" is no fact path`);
  const whole = operator === 'empty' || operator === 'contains' ? asWhole(parsed) : parsed;
  if (!whole.every(isMember)) throw new ConditionError(`${where}.path "${path}" has many values: put it into some or every`);
  return { kind: 'leaf', path, operator, operand: json[operator] as Json, absence: absence(json, where) };
}

function absence(json: JsonObject, where: string): Absence {
  const { absent } = json;
  if (json['default'] !== undefined && absent !== undefined) throw new ConditionError(`${where} has both default and absent`);
  if (json['default'] !== undefined) return { kind: 'default', value: json['default'] };
  if (absent === undefined) return { kind: 'unruled' };
  if (typeof absent !== 'boolean' && absent !== 'unknown') throw new ConditionError(`${where}.absent must be true, false or unknown`);
  return { kind: 'truth', truth: absent };
}

function quantified(kind: 'some' | 'every', json: Json, where: string): Condition {
  if (!isJsonObject(json)) throw new ConditionError(`${where} must hold "path" and a condition on the element`);
  const { path: given, ...rest } = json;
  const path = text(given, `${where}.path`);
  if (parsePath(path) === undefined) throw new ConditionError(`${where}.path "${path}" is no fact path`);
  const isLeaf = operators.some((operator) => rest[operator] !== undefined);
  return { kind, path, of: isLeaf ? leaf(rest, where, 'element') : parseCondition(rest, where) };
}

function along(json: JsonObject, where: string): Condition {
  onlyKeys(json, ['along', 'to', 'some', 'every', 'none'], where);
  const edge = edgeKinds.find((kind) => kind === json['along']);
  if (edge === undefined) throw new ConditionError(`${where}.along ${JSON.stringify(json['along'])} is none of ${edgeKinds.join(', ')}`);
  const to = assetType(text(json['to'], `${where}.to`));
  const { some, every, none } = json;
  if ((some === undefined) === (every === undefined)) throw new ConditionError(`${where} needs some or every`);
  if (none !== undefined && typeof none !== 'boolean') throw new ConditionError(`${where}.none must be true or false`);
  const quantifier = some === undefined ? 'every' : 'some';
  const of = parseCondition((some ?? every) as Json, `${where}.${quantifier}`);
  return { kind: 'along', edge, to, quantifier, of, ...(none !== undefined && { none }) };
}

function onlyKeys(json: JsonObject, known: readonly string[], where: string): void {
  const other = Object.keys(json).find((key) => !known.includes(key));
  if (other !== undefined) throw new ConditionError(`${where} does not know "${other}" here`);
}

function text(value: Json | undefined, where: string): string {
  if (typeof value !== 'string') throw new ConditionError(`${where} must be a text`);
  return value;
}

function list(value: Json, where: string): readonly Json[] {
  if (!Array.isArray(value)) throw new ConditionError(`${where} must be a list`);
  return value;
}
