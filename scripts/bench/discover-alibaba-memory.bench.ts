import { measureAlibaba } from './alibaba-child.ts';
import type { Bench } from './compare.ts';
import { regions } from './discover-alibaba.bench.ts';

const of = (perRegion: number) => measureAlibaba({ regions, perRegion, pageSize: 100, latencyMs: 0 });

const bench: Bench = {
  name: 'discover-alibaba-memory',
  about: 'peak memory of discovering 5,000 assets, and heap that each further asset holds (KB)',
  unit: 'MB (KB for one asset)',
  rounds: 1,
  yardstick: 'the most that is allowed, in MB',
  contestants: {
    'the most that is allowed, in MB': () => 250,
    'peak with 5,000 assets': async () => (await of(250)).peakMb,
    'one asset, in KB': async () => {
      const [few, many] = [await of(25), await of(250)];
      return (many.heapKb - few.heapKb) / (many.assets - few.assets);
    },
  },
  goals: { 'peak with 5,000 assets': { ratio: 1 } },
};
export default bench;
