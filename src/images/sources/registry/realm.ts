/** Token services that stand on another host than their registry, by suffix of the registry's host. From the vendors' documentation. */
const known: readonly { readonly registry: RegExp; readonly realm: RegExp }[] = [
  { registry: /^registry-1\.docker\.io$/, realm: /^auth\.docker\.io$/ },
  { registry: /^registry\.gitlab\.com$/, realm: /^gitlab\.com$/ },
  { registry: /^nvcr\.io$/, realm: /^authn\.nvidia\.com$/ },
  { registry: /^registry\.digitalocean\.com$/, realm: /^api\.digitalocean\.com$/ },
  { registry: /^(?:[a-z0-9-]+\.)?gcr\.io$/, realm: /^gcr\.io$/ },
  // Personal and enterprise editions, inside and outside of a VPC. The region is compared below.
  {
    registry: /^(?:registry|[a-z0-9-]+-registry|crpi-[a-z0-9]+)(?:-vpc|-internal)?\.[a-z0-9-]+\.(?:(?:personal\.)?cr\.)?aliyuncs\.com$/,
    realm: /^dockerauth(?:-vpc|-internal|-ee|-ee-vpc)?\.[a-z0-9-]+\.aliyuncs\.com$/,
  },
];

/**
 * True if a login to the registry may be sent to that token service: it is on the registry's own host (whatever the port), below it,
 * known to belong to it, or named by the user.
 */
export function isOwnRealm(realm: URL, registry: URL, trusted: readonly string[]): boolean {
  if (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && registry.protocol === 'http:')) return false;
  if (realm.username !== '' || realm.password !== '') return false;
  const [host, own] = [realm.hostname.toLowerCase(), registry.hostname.toLowerCase()];
  if (host === own || (isName(own) && host.endsWith(`.${own}`))) return true;
  if (trusted.includes(host) || trusted.includes(realm.host.toLowerCase())) return true;
  return known.some((pair) => pair.registry.test(own) && pair.realm.test(host) && hasSameRegion(host, own));
}

const isName = (host: string): boolean => /[a-z]/.test(host) && !host.startsWith('[') && host.includes('.');

function hasSameRegion(realm: string, registry: string): boolean {
  if (!realm.endsWith('.aliyuncs.com')) return true;
  return registry.includes(`.${realm.split('.')[1]}.`);
}
