import { defineCollector } from '../../collector.ts';
import { settingsId } from '../resource-ids.ts';

/** What a region of ECS does with disks of which nobody says whether they are to be encrypted. */
export default defineCollector({
  asset: 'alibaba.ecs.region',
  per: 'region',
  calls: {
    encryption: { operation: 'ecs-20140526:DescribeDiskEncryptionByDefaultStatus', must: ['Encrypted'] },
  },
  facts: { '': 'encryption#' },
  // oxlint-disable-next-line typescript/require-await -- listings are asynchronous by their type
  async *list(_, scope) {
    yield { id: settingsId(scope, 'alibaba.ecs.region'), name: scope.region, key: {} };
  },
  async read(api, { name }) {
    return { '': await api.call('encryption', {}, name) };
  },
});
