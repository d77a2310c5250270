import { createHash, createHmac } from 'node:crypto';
import type { Keys } from '../session.ts';
import { encodeStrictly } from '../signing-client.ts';

export interface OssRequest {
  readonly method: string;
  /** `/` for the service, `/<bucket>/<key>` for everything else, also where the bucket stands in the host name. Not encoded. */
  readonly resource: string;
  /** A sub-resource (`?policy`) is a name with an empty value. */
  readonly query: { readonly [name: string]: string };
  readonly headers: { readonly [name: string]: string };
  /** Names of headers that are signed beside those that always are, in lower case. */
  readonly additionalHeaders: readonly string[];
  readonly region: string;
}

/**
 * The headers of a request to OSS with its signature, version 4 (OSS4-HMAC-SHA256). The key is derived from date and region,
 * so that a signature serves one region on one day. The body is not signed: reads have none.
 * https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
export function signOss(request: OssRequest, keys: Keys, at: Date): { readonly [name: string]: string } {
  const moment = at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = moment.slice(0, 8);
  const scope = `${day}/${request.region}/oss/aliyun_v4_request`;
  const headers: { [name: string]: string } = {
    ...request.headers,
    'x-oss-content-sha256': unsigned,
    'x-oss-date': moment,
    ...(keys.securityToken !== undefined && { 'x-oss-security-token': keys.securityToken }),
  };
  const additional = [...request.additionalHeaders].sort();
  const text = ['OSS4-HMAC-SHA256', moment, scope, sha256(canonical(request, headers, additional))].join('\n');
  const signature = hmac(signingKey(keys.accessKeySecret, day, request.region), text).toString('hex');
  const members = [
    `Credential=${keys.accessKeyId}/${scope}`,
    ...(additional.length === 0 ? [] : [`AdditionalHeaders=${additional.join(';')}`]),
    `Signature=${signature}`,
  ];
  return { ...headers, authorization: `OSS4-HMAC-SHA256 ${members.join(',')}` };
}

const unsigned = 'UNSIGNED-PAYLOAD';

function canonical({ method, resource, query }: OssRequest, headers: OssRequest['headers'], additional: readonly string[]): string {
  const lines = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(([name]) => name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5' || additional.includes(name))
    .map(([name, value]) => `${name}:${value}\n`)
    .sort();
  const path = resource.split('/').map(encodeStrictly).join('/');
  return [method, path, ossQuery(query), lines.join(''), additional.join(';'), unsigned].join('\n');
}

/** Sorted and encoded as it is signed; it is sent in the same form. */
export function ossQuery(query: OssRequest['query']): string {
  return Object.entries(query)
    .map(([name, value]) => (value === '' ? encodeStrictly(name) : `${encodeStrictly(name)}=${encodeStrictly(value)}`))
    .sort()
    .join('&');
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return [day, region, 'oss', 'aliyun_v4_request'].reduce<Buffer>(hmac, Buffer.from(`aliyun_v4${secret}`));
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
