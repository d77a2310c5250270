import { isJsonObject, jsonIn, objectsIn } from '../../model/json.ts';
import { digestOf } from '../digest.ts';

/**
 * The digest of a signed schema 1 manifest is that of the text before it was signed: its head, and a tail that the signature names.
 * https://distribution.github.io/distribution/spec/deprecated-schema-v1/ . Unsigned, or signed in no form that is known: of all bytes.
 */
export function schema1Digest(bytes: Uint8Array): string {
  return digestOf(payloadOf(bytes) ?? bytes);
}

function payloadOf(bytes: Uint8Array): Uint8Array | undefined {
  const document = jsonIn(bytes);
  const [first] = isJsonObject(document) ? objectsIn(document['signatures']) : [];
  const head = first?.['protected'];
  const signed = typeof head === 'string' ? jsonIn(Buffer.from(head, 'base64url')) : undefined;
  const { formatLength, formatTail } = isJsonObject(signed) ? signed : {};
  if (typeof formatLength !== 'number' || typeof formatTail !== 'string' || formatLength > bytes.length) return undefined;
  return Buffer.concat([bytes.subarray(0, formatLength), Buffer.from(formatTail, 'base64url')]);
}
