/**
 * Where a scope lies: a region of the vendor, the whole account (`global`), or one of the two sites at which Alibaba Cloud
 * keeps the data of its central products apart (`mainland`: the Chinese mainland; `international`: everywhere else, Hong
 * Kong included). https://www.alibabacloud.com/help/en/security-center/developer-reference/endpoints
 */
const membersOfSites: { readonly [site: string]: (region: string) => boolean } = {
  mainland: (region) => region.startsWith('cn-') && region !== 'cn-hongkong',
  international: (region) => !region.startsWith('cn-') || region === 'cn-hongkong',
};

export const siteNames: readonly string[] = Object.keys(membersOfSites);

/** True for a region of the vendor: neither the whole account nor a site. */
export function isRegion(place: string): boolean {
  return place !== 'global' && !isSite(place);
}

/** True if what lies at one place may be about the other: they are the same, or one holds the other. */
export function overlaps(place: string, other: string): boolean {
  return place === other || holds(place, other) || holds(other, place);
}

function holds(place: string, other: string): boolean {
  if (place === 'global') return true;
  return isRegion(other) && membersOfSites[place]?.(other) === true;
}

function isSite(place: string): boolean {
  return Object.hasOwn(membersOfSites, place);
}
