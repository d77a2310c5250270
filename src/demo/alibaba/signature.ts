import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { LoopbackRequest } from '../loopback.ts';
import { isOss, isOssSignatureRight } from './oss.ts';

/** The access key that a request says it is signed with; that of OSS has the scope of the signature behind it. */
export function keyIdOf({ headers }: LoopbackRequest): string | undefined {
  return /Credential=([^,/]+)/.exec(headers.authorization ?? '')?.[1];
}

/** The token that came with the keys, whichever signature it is. */
export function tokenOf({ headers }: LoopbackRequest): string | readonly string[] | undefined {
  return headers['x-acs-security-token'] ?? headers['x-oss-security-token'];
}

/** Computes the signature anew, from what arrived, and compares: ACS3-HMAC-SHA256, and for OSS its own. */
export function isSignatureRight(request: LoopbackRequest, secret: string): boolean {
  if (isOss(request)) return isOssSignatureRight(request, secret);
  const { headers, url, method, body } = request;
  const authorization = headers.authorization ?? '';
  const signedHeaders = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const claimed = /Signature=([0-9a-f]{64})$/.exec(authorization)?.[1] ?? '';
  const hash = sha256(body);
  if (!authorization.startsWith('ACS3-HMAC-SHA256 ') || headers['x-acs-content-sha256'] !== hash) return false;
  const names = signedHeaders.split(';');
  if (!['host', 'x-acs-action', 'x-acs-content-sha256', 'x-acs-date', 'x-acs-version'].every((name) => names.includes(name))) return false;
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url),
    names.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`).join(''),
    signedHeaders,
    hash,
  ].join('\n');
  const wanted = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  return claimed.length === wanted.length && timingSafeEqual(Buffer.from(claimed), Buffer.from(wanted));
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
