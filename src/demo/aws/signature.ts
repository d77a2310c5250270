import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { LoopbackRequest } from '../loopback.ts';

/** What the `Authorization` header of signature version 4 says. */
export interface SignedBy {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Reads the header; `undefined` where the request is not signed this way. */
export function signedBy({ headers }: LoopbackRequest): SignedBy | undefined {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (parts === null) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', names = '', signature = ''] = parts;
  return { accessKeyId, date, region, service, signedHeaders: names.split(';'), signature };
}

/**
 * Computes the signature again and compares.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSignatureRight(request: LoopbackRequest, by: SignedBy, secretAccessKey: string): boolean {
  const scope = `${by.date}/${by.region}/${by.service}/aws4_request`;
  const canonical = [
    request.method,
    canonicalPath(request.url),
    canonicalQuery(request.url),
    ...by.signedHeaders.map((name) => `${name}:${headerText(request, name)}`),
    '',
    by.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', headerText(request, 'x-amz-date'), scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>((held, part) => hmac(held, part), `AWS4${secretAccessKey}`);
  return timingSafeEqual(hmac(key, text), Buffer.from(by.signature, 'hex'));
}

// The path travels encoded once and is encoded once more for the signature.
const canonicalPath = ({ pathname }: URL) => pathname.split('/').map(encode).join('/');

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

function headerText({ headers }: LoopbackRequest, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replaceAll(/ +/g, ' ');
}

const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
