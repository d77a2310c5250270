import type { Check, Framework } from '../model/check.ts';
import type { CheckId } from '../model/ids.ts';
import { globMatcher } from '../model/glob.ts';
import { nearest } from '../model/nearest.ts';
import { UsageError } from '../model/usage-error.ts';

export interface CheckSelection {
  /** Anchored globs on check ids; none selects all. */
  readonly check?: readonly string[];
  readonly skipCheck?: readonly string[];
  /** Second part of an asset type or check id: `sagemaker`, `bedrock-agent`, or with its provider (`aws.bedrock`). */
  readonly service?: readonly string[];
  /** Framework ids: only checks that map or relate to one of them. */
  readonly framework?: readonly string[];
  /** Only checks of these providers (first part of the id); `any` ones are kept. */
  readonly provider?: readonly string[];
}

/** The selected checks, in the order given. @throws UsageError for a glob, service or framework that matches nothing. */
export function selectChecks(checks: readonly Check[], frameworks: readonly Framework[], selection: CheckSelection): readonly Check[] {
  const { check = [], skipCheck = [], service = [], framework = [], provider = [] } = selection;
  const ids = checks.map(({ id }): string => id);
  for (const glob of check) refuseUnmatched('--check', glob, ids);
  for (const glob of skipCheck) refuseUnmatched('--skip-check', glob, ids);
  const services = [...new Set(ids.flatMap((id) => [serviceOf(id), id.split('.').slice(0, 2).join('.')]))];
  for (const name of service) refuseUnknown('--service', name, services);
  const known = frameworks.map(({ id }) => id);
  for (const id of framework) refuseUnknown('--framework', id, known);

  const wanted = check.map(globMatcher);
  const skipped = skipCheck.map(globMatcher);
  return checks.filter(({ id, maps, relates }) => {
    if (wanted.length > 0 && !wanted.some((matches) => matches(id))) return false;
    if (skipped.some((matches) => matches(id))) return false;
    if (service.length > 0 && !service.some((name) => name === serviceOf(id) || id.startsWith(`${name}.`))) return false;
    if (provider.length > 0 && !provider.includes(id.split('.')[0] as string) && !id.startsWith('any.')) return false;
    return framework.length === 0 || framework.some((name) => (maps[name]?.length ?? 0) > 0 || (relates[name]?.length ?? 0) > 0);
  });
}

/** @throws UsageError with a suggestion. */
export function findCheck(checks: readonly Check[], id: string): Check {
  const found = checks.find((check) => check.id === id || check.formerly.includes(id as CheckId));
  if (found !== undefined) return found;
  throw new UsageError(`no such check "${id}"`, {
    hint: suggestion(
      id,
      checks.map((check): string => check.id),
      'aispm checks list',
    ),
  });
}

/** @throws UsageError with a suggestion. */
export function findFramework(frameworks: readonly Framework[], id: string): Framework {
  const found = frameworks.find((framework) => framework.id === id);
  if (found !== undefined) return found;
  throw new UsageError(`no such framework "${id}"`, {
    hint: suggestion(
      id,
      frameworks.map((one) => one.id),
      'aispm frameworks list',
    ),
  });
}

function refuseUnmatched(flag: string, glob: string, ids: readonly string[]): void {
  if (ids.some(globMatcher(glob))) return;
  throw new UsageError(`${flag} "${glob}" matches no check`, { hint: suggestion(glob.replaceAll('*', ''), ids, 'aispm checks list') });
}

function refuseUnknown(flag: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new UsageError(`${flag} "${name}" is unknown`, {
    hint: suggestion(name, known, flag === '--framework' ? 'aispm frameworks list' : 'aispm checks list'),
  });
}

function suggestion(word: string, known: readonly string[], command: string): string {
  const close = nearest(word, known) ?? known.find((one) => word.length >= 4 && one.includes(word));
  return close === undefined ? `see: ${command}` : `did you mean "${close}"?`;
}

function serviceOf(id: string): string {
  return id.split('.')[1] ?? '';
}
