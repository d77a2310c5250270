import { type AssetId, type AssetType, assetId, assetType, type CheckId, checkId, type ScopeId, scopeId } from './ids.ts';

/** A repository of images: what keys in images are findings of. */
export const repositoryType: AssetType = assetType('oci.repository');

/** The question that is asked of every repository; what is found answers it under rules of its own, one per kind of key. */
export const imageKeysCheck: CheckId = checkId('oci.repository.keys');

/** The second question; model files answer it under `modelFileRules`. */
export const modelFilesCheck: CheckId = checkId('oci.repository.model-files');

/** `anthropic.api-key` → `secret.anthropic.api-key`: the rule that a key in an image is a finding of. */
export function ruleOfDetector(detector: string): string {
  return `secret.${detector}`;
}

/** What is found in images answers under such a rule, and how bad it is the finding says. */
export function isImageRule(rule: string): boolean {
  return rule.startsWith('secret.') || isModelFileRule(rule);
}

export const modelFileRules: { readonly runsCode: CheckId; readonly unpicklesMore: CheckId } = {
  runsCode: checkId('model-file.runs-code'),
  unpicklesMore: checkId('model-file.unpickles-more'),
};

const isModelFileRule = (rule: string): boolean => rule.startsWith('model-file.');

/** The check whose ledger rows say whether a rule was looked at. */
export function ledgerCheckOf(rule: string): string {
  if (isModelFileRule(rule)) return modelFilesCheck;
  return isImageRule(rule) ? imageKeysCheck : rule;
}

/** Each repository is a scope of its own, so that one that could not be read hides nothing of another. */
export function scopeOfRepository(repository: AssetId): ScopeId {
  return scopeId('image', nameOfRepository(repository), 'global');
}

/** `oci:<host>/<repository>` without its scheme; files keep theirs, for they have no host. */
export function nameOfRepository(repository: AssetId): string {
  return repository.startsWith('oci:') ? repository.slice('oci:'.length) : repository;
}

export const repositoryId = (repository: string): AssetId => assetId(repository);
