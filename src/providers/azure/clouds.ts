import { UsageError } from '../../model/usage-error.ts';
import type { ConnectOptions } from '../provider.ts';

/** Where to sign in and where to read, for one Azure cloud. */
export interface Cloud {
  /** As `az cloud list` names it; the `partition` of scopes. */
  readonly name: string;
  /** Where tokens come from, for example `https://login.microsoftonline.com`. */
  readonly login: URL;
  /** False for an authority that Microsoft's own instance discovery does not know, such as a private cloud's. */
  readonly loginIsPublic: boolean;
  /** Azure Resource Manager. */
  readonly arm: URL;
  /** What tokens are asked for: the resource, not always the place that is called. */
  readonly tokenScope: string;
}

// Hosts: https://learn.microsoft.com/azure/china/resources-developer-guide and …/azure-government/compare-azure-government-global-azure
const clouds = [
  { name: 'AzureCloud', login: 'login.microsoftonline.com', arm: 'management.azure.com' },
  { name: 'AzureUSGovernment', login: 'login.microsoftonline.us', arm: 'management.usgovcloudapi.net' },
  { name: 'AzureChinaCloud', login: 'login.chinacloudapi.cn', arm: 'management.chinacloudapi.cn' },
] as const;

/** The cloud that `AZURE_AUTHORITY_HOST` names, with the places that `--endpoint azure.login=` and `azure.arm=` override. */
export function cloudOf({ env, endpoint }: Pick<ConnectOptions, 'env' | 'endpoint'>): Cloud {
  const login = endpoint('login', 'global') ?? authorityHost(env['AZURE_AUTHORITY_HOST']);
  const known = clouds.find((cloud) => cloud.login === login?.hostname);
  const cloud = known ?? clouds[0];
  const arm = endpoint('arm', 'global') ?? new URL(`https://${cloud.arm}`);
  return {
    name: cloud.name,
    login: onlyTls(login ?? new URL(`https://${cloud.login}`), 'azure.login'),
    loginIsPublic: login === undefined || known !== undefined,
    arm: onlyTls(arm, 'azure.arm'),
    tokenScope: `https://${cloud.arm}/.default`,
  };
}

/** The address without the slash at its end, for a path to follow. */
export function baseOf(url: URL): string {
  return url.href.replace(/\/$/, '');
}

function authorityHost(value: string | undefined): URL | undefined {
  if (value === undefined || value === '') return undefined;
  const address = value.includes('://') ? value : `https://${value}`;
  if (URL.canParse(address)) return new URL(address);
  throw new UsageError(`AZURE_AUTHORITY_HOST is no address: "${value}"`, {
    hint: 'set it to a host such as https://login.microsoftonline.us, or unset it',
  });
}

// Neither the sign-in library nor the clients send anything over plain http.
function onlyTls(url: URL, name: string): URL {
  if (url.protocol === 'https:') return url;
  throw new UsageError(`Azure is only spoken to over https, and ${name} is "${url.origin}"`, {
    hint: `use an https address for --endpoint ${name}=…; --ca-file names the authority of its certificate`,
  });
}
