import { isJsonList, isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * The policy language that AWS IAM and Alibaba Cloud RAM share. Single values and lists mean the same.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Principal type (`Service`, `AWS`, `RAM`) → names; `*` → `['*']` for anybody. */
  readonly principals: { readonly [type: string]: readonly string[] };
  /** Operator → key → values, as written. */
  readonly condition: JsonObject;
}

/**
 * The statements of a policy document: JSON text, percent-encoded or not. `undefined` if it cannot be read as a policy:
 * then nothing may be concluded from it.
 */
export function parsePolicy(text: string): readonly PolicyStatement[] | undefined {
  const document = jsonOf(text);
  if (!isJsonObject(document)) return undefined;
  const { Statement } = document;
  const statements = (isJsonList(Statement) ? Statement : [Statement]).map(statementOf);
  return statements.every((statement) => statement !== undefined) ? statements : undefined;
}

function jsonOf(text: string): Json | undefined {
  for (const decode of [(raw: string) => raw, decodeURIComponent]) {
    try {
      return JSON.parse(decode(text)) as Json;
    } catch {
      // Not this form; the other one may fit, and `undefined` says that none does.
    }
  }
  return undefined;
}

function statementOf(json: Json | undefined): PolicyStatement | undefined {
  if (!isJsonObject(json)) return undefined;
  const { Effect: effect, Action, NotAction, Resource, NotResource, Principal, Condition } = json;
  if (effect !== 'Allow' && effect !== 'Deny') return undefined;
  const lists = [Action, NotAction, Resource, NotResource].map(textsOf);
  const principals = principalsOf(Principal);
  if (lists.includes(undefined) || principals === undefined || !(Condition === undefined || isJsonObject(Condition))) return undefined;
  const [actions = [], notActions = [], resources = [], notResources = []] = lists;
  if (actions.length === 0 && notActions.length === 0) return undefined;
  return { effect, actions, notActions, resources, notResources, principals, condition: Condition ?? {} };
}

function principalsOf(json: Json | undefined): PolicyStatement['principals'] | undefined {
  if (json === undefined) return {};
  if (json === '*') return { '*': ['*'] };
  if (!isJsonObject(json)) return undefined;
  const byType = Object.entries(json).map(([type, names]) => [type, textsOf(names)] as const);
  return byType.every(([, names]) => names !== undefined)
    ? Object.fromEntries(byType.map(([type, names]) => [type, names ?? []]))
    : undefined;
}

function textsOf(json: Json | undefined): readonly string[] | undefined {
  if (json === undefined) return [];
  if (typeof json === 'string') return [json];
  return isJsonList(json) && json.every((item) => typeof item === 'string') ? json : undefined;
}

/** Whether one document allows something; `conditional`: only under conditions, which are not judged here. */
export type Grant = 'yes' | 'no' | 'conditional';

/**
 * Whether the document allows every action of a service (`bedrock`), or with `*` every action there is, on every resource.
 * Names are compared without case. A statement that allows all but a named list counts for each service that the list does
 * not touch. What the document itself denies in full, it does not allow; a denial of single actions takes nothing back.
 */
export function grantsAll(statements: readonly PolicyStatement[], service: string): Grant {
  const isBroad = (statement: PolicyStatement) => coversService(statement, service) && coversResources(statement);
  const allows = statements.filter((statement) => statement.effect === 'Allow' && isBroad(statement));
  if (allows.length === 0) return 'no';
  const denies = statements.filter((statement) => statement.effect === 'Deny' && isBroad(statement));
  if (denies.some(isUnconditional)) return 'no';
  return allows.some(isUnconditional) && denies.length === 0 ? 'yes' : 'conditional';
}

const isUnconditional = ({ condition }: PolicyStatement) => Object.keys(condition).length === 0;

function coversService({ actions, notActions }: PolicyStatement, service: string): boolean {
  if (actions.some((action) => coversAll(action, service))) return true;
  return notActions.length > 0 && !notActions.some((action) => touches(action, service));
}

/** `*`, `*:*`, and for a service also `bedrock:*`, `bed*`. */
function coversAll(action: string, service: string): boolean {
  const pattern = action.toLowerCase();
  if (/^\*+(?::\*+)?$/.test(pattern)) return true;
  // A pattern that ends in `*` and fits the shortest name fits every longer one.
  return service !== '*' && pattern.endsWith('*') && fitsPattern(`${service.toLowerCase()}:`, pattern);
}

function touches(action: string, service: string): boolean {
  const [prefix = ''] = action.toLowerCase().split(':');
  return service === '*' || fitsPattern(service.toLowerCase(), prefix);
}

function coversResources({ resources, notResources }: PolicyStatement): boolean {
  if (resources.some((resource) => /^\*+$/.test(resource))) return true;
  return notResources.length > 0 && !notResources.some((resource) => /^\*+$/.test(resource));
}

/** `*` stands for any characters, `?` for one. */
function fitsPattern(text: string, pattern: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
