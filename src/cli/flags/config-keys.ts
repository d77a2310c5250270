/*
 * Each flag of this folder also exists as AISPM_<NAME> and as a key of aispm.yaml (`configKeys`);
 * order: flag, environment, file, default. No flag takes a secret.
 */

/** Keys of aispm.yaml by flag, where they are not `scan.<camelCase of the flag>`. Provider sections (`aws.regions` …) are read by the target selection. */
export const configKeys: { readonly [flag: string]: string } = {
  check: 'scan.checks.include',
  'skip-check': 'scan.checks.skip',
  checks: 'scan.checks.folders',
  framework: 'scan.frameworks',
  service: 'scan.services',
  allow: 'scan.allow',
};

/** The key of aispm.yaml that stands for a flag: `fail-on` → `scan.failOn`. */
export function configKeyOf(flag: string): string {
  return configKeys[flag] ?? `scan.${flag.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}`;
}
