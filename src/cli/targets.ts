import { type ProviderName, providerNames } from '../model/ids.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import { UsageError } from '../model/usage-error.ts';
import type { ChosenTargets } from '../scan/discover/chosen-targets.ts';

export interface TargetFlags {
  readonly account?: readonly string[] | undefined;
  readonly subscription?: readonly string[] | undefined;
  readonly profile?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly org?: boolean | undefined;
  readonly 'org-role'?: readonly string[] | undefined;
}

/**
 * Providers and what to read of each. `words` are the positional arguments (`aws`, `all`, none).
 * A value without `PROVIDER=` is for the one provider that was named; with several it is a UsageError.
 */
export function chooseTargets(words: readonly string[], flags: TargetFlags, config: JsonObject): readonly ChosenTargets[] {
  const named = namedProviders(words, config);
  const providers = named ?? providerNames;
  const values = (flag: Exclude<keyof TargetFlags, 'org'>, provider: ProviderName, configured: string) => {
    const given = (flags[flag] ?? []).flatMap((value) => valueFor(value, flag, provider, providers));
    return given.length > 0 ? given : configuredList(config, provider, configured);
  };
  const organization = (provider: ProviderName) => {
    const [orgRole] = values('org-role', provider, 'orgRole');
    const org = flags.org ?? sectionOf(config, provider)['org'] === true;
    if (orgRole !== undefined && !org) {
      throw new UsageError(`--org-role "${orgRole}" is for the accounts of an organization`, { hint: 'add --org, or leave it out' });
    }
    return { ...(org && { org }), ...(orgRole !== undefined && { orgRole }) };
  };
  return providers.map((provider) => ({
    provider,
    profiles: values('profile', provider, 'profiles'),
    accounts: values('account', provider, 'accounts'),
    subscriptions: provider === 'azure' ? values('subscription', provider, 'subscriptions') : [],
    regions: values('region', provider, 'regions'),
    named: named !== undefined,
    ...organization(provider),
  }));
}

function namedProviders(words: readonly string[], config: JsonObject): readonly ProviderName[] | undefined {
  if (words.length > 0) return words.includes('all') ? undefined : [...new Set(words.map(providerNamed))];
  const scan = config.scan;
  const configured = isJsonObject(scan) ? scan.providers : undefined;
  if (!Array.isArray(configured) || configured.length === 0) return undefined;
  return configured.map((name) => providerNamed(String(name)));
}

/** @throws UsageError with the nearest name for a provider that does not exist. */
export function providerNamed(word: string): ProviderName {
  const provider = providerNames.find((name) => name === word);
  if (provider !== undefined) return provider;
  const suggestion = nearest(word, providerNames);
  throw new UsageError(`no such provider "${word}"`, {
    hint: suggestion ? `did you mean "${suggestion}"?` : `choose from ${providerNames.join(', ')} or all`,
  });
}

function valueFor(value: string, flag: string, provider: ProviderName, providers: readonly ProviderName[]): readonly string[] {
  const at = value.indexOf('=');
  const prefix = at < 0 ? undefined : value.slice(0, at);
  const owner = providerNames.find((name) => name === prefix);
  if (owner !== undefined) {
    if (!providers.includes(owner)) {
      throw new UsageError(`--${flag} "${value}" is for ${owner}, which is not scanned`, {
        hint: `add ${owner} to the command, or leave the flag out`,
      });
    }
    return owner === provider ? [value.slice(at + 1)] : [];
  }
  if (flag === 'subscription') return [value];
  if (providers.length > 1) {
    throw new UsageError(`--${flag} "${value}" does not say which provider it is for`, {
      hint: `name one provider (aispm scan aws --${flag} ${value}) or write --${flag} PROVIDER=${value}`,
    });
  }
  return [value];
}

function configuredList(config: JsonObject, provider: ProviderName, key: string): readonly string[] {
  const found = sectionOf(config, provider)[key];
  return typeof found === 'string' ? [found] : Array.isArray(found) ? found.map(String) : [];
}

function sectionOf(config: JsonObject, provider: ProviderName): JsonObject {
  const section = config[provider];
  return isJsonObject(section) ? section : {};
}
