import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/**
 * Whether a RAM policy document allows every action on every resource. `undefined`: it cannot be said, because the document
 * has no statements, or because what it allows hangs on a condition.
 * Grammar: https://www.alibabacloud.com/help/en/ram/user-guide/policy-structure-and-syntax
 */
export function allowsEverything(document: Json | undefined): boolean | undefined {
  const statements = isJsonObject(document) ? document['Statement'] : undefined;
  const list = isJsonObject(statements) ? [statements] : statements;
  if (!isJsonList(list)) return undefined;
  const verdicts = list.map((statement) => (isJsonObject(statement) ? statementAllows(statement) : undefined));
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

function statementAllows(statement: JsonObject): boolean | undefined {
  const { Effect: effect, Action: action, NotAction: notAction, Resource: resource, Condition: condition } = statement;
  if (effect !== 'Allow') return effect === 'Deny' ? false : undefined;
  // Everything but a few named actions is everything for whoever holds it.
  const isEveryAction = notAction !== undefined || texts(action).some((text) => text === '*' || text === '*:*');
  const isEveryResource = texts(resource).some((text) => /^(\*|acs:\*:\*:\*:\*)$/.test(text));
  if (!isEveryAction || !isEveryResource) return false;
  return isJsonObject(condition) && Object.keys(condition).length > 0 ? undefined : true;
}

function texts(value: Json | undefined): readonly string[] {
  const list = isJsonList(value) ? value : [value];
  return list.flatMap((text) => (typeof text === 'string' ? [text] : []));
}
