import { Flags } from '@oclif/core';

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
