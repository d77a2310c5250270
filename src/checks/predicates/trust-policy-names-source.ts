import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { parsePolicy, type PolicyStatement } from '../../model/policy-document.ts';
import { fromDocument } from '../policy-grants.ts';
import type { Predicate } from '../predicate.ts';

const path = 'AssumeRolePolicyDocument';

/**
 * Whether every service (and everybody, where `*` is trusted) may assume the role for named accounts only. Otherwise the service
 * can be made to act with it on behalf of somebody else's resource: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
const trustPolicyNamesSource: Predicate = {
  says: 'names the account that services may act for',
  reads: [path],
  ask: (read) =>
    fromDocument(read(path), path, (text) => {
      const statements = parsePolicy(text);
      if (statements === undefined) return { silent: path };
      return statements.filter(isOpenDoor).every(namesSource);
    }),
};
export default trustPolicyNamesSource;

function isOpenDoor({ effect, principals }: PolicyStatement): boolean {
  const everybody = [...(principals['*'] ?? []), ...(principals['AWS'] ?? [])].includes('*');
  return effect === 'Allow' && (everybody || (principals['Service'] ?? []).length > 0);
}

/** Operators of which the key must be there: those that end in `IfExists` are met by a request without it. */
const binding = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;

function namesSource({ condition }: PolicyStatement): boolean {
  return Object.entries(condition)
    .filter(([operator]) => binding.test(operator))
    .flatMap(([, keys]) => (isJsonObject(keys) ? Object.entries(keys) : []))
    .some(([key, values]) => namesAccounts(key.toLowerCase(), isJsonList(values) ? values : [values]));
}

function namesAccounts(key: string, values: readonly Json[]): boolean {
  const form = key === 'aws:sourceaccount' ? /^\d{12}$/ : key === 'aws:sourcearn' ? /^arn:[^:]+:[^:]+:[^:]*:\d{12}:/ : undefined;
  return form !== undefined && values.length > 0 && values.every((value) => typeof value === 'string' && form.test(value));
}
