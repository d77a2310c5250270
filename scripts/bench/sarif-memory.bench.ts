import type { Bench } from './compare.ts';
import { costOf } from './sarif-process.ts';

const bench: Bench = {
  name: 'sarif-memory',
  about: 'the most memory of a process that writes SARIF: ten times the findings must not take more',
  unit: 'MB',
  rounds: 3,
  yardstick: '10,000 findings',
  contestants: {
    '10,000 findings': async () => (await costOf('sarif', 10_000)).kb / 1024,
    '100,000 findings': async () => (await costOf('sarif', 100_000)).kb / 1024,
  },
  goals: { '100,000 findings': { ratio: 1.5 } },
};
export default bench;
