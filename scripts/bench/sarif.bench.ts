import type { Bench } from './compare.ts';
import { costOf } from './sarif-process.ts';

const bench: Bench = {
  name: 'sarif',
  about: '100,000 findings to SARIF, compared with JSON.stringify of the same findings',
  unit: 'ms',
  rounds: 3,
  yardstick: 'JSON.stringify, one row each',
  contestants: {
    'JSON.stringify, one row each': async () => (await costOf('rows', 100_000)).seconds * 1000,
    SARIF: async () => (await costOf('sarif', 100_000)).seconds * 1000,
  },
  goals: { SARIF: { ratio: 6 } },
};
export default bench;
