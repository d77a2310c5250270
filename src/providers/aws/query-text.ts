import type { ServiceCommand } from './clients.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/**
 * The SDK makes an empty list or an empty object of an XML element that holds something else: what could not be read would look
 * like "none". This keeps the text of a query answer, and puts the stray text back in the place of such an empty value, where the
 * comparison with the vendor's model finds it. Call before sending; the function that it returns takes the answer.
 */
export function keepStrayText(command: ServiceCommand): (answer: JsonObject) => Promise<JsonObject> {
  let text = '';
  command.middlewareStack.add(
    (next) => async (step) => {
      const result = await next(step);
      const response = result.response as { body?: AsyncIterable<Uint8Array> | Uint8Array };
      const body = await bytesOf(response.body);
      text = body.toString('utf8');
      response.body = body;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'aispmKeepText' },
  );
  return async (answer) => {
    const { XMLParser } = await import('fast-xml-parser');
    const document = new XMLParser({ parseTagValue: false, processEntities: false }).parse(text) as Json;
    const [root] = isJsonObject(document) ? Object.entries(document).filter(([name]) => !name.startsWith('?')) : [];
    const result =
      root !== undefined && isJsonObject(root[1]) ? Object.entries(root[1]).find(([name]) => name.endsWith('Result')) : undefined;
    const restored = restore(answer, result?.[1]);
    return isJsonObject(restored) ? restored : answer;
  };
}

async function bytesOf(body: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function restore(value: Json, raw: Json | undefined): Json {
  if (typeof raw === 'string') return isEmpty(value) && raw.trim() !== '' ? raw : value;
  if (isJsonList(value)) {
    const members = isJsonObject(raw) ? raw['member'] : undefined;
    const entries = isJsonList(members) ? members : [members];
    if (value.length === 0 && isJsonObject(raw) && members === undefined) return 'elements that are no members';
    return value.map((item, at) => restore(item, entries[at]));
  }
  if (!isJsonObject(value) || !isJsonObject(raw)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, restore(inner, raw[name])]));
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
