import { isJsonObject } from '../../model/json.ts';
import { digestOf } from '../digest.ts';

/**
 * The digest of a signed schema 1 manifest is that of the text before it was signed: its head, and a tail that the signature names.
 * https://distribution.github.io/distribution/spec/deprecated-schema-v1/ . Unsigned, or signed in no form that is known: of all bytes.
 */
export function schema1Digest(bytes: Uint8Array): string {
  return digestOf(payloadOf(bytes) ?? bytes);
}

function payloadOf(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const document: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const signatures = isJsonObject(document) ? document['signatures'] : undefined;
    const first: unknown = Array.isArray(signatures) ? signatures[0] : undefined;
    const head = isJsonObject(first) ? first['protected'] : undefined;
    if (typeof head !== 'string') return undefined;
    const { formatLength, formatTail } = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as {
      readonly [name: string]: unknown;
    };
    if (typeof formatLength !== 'number' || typeof formatTail !== 'string' || formatLength > bytes.length) return undefined;
    return Buffer.concat([bytes.subarray(0, formatLength), Buffer.from(formatTail, 'base64url')]);
  } catch {
    return undefined;
  }
}
