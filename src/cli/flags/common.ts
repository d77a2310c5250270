import { Flags } from '@oclif/core';

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
