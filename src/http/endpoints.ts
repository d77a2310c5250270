import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { UsageError } from '../model/usage-error.ts';

/** The override of a service of a provider in a region, or `undefined` where the vendor's own address holds. */
export type EndpointOverrides = (provider: string, service: string, region: string) => URL | undefined;

export interface EndpointOptions {
  readonly providers: readonly string[];
  /** Addresses of a host name; the default asks the system. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/**
 * Reads `PROVIDER[.SERVICE]=URL`, repeated; `{region}` and `{service}` in the URL are filled in for each call. The entry of a
 * service wins over that of its provider, and a later entry over an earlier one. Plain http is for loopback addresses,
 * `localhost` and `*.localhost` that resolve to loopback. Throws a UsageError for anything else.
 */
export async function parseEndpoints(texts: readonly string[], options: EndpointOptions): Promise<EndpointOverrides> {
  const templates = new Map<string, string>();
  for (const text of texts) {
    const { key, template } = parse(text, options.providers);
    await refusePlainHttp(text, template, options.resolve ?? systemAddresses);
    templates.set(key, template);
  }
  return (provider, service, region) => {
    const template = templates.get(`${provider}.${service.toLowerCase()}`) ?? templates.get(provider);
    return template === undefined ? undefined : new URL(fill(template, service, region));
  };
}

function parse(text: string, providers: readonly string[]): { readonly key: string; readonly template: string } {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new UsageError(`--endpoint "${text}" is not of the form PROVIDER[.SERVICE]=URL`, {
      hint: 'for example --endpoint aws.bedrock-agent=https://proxy.example:8443',
    });
  }
  const [name, template] = [text.slice(0, at), text.slice(at + 1)];
  const dot = name.indexOf('.');
  const provider = dot < 0 ? name : name.slice(0, dot);
  if (!providers.includes(provider)) {
    throw new UsageError(`--endpoint names the provider "${provider}", which does not exist`, {
      hint: `providers are ${providers.join(', ')}`,
    });
  }
  const service = dot < 0 ? '' : name.slice(dot).toLowerCase();
  return { key: `${provider}${service}`, template };
}

async function refusePlainHttp(text: string, template: string, resolve: (host: string) => Promise<readonly string[]>): Promise<void> {
  const url = urlOf(text, template);
  if (url.protocol === 'https:') return;
  if (url.protocol !== 'http:') throw new UsageError(`--endpoint "${text}" is neither https nor http`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) {
    if (isLoopback(host)) return;
    throw plainHttp(text, `"${host}" is no loopback address`);
  }
  if (host !== 'localhost' && !host.endsWith('.localhost')) throw plainHttp(text, `"${host}" is no loopback address`);
  const addresses = await resolve(host);
  if (addresses.length === 0 || !addresses.every(isLoopback)) throw plainHttp(text, `"${host}" does not resolve to loopback`);
}

function urlOf(text: string, template: string): URL {
  const filled = fill(template, 'service', 'region');
  if (!URL.canParse(filled))
    throw new UsageError(`--endpoint "${text}" holds no URL after the "="`, { hint: 'write https://HOST[:PORT][/PATH]' });
  const url = new URL(filled);
  if (url.username !== '' || url.password !== '') {
    // The text is not quoted: it holds a password.
    throw new UsageError('an --endpoint holds a user name or password in its URL', {
      hint: 'leave them out: requests are signed with your credentials',
    });
  }
  return url;
}

const fill = (template: string, service: string, region: string): string =>
  template.replaceAll('{region}', region).replaceAll('{service}', service);

function plainHttp(text: string, why: string): UsageError {
  return new UsageError(`--endpoint "${text}" would send credentials in plain http, and ${why}`, { hint: 'use https' });
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

// RFC 6761 lets `localhost` names answer without a name server; some systems do not know the sub-domains.
async function systemAddresses(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
