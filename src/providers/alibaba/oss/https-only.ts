import { isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';
import { statementsIn, textsOf } from './statements.ts';

/**
 * Whether a bucket's policy turns away everybody who comes without TLS: a statement that denies everything to everyone on
 * the condition that `acs:SecureTransport` is false, and on no other. `undefined`: it is no policy.
 * https://www.alibabacloud.com/help/en/oss/user-guide/bucket-policy-overview
 */
export function deniesPlainHttp(policy: string): boolean | undefined {
  const statements = statementsIn(policy);
  return statements?.some((statement) => isForEverybody(statement) && coversAll(statement) && onlyWithoutTls(statement['Condition']));
}

function isForEverybody({ Effect: effect, Principal: principal }: JsonObject): boolean {
  return effect === 'Deny' && textsOf(principal).includes('*');
}

function coversAll({ Action: action, Resource: resource }: JsonObject): boolean {
  const actions = textsOf(action);
  return (actions.includes('*') || actions.includes('oss:*')) && textsOf(resource).some((name) => name.endsWith('*'));
}

function onlyWithoutTls(condition: Json | undefined): boolean {
  if (!isJsonObject(condition) || Object.keys(condition).length !== 1) return false;
  const { Bool: bool } = condition;
  if (!isJsonObject(bool) || Object.keys(bool).length !== 1) return false;
  return textsOf(bool['acs:SecureTransport']).includes('false');
}
