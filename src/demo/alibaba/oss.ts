import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { XMLBuilder } from 'fast-xml-parser';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { AlibabaOperation } from '../../providers/alibaba/operations.ts';
import type { RecordedCall, VendorError } from '../answers.ts';
import type { LoopbackRequest, Reply } from '../loopback.ts';

/** OSS says nothing of an action: its requests are known by their signature. */
export function isOss({ headers }: LoopbackRequest): boolean {
  return headers.authorization?.startsWith('OSS4-HMAC-SHA256 ') === true;
}

/** The bucket stands in the path (`/<region>/oss-20190517/<bucket>/`), the sub-resource in the query. */
export function understandOss({ method, url }: LoopbackRequest, operations: readonly AlibabaOperation[]): RecordedCall | undefined {
  const { region, bucket } = placeIn(url);
  const operation = operations
    .filter(({ style, httpMethod }) => style === 'OSS' && httpMethod === method)
    .find(({ path }) => {
      const [, subResource] = path.split('?');
      return subResource === undefined ? bucket === undefined : bucket !== undefined && url.searchParams.get(subResource) === '';
    });
  if (operation === undefined) return undefined;
  const params = { ...Object.fromEntries(url.searchParams), ...(bucket !== undefined && { bucket }) };
  return { operation: operation.id, params, ...(region !== undefined && { region }) };
}

function placeIn({ pathname }: URL): { readonly region?: string; readonly bucket?: string } {
  const [, region, bucket] = /^\/([^/]+)\/oss-20190517\/(?:([^/]+)\/)?$/.exec(pathname) ?? [];
  return { ...(region !== undefined && { region }), ...(bucket !== undefined && { bucket }) };
}

/** Computes the OSS4-HMAC-SHA256 signature anew, from what arrived; the region of its scope must be that of the address. */
export function isOssSignatureRight(request: LoopbackRequest, secret: string): boolean {
  const { headers, url, method } = request;
  const authorization = headers.authorization ?? '';
  const [, day = '', signedFor = ''] = /Credential=[^/]+\/(\d{8})\/([^/]+)\/oss\/aliyun_v4_request/.exec(authorization) ?? [];
  const additional = /AdditionalHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const claimed = /Signature=([0-9a-f]{64})$/.exec(authorization)?.[1] ?? '';
  const moment = String(headers['x-oss-date'] ?? '');
  const { region, bucket } = placeIn(url);
  if (region !== signedFor || !moment.startsWith(day) || !additional.includes('host')) return false;
  const signed = Object.keys(headers).filter((name) => name.startsWith('x-oss-') || name === 'content-type' || additional.includes(name));
  const canonical = [
    method,
    bucket === undefined ? '/' : `/${bucket}/`,
    canonicalQuery(url),
    signed
      .sort()
      .map((name) => `${name}:${String(headers[name]).trim()}\n`)
      .join(''),
    additional.join(';'),
    String(headers['x-oss-content-sha256']),
  ].join('\n');
  const scope = `${day}/${signedFor}/oss/aliyun_v4_request`;
  let key: Buffer = Buffer.from(`aliyun_v4${secret}`);
  for (const part of scope.split('/')) key = hmac(key, part);
  const hash = createHash('sha256').update(canonical).digest('hex');
  const wanted = hmac(key, `OSS4-HMAC-SHA256\n${moment}\n${scope}\n${hash}`);
  return claimed.length === 64 && timingSafeEqual(Buffer.from(claimed, 'hex'), wanted);
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => (value === '' ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
    .sort()
    .join('&');
}

const builder = new XMLBuilder({ suppressEmptyNode: true });

/** An answer as OSS sends it: XML, with the root that the model leaves out, or the bare text of a policy. */
export function ossReply({ responseBodyType, xmlRoot }: AlibabaOperation, answer: JsonObject): Reply {
  if (responseBodyType === 'string') {
    const { body = '' } = answer;
    return { status: 200, headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) };
  }
  return xml(200, xmlRoot === undefined ? answer : { [xmlRoot]: answer });
}

export function ossError({ status, code, message }: VendorError): Reply {
  return xml(status, { Error: { Code: code, Message: message, RequestId: '000000000000000000000000', HostId: '127.0.0.1' } });
}

function xml(status: number, document: JsonObject): Reply {
  const text: string = builder.build(withEmptyElements(document));
  return { status, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${text}` };
}

function withEmptyElements(value: Json): unknown {
  if (isJsonList(value)) return value.map(withEmptyElements);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, inner]) => [name, withEmptyElements(inner)] as const);
  return members.length === 0 ? '' : Object.fromEntries(members.filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0)));
}
