import { Flags } from '@oclif/core';
import { severities } from '../model/severity.ts';

/*
 * The one table of flags. Each flag also exists as AISPM_<NAME> and as a key of aispm.yaml (`configKeys`);
 * order: flag, environment, file, default. No flag takes a secret.
 */

const failOnLevels = [...severities, 'any', 'none'] as const;

/** Flags of every command. */
export const commonFlags = {
  quiet: Flags.boolean({
    char: 'q',
    description: 'no progress and no summary on stderr',
    env: 'AISPM_QUIET',
    helpGroup: 'GLOBAL',
    allowNo: true,
  }),
  verbose: Flags.boolean({
    char: 'v',
    description: 'also print every gap as it happens',
    env: 'AISPM_VERBOSE',
    helpGroup: 'GLOBAL',
    allowNo: true,
  }),
  debug: Flags.boolean({
    description: 'print request lines (method, host, path, status, milliseconds; never headers, bodies or secrets)',
    env: 'AISPM_DEBUG',
    helpGroup: 'GLOBAL',
    allowNo: true,
  }),
  color: Flags.boolean({
    description: 'colour; NO_COLOR, FORCE_COLOR and CI are honoured',
    env: 'AISPM_COLOR',
    helpGroup: 'GLOBAL',
    allowNo: true,
  }),
  progress: Flags.boolean({
    description: 'progress on stderr (on a terminal only)',
    env: 'AISPM_PROGRESS',
    helpGroup: 'GLOBAL',
    allowNo: true,
  }),
  config: Flags.string({
    description: 'configuration file (default: the nearest aispm.yaml)',
    helpValue: 'FILE',
    env: 'AISPM_CONFIG',
    helpGroup: 'GLOBAL',
  }),
  offline: Flags.boolean({
    description: 'connect to nothing: what needs a cloud is refused',
    env: 'AISPM_OFFLINE',
    helpGroup: 'GLOBAL',
    allowNo: true,
  }),
  json: Flags.boolean({ description: "the command's result, or its error, as JSON on stdout", env: 'AISPM_JSON', helpGroup: 'GLOBAL' }),
} as const;

/** What to read: commands that connect. */
export const targetFlags = {
  account: Flags.string({
    description: 'account to scan ([PROVIDER=]ID, repeatable)',
    helpValue: '[P=]ID',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_ACCOUNT',
    delimiter: ',',
  }),
  subscription: Flags.string({
    description: 'Azure subscription to scan (repeatable)',
    helpValue: 'ID',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_SUBSCRIPTION',
    delimiter: ',',
  }),
  profile: Flags.string({
    description: 'credentials profile ([PROVIDER=]NAME, repeatable)',
    helpValue: '[P=]NAME',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_PROFILE',
    delimiter: ',',
  }),
  region: Flags.string({
    description: 'region to scan ([PROVIDER=]NAME, repeatable)',
    helpValue: '[P=]NAME',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_REGION',
    delimiter: ',',
  }),
  org: Flags.boolean({
    description: 'all accounts of the organization that the credentials manage (Alibaba Cloud: resource directory)',
    env: 'AISPM_ORG',
    allowNo: true,
  }),
  'org-role': Flags.string({
    description: "role to assume in each account of --org ([PROVIDER=]NAME; default: the vendor's own, ResourceDirectoryAccountAccessRole)",
    helpValue: '[P=]NAME',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_ORG_ROLE',
    delimiter: ',',
  }),
  endpoint: Flags.string({
    description:
      'PROVIDER[.SERVICE]=URL: talk to this endpoint instead (repeatable; {region} and {service} are filled in; plain http to loopback only)',
    helpValue: 'P[.S]=URL',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_ENDPOINT',
    delimiter: ',',
  }),
  'ca-file': Flags.string({
    description: "certificate authority (PEM), in addition to Node's own",
    helpValue: 'FILE',
    env: 'AISPM_CA_FILE',
  }),
  timeout: Flags.string({ description: 'deadline of one request', helpValue: '30s', env: 'AISPM_TIMEOUT', default: '30s' }),
} as const;

