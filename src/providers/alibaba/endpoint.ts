import { overlaps, siteNames } from '../../model/place.ts';

/** Where a product answers. `none`: the vendor has no endpoint of it in that region. */
export type Endpoint = { readonly kind: 'at'; readonly origin: URL } | { readonly kind: 'none' };

/** What endpoint resolution reads of an entry of endpoints.json. */
export interface EndpointRule {
  readonly id: string;
  readonly rule: string;
  readonly template?: string | null;
  readonly regions?: readonly string[] | null;
  /** Region → host, where the template does not hold. */
  readonly hosts?: { readonly [region: string]: string };
  /** Host → regions that it serves. */
  readonly sharedHosts?: { readonly [host: string]: readonly string[] };
  /** Site → host, for products that keep the data of the two sites apart. */
  readonly siteHosts?: { readonly [site: string]: string } | null;
  /** `both`: an account may have data at both sites. `one`: at the site that it was opened at, and the other does not know it. */
  readonly site?: 'both' | 'one' | null;
}

export type EndpointRules = ReadonlyMap<string, EndpointRule>;

/** The product that lists the regions: where it says there is one, it has an endpoint, also if the table is older. */
const listsRegions = 'ecs-20140526';
/** A bucket is where the account's own list says. */
const isWhereItSays = new Set([listsRegions, 'oss-20190517']);

export async function loadEndpointRules(): Promise<EndpointRules> {
  const { default: entries } = await import('./endpoints.json', { with: { type: 'json' } });
  // The file is our own data, written from the vendor's endpoint maps.
  return new Map((entries as unknown as readonly EndpointRule[]).map((entry) => [entry.id, entry]));
}

/** The endpoint of a service in a region, or at a site; hosts end in `.aliyuncs.com` and are asked over TLS. */
export function endpointOf(rules: EndpointRules, service: string, region: string): Endpoint {
  const rule = rules.get(service);
  if (rule === undefined) return { kind: 'none' };
  const host = hostOf(rule, region);
  return host === undefined ? { kind: 'none' } : { kind: 'at', origin: new URL(`https://${host}`) };
}

function hostOf(rule: EndpointRule, region: string): string | undefined {
  if (siteNames.includes(region)) return rule.siteHosts?.[region];
  if (region === 'global' && rule.site === 'one') return rule.siteHosts?.['mainland'];
  if (rule.rule === 'central') return rule.template ?? undefined;
  const exception = rule.hosts?.[region] ?? sharedHost(rule, region);
  if (exception !== undefined) return exception;
  if (typeof rule.template !== 'string') return hostOfSite(rule, region);
  if (!hasEndpointIn(rule, region)) return undefined;
  return rule.template.replace('{region}', region);
}

/** A product with a host for each site answers for a region at the site that the region belongs to. */
function hostOfSite(rule: EndpointRule, region: string): string | undefined {
  if (region === 'global') return undefined;
  return Object.entries(rule.siteHosts ?? {}).find(([site]) => overlaps(site, region))?.[1];
}

function sharedHost(rule: EndpointRule, region: string): string | undefined {
  return Object.entries(rule.sharedHosts ?? {}).find(([, regions]) => regions.includes(region))?.[0];
}

function hasEndpointIn(rule: EndpointRule, region: string): boolean {
  if (isWhereItSays.has(rule.id)) return true;
  // No list at all means that the vendor names no regions, not that there are none.
  return rule.regions === undefined || rule.regions === null || rule.regions.includes(region);
}

/** True for a product that answers at a host of each site, and so may be asked where it does not know the account. */
export function hasSites(rules: EndpointRules, service: string): boolean {
  return Object.keys(rules.get(service)?.siteHosts ?? {}).length > 0;
}

/** True for a product that keeps an account at the site where it was opened; the other site has never heard of it. */
export function isKnownAtOneSite(rules: EndpointRules, service: string): boolean {
  return rules.get(service)?.site === 'one';
}

/** All regions that the vendor names for the product that lists them: what `--region` may be. */
export function knownRegions(rules: EndpointRules): readonly string[] {
  return rules.get(listsRegions)?.regions ?? [];
}
