import type { ComputedSpec } from '../collector.ts';

/** The region that commands name for a site of a product that is not regional. */
const regions: { readonly [site: string]: string } = { mainland: 'cn-hangzhou', international: 'ap-southeast-1' };

/** `$regionId` of what lies at a site: for the commands of fixes. */
export const siteRegion: ComputedSpec = {
  from: [],
  of: (_, { region }) => regions[region] ?? region,
  shape: { '': 'string' },
};
