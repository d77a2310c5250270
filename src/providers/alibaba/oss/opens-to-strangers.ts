import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import { statementsIn, textsOf } from './statements.ts';

/**
 * Whether a bucket's policy lets anybody in: a statement that allows something to everyone on no condition. `undefined`: it
 * cannot be said, because it is no policy, because a condition decides (a network, a VPC), or because another statement
 * denies something to everyone. Block Public Access, where it is on, stops such statements.
 * https://www.alibabacloud.com/help/en/oss/user-guide/bucket-policy-overview
 */
export function opensToStrangers(policy: string): boolean | undefined {
  const statements = statementsIn(policy);
  if (statements === undefined) return undefined;
  const open = statements.filter((statement) => isForEveryone(statement, 'Allow'));
  if (open.length === 0) return false;
  const isSettled = open.some(isUnconditional) && !statements.some((statement) => isForEveryone(statement, 'Deny'));
  return isSettled ? true : undefined;
}

function isForEveryone({ Effect: effect, Principal: principal }: JsonObject, wanted: 'Allow' | 'Deny'): boolean {
  return effect === wanted && textsOf(principal).includes('*');
}

function isUnconditional({ Condition: condition }: JsonObject): boolean {
  return condition === undefined || (isJsonObject(condition) && Object.keys(condition).length === 0);
}
