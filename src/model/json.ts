/** Plain JSON values, read-only. Facts, parameters and answers are made of these. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What a text of JSON holds; `undefined` where it is none. Of bytes: of the text that they are in UTF-8. Quotes nothing of what it could not read. */
export function jsonIn(text: string | Uint8Array): Json | undefined {
  try {
    return JSON.parse(typeof text === 'string' ? text : utf8(text)) as Json; // JSON.parse makes nothing else
  } catch {
    return undefined;
  }
}

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` does not narrow a read-only list. */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The objects of a list; none where it is no list. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isJsonList(value) ? value.filter(isJsonObject) : [];
}
