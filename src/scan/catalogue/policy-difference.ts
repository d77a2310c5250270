import { isJsonObject, type Json, jsonIn } from '../../model/json.ts';
import { byCodeUnit } from '../../model/order.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { PolicyDocument } from '../../providers/provider.ts';

export interface PolicyDifference {
  /** Actions that a scan needs and the policy does not name. */
  readonly lacking: readonly string[];
  /** Actions and patterns of the policy that a scan does not need, or that grant more than it needs. */
  readonly beyond: readonly string[];
}

/**
 * Compares what is needed with a policy of the user: IAM or RAM (`Statement[].Action`), or an Azure role (`Actions`).
 * Only what is allowed counts; conditions and resources are not looked at. Throws a UsageError for what is no policy.
 */
export function differenceOf({ actions }: PolicyDocument, text: string, file: string): PolicyDifference {
  const granted = grantedBy(parse(text, file));
  if (granted.length === 0) {
    throw new UsageError(`"${file}" allows no action`, { hint: 'give an IAM policy, a RAM policy or an Azure role definition in JSON' });
  }
  const needed = actions.map(({ action }) => action);
  const lower = new Set(needed.map((action) => action.toLowerCase()));
  return {
    lacking: needed.filter((action) => !granted.some((pattern) => isMatch(pattern, action))).sort(byCodeUnit),
    beyond: granted.filter((pattern) => !lower.has(pattern.toLowerCase())).sort(byCodeUnit),
  };
}

function parse(text: string, file: string): Json {
  const policy = jsonIn(text);
  if (policy === undefined)
    throw new UsageError(`"${file}" is no JSON`, { hint: 'give an IAM policy, a RAM policy or an Azure role definition in JSON' });
  return policy;
}

function grantedBy(policy: Json): readonly string[] {
  const documents = Array.isArray(policy) ? policy : [policy];
  const all = documents.filter(isJsonObject).flatMap((document) => [
    ...listOf(document.Statement)
      .filter(isJsonObject)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => listOf(Action)),
    ...listOf(document.Actions ?? document.actions),
    ...listOf(document.permissions)
      .filter(isJsonObject)
      .flatMap(({ actions }) => listOf(actions)),
  ]);
  return [...new Set(all.filter((action): action is string => typeof action === 'string'))];
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** `*` and `?` as in IAM; letter case does not count. */
function isMatch(pattern: string, action: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}
