import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';

/** Makes the key that a placeholder stands for. The same detector and number give the same key. */
export type GenerateSecret = (detector: string, number: number) => string;

/**
 * Puts generated keys in the place of `{secret:<detector>#<number>}`, so that no fixture holds a key.
 * Two directives pack text as the vendors do, after the keys are in: `{ "$base64": "text" }` becomes its base64,
 * `{ "$json": value }` becomes JSON text. Both nest.
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
  return text.replaceAll(/\{secret:([a-z0-9.-]+)#(\d+)\}/g, (_, detector: string, number: string) =>
    generate(detector, Number(number)),
  );
}

function unpackDirective(
  json: JsonObject,
): { readonly directive: '$base64' | '$json'; readonly content: Json } | undefined {
  const [only, ...others] = Object.entries(json);
  if (only === undefined || others.length > 0) return undefined;
  const [name, content] = only;
  return name === '$base64' || name === '$json' ? { directive: name, content } : undefined;
}

function pack(directive: '$base64' | '$json', content: Json): string {
  if (directive === '$json') return JSON.stringify(content);
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64');
}
