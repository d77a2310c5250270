import { createAgents } from '../../http/agents.ts';
import type { EndpointOverrides } from '../../http/endpoints.ts';
import type { CredentialSource, KnownLogin } from '../../images/sources/registry/login.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { ConnectOptions, Provider } from '../../providers/provider.ts';
import { providers } from '../../providers/providers.generated.ts';
import { cloudLogins } from './cloud-logins.ts';
import type { World } from '../world.ts';

export interface AmbientOptions {
  readonly endpointOf: EndpointOverrides;
  /** PEM text of further authorities. */
  readonly ca?: string;
  readonly timeoutMs: number;
}

/** Registries of a cloud by their names, with the region. Each cloud's own code proves the whole name before anything is sent. */
const registries: readonly { readonly provider: string; readonly host: RegExp }[] = [
  { provider: 'aws', host: /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./ },
  { provider: 'azure', host: /\.azurecr\.(?:io|us|cn)$/ },
  { provider: 'alibaba', host: /-registry(?:-vpc|-internal)?\.([a-z0-9-]+)\.cr\.aliyuncs\.com$/ },
];

/**
 * Logins to registries of clouds by the credentials that the machine has for them: environment, profiles, roles. A cloud is signed in
 * to when one of its registries asks for a login, and never before. Nothing throws: why there is none is told in the note.
 */
export function ambientLogins(options: AmbientOptions, world: World): CredentialSource {
  const sources = new Map<string, Promise<CredentialSource>>();
  return async (host, signal) => {
    const registry = registries.find((one) => one.host.test(host));
    if (registry === undefined) return {};
    const region = registry.host.exec(host)?.[1];
    const key = `${registry.provider} ${region ?? ''}`;
    const source = sources.get(key) ?? enter(registry.provider, region, options, world);
    sources.set(key, source);
    return (await source)(host, signal);
  };
}

async function enter(name: string, region: string | undefined, options: AmbientOptions, world: World): Promise<CredentialSource> {
  const always = (known: KnownLogin): CredentialSource => {
    return async () => known;
  };
  const provider = await providers[name]?.();
  if (provider === undefined) return always({});
  try {
    const connection = await provider.connect(connectOptions(provider, region, options, world));
    if (connection.status !== 'ready') return always({ note: connection.detail });
    return cloudLogins([{ provider, connection }], { timeoutMs: options.timeoutMs, now: world.now });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return always({ note: error.message });
  }
}

function connectOptions({ name }: Provider, region: string | undefined, options: AmbientOptions, world: World): ConnectOptions {
  const { endpointOf, ca, timeoutMs } = options;
  const trusted = ca === undefined ? {} : { ca };
  const regions = region === undefined ? [] : [region];
  return {
    env: world.env,
    selection: { profiles: [], accounts: [], subscriptions: [], regions, org: false, named: false },
    endpoint: (service, place) => endpointOf(name, service, place),
    agents: createAgents({ env: world.env, ...trusted }),
    ...trusted,
    timeoutMs,
    signal: world.signal,
    now: world.now,
    debug: world.debug,
  };
}
