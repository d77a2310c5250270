/** The public contract of `aispm`; changing a meaning needs a major version. */
export const exitCodes = {
  complete: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  signIn: 4,
  nothingToScan: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export const exitCodeMeanings: { readonly [code: number]: string } = {
  0: 'complete, nothing at or above --fail-on',
  1: 'findings at or above --fail-on',
  2: 'usage or configuration error',
  3: 'incomplete: something in the chosen scope should have been read and was not (the report is written)',
  4: 'authentication failed for every target',
  5: 'nothing to scan: the selection matched no target',
  70: 'a bug in aispm',
  130: 'interrupted by Ctrl-C; the partial report is written and marked',
  143: 'terminated; the partial report is written and marked',
};
