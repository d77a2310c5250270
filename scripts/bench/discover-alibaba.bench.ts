import { knownRegions, loadEndpointRules } from '../../src/providers/alibaba/endpoint.ts';
import { usualConcurrency } from '../../src/scan/discover/discover-options.ts';
import { measureAlibaba } from './alibaba-child.ts';
import type { AlibabaEstate } from './alibaba-estate.ts';
import type { Bench } from './compare.ts';

const rules = await loadEndpointRules();
const served = new Set(rules.get('eas-20210701')?.regions ?? []);
export const regions = knownRegions(rules)
  .filter((region) => served.has(region))
  .slice(0, 20);
const estate: AlibabaEstate = { regions, perRegion: 250, pageSize: 100, latencyMs: 50 };

const calls = regions.length * (estate.perRegion + Math.ceil(estate.perRegion / estate.pageSize));
const allowed = Math.min(usualConcurrency.inAll, regions.length * usualConcurrency.perService);

const bench: Bench = {
  name: 'discover-alibaba',
  about: `${calls} calls to 5,000 assets in ${regions.length} regions at ${estate.latencyMs} ms, ${allowed} at once`,
  unit: 'ms',
  rounds: 1,
  yardstick: 'calls x latency / concurrency',
  contestants: {
    'calls x latency / concurrency': () => (calls * estate.latencyMs) / allowed,
    discover: async () => (await measureAlibaba(estate)).ms,
    'discover, each page of a listing throttled once': async () => (await measureAlibaba({ ...estate, throttled: 1 })).ms,
  },
  goals: { discover: { ratio: 1.3 } },
};
export default bench;
