import { isJsonObject, type Json } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, type CollectorApi, defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { deniesPlainHttp } from '../oss/https-only.ts';
import { opensToStrangers } from '../oss/opens-to-strangers.ts';
import { isBucketName, ossRegion } from '../oss/place-request.ts';
import { bucketId, kmsKeyId } from '../resource-ids.ts';

/**
 * OSS buckets that hold training data, models or the files of AI services: those that such an asset points at. Where a
 * bucket is, and that it is the account's own, stands in the account's list of buckets alone.
 */
export default defineCollector({
  asset: 'alibaba.oss.bucket',
  per: 'referenced',
  calls: {
    buckets: { operation: 'oss-20190517:ListBuckets', must: ['Buckets.Bucket[]', 'Buckets.Bucket[].Name', 'Buckets.Bucket[].Location'] },
    info: { operation: 'oss-20190517:GetBucketInfo', must: ['Bucket.Name', 'Bucket.AccessControlList.Grant'] },
    publicAccessBlock: {
      operation: 'oss-20190517:GetBucketPublicAccessBlock',
      must: ['PublicAccessBlockConfiguration.BlockPublicAccess'],
    },
    logging: { operation: 'oss-20190517:GetBucketLogging', must: ['BucketLoggingStatus'] },
    policy: { operation: 'oss-20190517:GetBucketPolicy', must: ['body'] },
  },
  facts: {
    '': ['info#Bucket', 'buckets'],
    $publicAccessBlock: ['publicAccessBlock#PublicAccessBlockConfiguration', 'buckets'],
    $logging: ['logging#BucketLoggingStatus', 'buckets'],
    $policy: ['policy#', 'buckets'],
  },
  computed: {
    // As the vendor's tools want it.
    $region: {
      from: ['Location'],
      of: ({ Location: location }) => (typeof location === 'string' ? ossRegion({ region: location }) : undefined),
      shape: { '': 'string' },
    },
    $deniesPlainHttp: {
      from: ['$policy'],
      of: ({ $policy: policy }) => (isJsonObject(policy) ? deniesPlainHttp(textOf(policy['body'])) : false),
      shape: { '': 'boolean' },
    },
    $opensToStrangers: {
      from: ['$policy'],
      of: ({ $policy: policy }) => (isJsonObject(policy) ? opensToStrangers(textOf(policy['body'])) : false),
      shape: { '': 'boolean' },
    },
  },
  edges: [
    {
      kind: 'uses',
      from: 'ServerSideEncryptionRule.KMSMasterKeyID',
      to: 'alibaba.kms.key',
      id: (key, { account }, { Location: location }) => kmsKeyId({ account, region: ossRegion({ region: textOf(location) }) }, key),
    },
  ],
  locate(id, { account }) {
    const name = id.slice(id.lastIndexOf(':') + 1);
    return id === bucketId({ account }, name) && isBucketName(name) ? { id, name, key: { bucket: name } } : undefined;
  },
  async read(api, { key, name }) {
    const place = await placeOf(api, name);
    if (!('value' in place)) return { '': place, $publicAccessBlock: place, $logging: place, $policy: place };
    const params = { ...key, region: place.value };
    const [info, block, logging, policy] = await Promise.all([
      api.call('info', params, name),
      api.call('publicAccessBlock', params, name),
      api.call('logging', params, name),
      api.call('policy', params, name),
    ]);
    return {
      '': answerAt(info, 'Bucket'),
      $publicAccessBlock: answerAt(block, 'PublicAccessBlockConfiguration'),
      $logging: answerAt(logging, 'BucketLoggingStatus'),
      $policy: policy,
    };
  },
});

/** Where the bucket is (`oss-cn-hangzhou`). One that the account does not list is somebody else's. */
async function placeOf(api: CollectorApi<'buckets'>, name: string): Promise<Answer<string>> {
  const buckets = await api.all('buckets', {}, 'the buckets of the account');
  if (!('value' in buckets)) return buckets;
  const own = buckets.value.find((bucket: Json) => isJsonObject(bucket) && bucket['Name'] === name);
  return isJsonObject(own) ? { value: textOf(own['Location']) } : api.outside();
}
