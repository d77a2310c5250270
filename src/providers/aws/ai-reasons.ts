import type { Json } from '../../model/json.ts';
import { parsePolicy } from '../../model/policy-document.ts';

/** Services whose workloads are AI: a role that they may assume is an AI role. */
const aiServices = ['sagemaker', 'bedrock', 'bedrock-agentcore'];

/**
 * Why a role is an AI role, from its trust policy; empty if it is none. A trust policy that cannot be read leaves the question
 * open, and an open question is a reason to look: the role was found because an AI asset points at it.
 */
export function aiReasons(trustPolicy: Json | undefined): readonly string[] {
  const statements = typeof trustPolicy === 'string' ? parsePolicy(trustPolicy) : undefined;
  if (statements === undefined) return ['its trust policy cannot be read'];
  const trusted = statements.filter(({ effect }) => effect === 'Allow').flatMap(({ principals }) => principals['Service'] ?? []);
  const isAi = (name: string) => aiServices.includes(name.split('.')[0]?.toLowerCase() ?? '');
  return [...new Set(trusted.filter(isAi))].sort().map((name) => `trusts ${name}`);
}
