import type { ProviderName } from '../../model/ids.ts';

/** What the user chose of one provider. */
export interface ChosenTargets {
  readonly provider: ProviderName;
  readonly profiles: readonly string[];
  readonly accounts: readonly string[];
  readonly subscriptions: readonly string[];
  readonly regions: readonly string[];
  /** All accounts of the organization, and the role to assume in each. */
  readonly org?: boolean;
  readonly orgRole?: string;
  /** Named on the command line or in the file; a provider that is merely tried is not. */
  readonly named: boolean;
}

/** What narrows the reading, in words for the report. */
export function wordsOfTargets(targets: readonly ChosenTargets[]): readonly string[] {
  return targets.flatMap(({ provider, profiles, accounts, subscriptions, regions, named, org, orgRole }) => [
    ...(named ? [`provider ${provider}`] : []),
    ...list(`${provider} profiles`, profiles),
    ...list(`${provider} accounts`, accounts),
    ...list(`${provider} subscriptions`, subscriptions),
    ...list(`${provider} regions`, regions),
    ...(org === true ? [`${provider}: all accounts of the organization${orgRole === undefined ? '' : `, as ${orgRole}`}`] : []),
  ]);
}

function list(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${[...names].sort().join(', ')}`];
}
