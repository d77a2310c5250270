import { Flags } from '@oclif/core';

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
