import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { changeAt, stepsOf } from '../answer-path.ts';
import type { AwsOperation } from './operations.ts';

/**
 * IAM sends policy documents as percent-encoded JSON. They become the JSON text that a person wrote; what is not encoded, or
 * cannot be decoded, stays as it came. Values that carry secrets are left for `inspect`, which decodes them itself.
 */
export function decodeDocuments(answer: JsonObject, operation: AwsOperation): JsonObject {
  const secret = new Set(operation.secretResponsePaths);
  const paths = Object.entries(operation.textEncodings ?? {}).filter(
    ([path, encoding]) => encoding === 'url-encoded json' && !secret.has(path),
  );
  return paths.reduce<JsonObject>((current, [path]) => {
    const changed = changeAt(current, stepsOf(path), (value) => (typeof value === 'string' ? decode(value) : value));
    return isJsonObject(changed) ? changed : current;
  }, answer);
}

function decode(text: string): string {
  if (!/^\s*%7B/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
