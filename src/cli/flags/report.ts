import { Flags } from '@oclif/core';
import { severities } from '../../model/severity.ts';

const failOnLevels = [...severities, 'any', 'none'] as const;

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
