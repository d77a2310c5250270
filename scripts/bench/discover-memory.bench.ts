import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { partitionOf } from '../../src/providers/aws/regions.ts';
import type { Bench } from './compare.ts';
import { discoverEstate } from './discover-estate.ts';

const fewer = 20;
const more = 200;
const regions = partitionOf('us-east-1').regions.slice(0, 10);

/** Heap that is held after a discovery, its inventory included, in KB. */
async function heapWith(perRegion: number): Promise<{ readonly kb: number; readonly assets: number }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { inventory } = await discoverEstate({ regions, perRegion, pageSize: 100, latencyMs: 0 });
  collect();
  return { kb: process.memoryUsage().heapUsed / 1024, assets: inventory.assets.length };
}

const bench: Bench = {
  name: 'discover-memory',
  about: 'heap that each further asset holds: from 200 to 2,000 assets',
  unit: 'KB',
  rounds: 3,
  yardstick: 'one asset of 10 KB',
  contestants: {
    'one asset of 10 KB': () => 10,
    'one asset': async () => {
      const small = await heapWith(fewer);
      const large = await heapWith(more);
      return (large.kb - small.kb) / (large.assets - small.assets);
    },
  },
  goals: { 'one asset': { ratio: 1 } },
};
export default bench;
