import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { idBelow } from '../resource-ids.ts';

/** Keys of KMS that AI data is encrypted with: those that a bucket, a disk or a service names. */
export default defineCollector({
  asset: 'alibaba.kms.key',
  per: 'referenced',
  calls: { key: { operation: 'kms-20160120:DescribeKey', must: ['KeyMetadata.KeyId'] } },
  facts: { '': 'key#KeyMetadata' },
  locate(id, { account }) {
    const key = idBelow(id, 'kms', 'key', account);
    return key === undefined ? undefined : { id, name: key, key: { KeyId: key } };
  },
  async read(api, { key, name }) {
    return { '': answerAt(await api.call('key', key, name), 'KeyMetadata') };
  },
});
