import type { Json } from '../../model/json.ts';
import { grantsAll, parsePolicy, type PolicyStatement } from '../../model/policy-document.ts';

/**
 * Whether a RAM policy document allows every action on every resource. `undefined`: it cannot be said, because it is no
 * policy, or because what it allows hangs on a condition.
 * Grammar: https://www.alibabacloud.com/help/en/ram/user-guide/policy-structure-and-syntax
 */
export function allowsEverything(document: Json | undefined): boolean | undefined {
  const statements = parsePolicy(JSON.stringify(document ?? null));
  if (statements === undefined) return undefined;
  const grant = grantsAll(statements.map(withStars), '*');
  return grant === 'conditional' ? undefined : grant === 'yes';
}

/** RAM codes of the products that AI is made and served with. */
const aiProducts = ['eas', 'pai', 'paidlc', 'paidsw', 'paiworkspace', 'paimodel', 'modelstudio', 'sfm', 'eflo', 'agentrun'];

/** Whether a RAM policy document allows every action of one of the AI products, or of all products, on every resource. */
export function allowsAllOfAi(document: Json | undefined): boolean | undefined {
  const statements = parsePolicy(JSON.stringify(document ?? null))?.map(withStars);
  if (statements === undefined) return undefined;
  const grants = aiProducts.map((product) => grantsAll(statements, product));
  if (grants.includes('yes')) return true;
  return grants.includes('conditional') ? undefined : false;
}

/** RAM writes every resource as one star or as a resource name of stars alone. */
function withStars(statement: PolicyStatement): PolicyStatement {
  return { ...statement, resources: statement.resources.map((resource) => (/^acs(:\*){3,4}$/.test(resource) ? '*' : resource)) };
}