/** How to read: `scan` and `discover`. */
export const readingFlags = {
  concurrency: Flags.integer({
    description: 'requests at once per account, region and service',
    env: 'AISPM_CONCURRENCY',
    min: 1,
    max: 256,
    default: 8,
  }),
  rps: Flags.integer({ description: 'requests per second, per account and service', env: 'AISPM_RPS', min: 1 }),
  allow: Flags.string({
    description: 'make a call that is off by default (repeatable), for example ecs-20140526:DescribeUserData',
    helpValue: 'OPERATION',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_ALLOW',
    delimiter: ',',
  }),
  shard: Flags.string({
    description: 'read only the i-th of n parts; `evaluate` puts the parts together again',
    helpValue: 'i/n',
    env: 'AISPM_SHARD',
  }),
} as const;

/** Which checks. */
export const checkFlags = {
  check: Flags.string({
    description: 'only checks whose id matches (anchored glob, repeatable)',
    helpValue: 'GLOB',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_CHECK',
    delimiter: ',',
  }),
  'skip-check': Flags.string({
    description: 'leave out checks whose id matches (anchored glob, repeatable)',
    helpValue: 'GLOB',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_SKIP_CHECK',
    delimiter: ',',
  }),
  service: Flags.string({
    description: 'only checks of this service, for example sagemaker or aws.bedrock (repeatable)',
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_SERVICE',
    delimiter: ',',
  }),
  framework: Flags.string({
    description: 'only checks that map or relate to this framework, with its coverage table (repeatable)',
    helpValue: 'ID',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_FRAMEWORK',
    delimiter: ',',
  }),
  checks: Flags.string({
    description: 'adds a folder of your own check files',
    helpValue: 'DIR',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_CHECKS',
    delimiter: ',',
  }),
} as const;

/** What is done with the report. */
export const gateFlags = {
  'fail-on': Flags.string({
    description: 'exit 1 if there is a finding at or above this level',
    options: failOnLevels,
    env: 'AISPM_FAIL_ON',
    default: 'high',
  }),
  'ignore-file': Flags.string({
    description: 'waivers and accepted gaps (default: .aispmignore.yaml beside the configuration)',
    helpValue: 'FILE',
    env: 'AISPM_IGNORE_FILE',
  }),
  previous: Flags.string({
    description: 'JSON report of the last run: findings whose place was not read, or not selected, this time are carried over',
    helpValue: 'REPORT',
    env: 'AISPM_PREVIOUS',
  }),
} as const;

export const outputFlags = {
  format: Flags.string({
    char: 'f',
    description: 'FORMAT[=FILE], repeatable; `-` is stdout, at most one format goes there',
    helpValue: 'F[=FILE]',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_FORMAT',
    delimiter: ',',
  }),
  output: Flags.string({ char: 'o', description: 'file of a single format', helpValue: 'FILE', env: 'AISPM_OUTPUT' }),
  severity: Flags.string({
    description: 'show findings at least this bad; never changes the gate',
    options: severities,
    env: 'AISPM_SEVERITY',
  }),
  'include-pass': Flags.boolean({
    description: 'also write every passed and not-applicable verdict',
    env: 'AISPM_INCLUDE_PASS',
    allowNo: true,
  }),
  'include-waived': Flags.boolean({
    description: 'also write waived findings to formats that leave them out',
    env: 'AISPM_INCLUDE_WAIVED',
    allowNo: true,
  }),
  'sarif-full': Flags.boolean({ description: 'SARIF with passes, suppressions and open results', env: 'AISPM_SARIF_FULL', allowNo: true }),
  'sarif-anchor': Flags.string({
    description: 'file of the repository that SARIF results point at',
    helpValue: 'FILE',
    env: 'AISPM_SARIF_ANCHOR',
  }),
  evidence: Flags.string({
    description: 'folder of redacted evidence, relative to the SARIF file (default aispm-evidence)',
    helpValue: 'DIR',
    env: 'AISPM_EVIDENCE',
  }),
  'no-evidence': Flags.boolean({ description: 'write no evidence files', env: 'AISPM_NO_EVIDENCE' }),
} as const;

export const summaryFlags = {
  summary: Flags.boolean({ description: 'append a Markdown summary to $GITHUB_STEP_SUMMARY', env: 'AISPM_SUMMARY', allowNo: true }),
} as const;

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
