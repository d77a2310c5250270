import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';

/** Makes the key that a placeholder stands for. The same detector and number give the same key. */
export type GenerateSecret = (detector: string, number: number) => string;

/**
 * Puts generated keys in the place of `{secret:<detector>#<number>}`, so that no fixture holds a key.
 * Three directives pack text as the vendors do, after the keys are in: `{ "$base64": "text" }` becomes its base64,
 * `{ "$json": value }` becomes JSON text, `{ "$url-encoded-json": value }` the same percent-encoded. They nest.
 */
export function fillSecrets(json: Json, generate: GenerateSecret): Json {
  if (typeof json === 'string') return fillText(json, generate);
  if (isJsonList(json)) return json.map((item) => fillSecrets(item, generate));
  if (!isJsonObject(json)) return json;
  const packed = unpackDirective(json);
  if (packed !== undefined) return pack(packed.directive, fillSecrets(packed.content, generate));
  return fillObject(json, generate);
}

/** As `fillSecrets`, for an object that is known to stay one. */
export function fillObject(json: JsonObject, generate: GenerateSecret): JsonObject {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, fillSecrets(value, generate)]));
}

function fillText(text: string, generate: GenerateSecret): string {
  return text.replaceAll(/\{secret:([a-z0-9.-]+)#(\d+)\}/g, (_, detector: string, number: string) => generate(detector, Number(number)));
}

function unpackDirective(json: JsonObject): { readonly directive: Directive; readonly content: Json } | undefined {
  const [only, ...others] = Object.entries(json);
  if (only === undefined || others.length > 0) return undefined;
  const [name, content] = only;
  const directive = directives.find((known) => known === name);
  return directive && { directive, content };
}

const directives = ['$base64', '$json', '$url-encoded-json'] as const;
type Directive = (typeof directives)[number];

function pack(directive: Directive, content: Json): string {
  if (directive === '$url-encoded-json') return encodeURIComponent(JSON.stringify(content));
  if (directive === '$json') return JSON.stringify(content);
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64');
}
