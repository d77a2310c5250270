import type { Connection, Identity, Target, TargetLimit, TargetProblem, Transport } from './provider.ts';

/** What came of signing in with one set of credentials. */
export type Entry =
  | { readonly target: Target; readonly identity: Identity; readonly problems: readonly TargetProblem[] }
  | { readonly problem: TargetProblem }
  | { readonly limit: TargetLimit };

/**
 * One connection of all that could be entered. `accounts` are the ones that the user named, none for all; one that no
 * credentials lead to is a problem, never dropped without a word.
 */
export function connectionOf(entries: readonly Entry[], transport: Transport, accounts: readonly string[]): Connection {
  const problems = entries.flatMap((entry) => ('problem' in entry ? [entry.problem] : 'target' in entry ? entry.problems : []));
  const limits = entries.flatMap((entry) => ('limit' in entry ? [entry.limit] : []));
  const entered = entries.flatMap((entry) => ('target' in entry ? [entry] : []));
  if (entered.length === 0) return { status: 'refused', detail: problems.map(({ detail }) => detail).join('; '), problems };
  const chosen = entered.filter(({ target }) => accounts.length === 0 || accounts.includes(target.account));
  const unreached = accounts.filter((account) => !entered.some(({ target }) => target.account === account));
  return {
    status: 'ready',
    targets: onePerAccount(chosen.map(({ target }) => target)),
    identities: chosen.map(({ identity }) => identity),
    // An account that was tried and refused says so itself.
    problems: [...problems, ...unreached.filter((account) => !problems.some((one) => one.account === account)).map(noProfileFor)],
    limits,
    transport,
  };
}

const noProfileFor = (account: string): TargetProblem => ({
  account,
  reason: 'denied',
  detail: `no chosen credentials lead to account "${account}": name the profile that does with --profile`,
});

/** Two profiles of one account: the first one reads, in the regions of both. */
function onePerAccount(targets: readonly Target[]): readonly Target[] {
  const byAccount = new Map<string, Target>();
  for (const target of targets) {
    const first = byAccount.get(target.account);
    const regions = [...new Set([...(first?.regions ?? []), ...target.regions])];
    byAccount.set(target.account, { ...(first ?? target), regions });
  }
  return [...byAccount.values()];
}
