import { buffer } from 'node:stream/consumers';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { ServiceCommand } from './clients.ts';
import type { AwsOperation } from './operations.ts';

/** A success without a body, which the SDK takes for an answer without members. */
export class EmptyAnswer extends Error {
  override readonly name = 'EmptyAnswer';
}

/**
 * The SDK is lenient where this program may not be: it reads a missing body as an answer without members, and makes an empty
 * list or object of an XML element that holds something else, so that what could not be read would look like "none".
 * Call before sending. The function that it returns takes the SDK's answer and puts the stray text of XML back in the place of
 * such an empty value, where the comparison with the vendor's model finds it. A missing body makes the sending throw EmptyAnswer.
 */
export function keepAnswerText(operation: AwsOperation, command: ServiceCommand): (answer: JsonObject) => Promise<JsonObject> {
  let text = '';
  command.middlewareStack.add(
    (next) => async (step) => {
      const result = await next(step);
      const response = result.response as { statusCode?: number; body?: AsyncIterable<Uint8Array> | Uint8Array };
      const body = await bytesOf(response.body);
      response.body = body;
      if (body.length === 0 && (response.statusCode ?? 500) < 300) throw new EmptyAnswer();
      text = operation.protocol === 'query' ? body.toString('utf8') : '';
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'aispmKeepAnswerText' },
  );
  return async (answer) => (operation.protocol === 'query' ? restored(answer, text) : answer);
}

async function bytesOf(body: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return buffer(body);
}

async function restored(answer: JsonObject, text: string): Promise<JsonObject> {
  const { XMLParser } = await import('fast-xml-parser');
  const document = new XMLParser({ parseTagValue: false, processEntities: false }).parse(text) as Json;
  // <GetRoleResponse><GetRoleResult>…</GetRoleResult><ResponseMetadata>…
  const response = memberEnding(document, 'Response');
  const whole = restore(answer, memberEnding(response, 'Result'));
  return isJsonObject(whole) ? whole : answer;
}

function memberEnding(value: Json | undefined, suffix: string): Json | undefined {
  return isJsonObject(value) ? Object.entries(value).find(([name]) => name.endsWith(suffix))?.[1] : undefined;
}

function restore(value: Json, raw: Json | undefined): Json {
  if (typeof raw === 'string') return isEmpty(value) && raw.trim() !== '' ? raw : value;
  if (isJsonList(value)) {
    const members = isJsonObject(raw) ? raw['member'] : undefined;
    if (value.length === 0 && isJsonObject(raw) && members === undefined) return 'elements that are no members of a list';
    const entries = isJsonList(members) ? members : [members];
    return value.map((item, at) => restore(item, entries[at]));
  }
  if (!isJsonObject(value) || !isJsonObject(raw)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, restore(inner, raw[name])]));
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
