import { isRegion, overlaps } from '../../model/place.ts';
import type { ComputedSpec } from '../collector.ts';

/** The region that calls and commands name for a site of a product that is not regional. */
const regions: { readonly [site: string]: string } = { mainland: 'cn-hangzhou', international: 'ap-southeast-1' };

/** The same for a site, and for the site that a region belongs to. */
export function siteRegionOf(place: string): string {
  const site = isRegion(place) ? Object.keys(regions).find((one) => overlaps(one, place)) : place;
  return regions[site ?? place] ?? place;
}

/** `$regionId` of what lies at a site: for the commands of fixes. */
export const siteRegion: ComputedSpec = {
  from: [],
  of: (_, { region }) => siteRegionOf(region),
  shape: { '': 'string' },
};
