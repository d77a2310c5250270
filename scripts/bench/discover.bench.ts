import { usualConcurrency } from '../../src/scan/discover/discover-options.ts';
import { partitionOf } from '../../src/providers/aws/regions.ts';
import type { Bench } from './compare.ts';
import { discoverEstate } from './discover-estate.ts';
import type { EstateOptions } from './estate.ts';

const estate: EstateOptions = {
  regions: partitionOf('us-east-1').regions.slice(0, 10),
  perRegion: 200,
  pageSize: 100,
  latencyMs: 50,
};

const calls = estate.regions.length * (estate.perRegion + estate.perRegion / estate.pageSize);
const allowed = Math.min(usualConcurrency.inAll, estate.regions.length * usualConcurrency.perService);

const bench: Bench = {
  name: 'discover',
  about: `${calls} calls to 2,000 assets in 10 regions at ${estate.latencyMs} ms, ${allowed} at once: bounded by the API, not by us`,
  unit: 'ms',
  rounds: 3,
  yardstick: 'calls x latency / concurrency',
  contestants: {
    'calls x latency / concurrency': () => (calls * estate.latencyMs) / allowed,
    discover: async () => (await discoverEstate(estate)).ms,
  },
  goals: { discover: { ratio: 1.3 } },
};
export default bench;
