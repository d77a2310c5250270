import type { JsonObject } from '../../../model/json.ts';
import type { AlibabaOperation } from '../operations.ts';
import { UnusableAnswer } from '../unusable-answer.ts';
import { ossQuery, type OssRequest } from './sign.ts';

/** Where the list of all buckets is asked: every region answers it for all of them. */
const firstRegion = 'cn-hangzhou';

/** The region whose endpoint answers: that of the bucket, which the list of buckets names (`oss-cn-beijing`, or the bare region). */
export function ossRegion({ region }: JsonObject): string {
  if (region === undefined) return firstRegion;
  const [, name] = /^(?:oss-)?([a-z0-9-]+)$/.exec(typeof region === 'string' ? region : '') ?? [];
  // It becomes a part of the host name.
  if (name === undefined) throw new UnusableAnswer('names a region that is none');
  return name;
}

export interface PlacedOss {
  readonly url: URL;
  readonly request: OssRequest;
}

/**
 * A read of OSS with its parameters in their places: `bucket` in the host name, as the vendor's endpoints want it, or in the
 * path of an override, which has but one host; `region` in the signature; everything else in the query.
 */
export function placeOss(operation: AlibabaOperation, params: JsonObject, origin: URL, isOverride: boolean): PlacedOss {
  const [, subResource] = operation.path.split('?');
  const { bucket, region: _, ...others } = params;
  const named = bucket === undefined ? undefined : bucketName(bucket, operation);
  const query = {
    ...(subResource !== undefined && { [subResource]: '' }),
    ...Object.fromEntries(
      Object.entries(others).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
    ),
  };
  const url = new URL(origin);
  const base = url.pathname.replace(/\/$/, '');
  if (named !== undefined && !isOverride) url.hostname = `${named}.${url.hostname}`;
  url.pathname = named !== undefined && isOverride ? `${base}/${named}/` : `${base}/`;
  url.search = ossQuery(query);
  return {
    url,
    request: {
      method: operation.httpMethod,
      resource: named === undefined ? '/' : `/${named}/`,
      query,
      headers: { host: url.host, accept: 'application/xml', 'user-agent': 'aispm' },
      additionalHeaders: ['host'],
      region: ossRegion(params),
    },
  };
}

// It becomes a part of the host name: nothing but the vendor's own alphabet may.
function bucketName(bucket: unknown, operation: AlibabaOperation): string {
  if (typeof bucket === 'string' && isBucketName(bucket)) return bucket;
  throw new Error(`${operation.id} needs the name of a bucket`);
}

/** https://www.alibabacloud.com/help/en/oss/user-guide/bucket-naming-conventions */
export function isBucketName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(text);
}
