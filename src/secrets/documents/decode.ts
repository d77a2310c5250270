import { gunzipSync, inflateSync } from 'node:zlib';
import type { TextEncoding } from '../../model/inspect.ts';

/** A decoded value, or the text as it was and why it could not be decoded. Reasons hold nothing of the text. */
export interface Decoded {
  readonly value: unknown;
  readonly undecodable?: string;
}

/** More than any user data, script or service document has; a bomb stops here. */
const largestText = 16 * 1024 * 1024;

/** Unpacks a text as its vendor packs it. Gzip inside base64 is opened (cloud-init takes user data so). */
export function decode(text: string, encoding: TextEncoding | undefined): Decoded {
  switch (encoding) {
    case undefined:
      return { value: text };
    case 'base64':
      return decodeBase64(text);
    case 'json':
      return parse(text, text);
    case 'url-encoded json':
      return decodeUrl(text);
  }
}

/** JSON inside a string, where it is an object or a list. */
export function nestedJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const { value } = parse(text, text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** The text behind base64 of readable text, for runs that a value or a script holds; of what is packed by gzip or zlib, also of an archive of files. */
export function readableBase64(run: string): string | undefined {
  const bytes = Buffer.from(run, 'base64');
  const opened = isGzip(bytes) ? opening(gunzipSync, bytes) : isZlib(bytes) ? opening(inflateSync, bytes) : undefined;
  if (opened !== undefined) return opened.length === 0 ? undefined : (readable(opened) ?? opened.toString('latin1'));
  return readableBytes(bytes);
}

/** The text that bytes are; undefined where they are none. */
export const readableBytes = (bytes: Buffer): string | undefined => (bytes.length === 0 ? undefined : readable(bytes));

function decodeBase64(text: string): Decoded {
  const packed = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(packed)) return { value: text, undecodable: 'is not base64' };
  const bytes = Buffer.from(packed, 'base64');
  const opened = isGzip(bytes) ? opening(gunzipSync, bytes) : bytes;
  if (opened === undefined) return { value: textOf(bytes), undecodable: 'holds gzip that cannot be opened' };
  return { value: textOf(opened) };
}

function decodeUrl(text: string): Decoded {
  let decoded: string;
  try {
    // RFC 3986, as the vendors that pack so: a plus is a plus.
    decoded = decodeURIComponent(text);
  } catch {
    return { value: text, undecodable: 'is not URL-encoded' };
  }
  return parse(decoded, decoded);
}

function parse(text: string, otherwise: string): Decoded {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { value: otherwise, undecodable: 'is not JSON' };
  }
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** At the usual window; two bytes are no magic, so that what does not unpack is none. */
const isZlib = (bytes: Buffer): boolean => bytes[0] === 0x78 && bytes.length > 2 && bytes.readUInt16BE(0) % 31 === 0;

function opening(unpack: typeof gunzipSync, bytes: Buffer): Buffer | undefined {
  try {
    return unpack(bytes, { maxOutputLength: largestText });
  } catch {
    return undefined; // cut, broken or too large: the caller says so
  }
}

/** UTF-16 by its byte order mark or its zeros, else UTF-8, else one character per byte: nothing is lost. */
export function textOf(bytes: Buffer): string {
  return (utf16(bytes) ?? utf8(bytes) ?? bytes.toString('latin1')).replace(/^\uFEFF/, '');
}

function utf16(bytes: Buffer): string | undefined {
  const isLittle =
    (bytes[0] === 0xff && bytes[1] === 0xfe) ||
    (bytes.length >= 4 && isText(bytes[0]) && bytes[1] === 0 && isText(bytes[2]) && bytes[3] === 0);
  const isBig =
    (bytes[0] === 0xfe && bytes[1] === 0xff) ||
    (bytes.length >= 4 && bytes[0] === 0 && isText(bytes[1]) && bytes[2] === 0 && isText(bytes[3]));
  if (isLittle) return bytes.toString('utf16le');
  return isBig
    ? Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le')
    : undefined;
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8
  }
}

function readable(bytes: Buffer): string | undefined {
  const text = utf16(bytes) ?? utf8(bytes);
  if (text === undefined) return undefined;
  // oxlint-disable-next-line no-control-regex -- control characters are what tells binary from text
  return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
}

const isText = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x09 && byte < 0x7f;
