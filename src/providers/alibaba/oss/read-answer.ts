import { isJsonList, isJsonObject, type Json, jsonIn, type JsonObject } from '../../../model/json.ts';
import type { AlibabaOperation } from '../operations.ts';
import { VendorRefusal } from '../read-answer.ts';
import { UnusableAnswer } from '../unusable-answer.ts';
import type { WireAnswer } from '../wire.ts';

/**
 * The answer of a success in the vendor's model shape: XML, with its root left out where the catalogue names it, or the plain
 * text of a policy under `body`. Throws `VendorRefusal` for a refusal that names its code, `UnusableAnswer` for all else.
 */
export async function readOssAnswer({ status, body }: WireAnswer, operation: AlibabaOperation): Promise<JsonObject> {
  const succeeded = status >= 200 && status < 300;
  if (succeeded && operation.responseBodyType === 'string') return { body: policyText(body, status) };
  const document = await parseXml(body, status);
  if (!succeeded) throw refusal(document, status);
  const root = operation.xmlRoot;
  if (root === undefined) return typed(document, '', operation);
  if (!Object.hasOwn(document, root)) throw new UnusableAnswer(`is XML, but no ${root}`, status);
  const inner = document[root];
  return typed(isJsonObject(inner) ? inner : {}, '', operation);
}

function policyText(body: Buffer, status: number): string {
  const text = body.toString('utf8');
  if (jsonIn(text) === undefined) throw new UnusableAnswer('is no policy', status);
  return text;
}

async function parseXml(body: Buffer, status: number): Promise<JsonObject> {
  const text = body.toString('utf8');
  if (text.trim() === '') throw new UnusableAnswer('is empty', status);
  // OSS sends no document types; whoever does means to have entities expanded.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new UnusableAnswer('declares a document type', status);
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  if (!/^\s*(\uFEFF)?</.test(text) || XMLValidator.validate(text) !== true) throw new UnusableAnswer('is cut or is no XML', status);
  // The parser yields texts, objects and lists alone.
  const document = new XMLParser({ parseTagValue: false, ignoreDeclaration: true, ignorePiTags: true }).parse(text) as Json;
  if (!isJsonObject(document)) throw new UnusableAnswer('is cut or is no XML', status);
  return document;
}

function refusal(document: JsonObject, status: number): Error {
  const { Error: error } = document;
  const code = isJsonObject(error) ? error['Code'] : undefined;
  if (typeof code !== 'string') return new UnusableAnswer('names no error code', status);
  return new VendorRefusal({ status, code: /^[\w.-]{1,80}$/.test(code) ? code : 'an unreadable code' });
}

/** XML knows text alone: the catalogue says which paths are truth values and which lists. An empty element is an absent member. */
function typed(object: JsonObject, path: string, operation: AlibabaOperation): JsonObject {
  const members: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(object)) {
    const member = typedMember(value, path === '' ? name : `${path}.${name}`, operation);
    if (member !== undefined) members[name] = member;
  }
  return { ...members, ...emptyRoot(object, path, operation), ...emptyList(object, path, operation) };
}

function typedMember(value: Json, place: string, operation: AlibabaOperation): Json | undefined {
  if (operation.listPath === `${place}[]`) {
    return (isJsonList(value) ? value : [value]).map((item) => (isJsonObject(item) ? typed(item, `${place}[]`, operation) : item));
  }
  if (isJsonObject(value)) return typed(value, place, operation);
  if (value === '') return undefined;
  if (operation.xmlBooleans?.includes(place) === true && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** `<BucketLoggingStatus/>` says that nothing is set, and that it was asked. */
function emptyRoot(object: JsonObject, path: string, { xmlRoot }: AlibabaOperation): JsonObject {
  if (path !== '' || xmlRoot !== undefined) return {};
  return Object.fromEntries(Object.entries(object).flatMap(([name, value]) => (value === '' ? [[name, {}]] : [])));
}

/** A list without items is an empty element, or the empty element around it. */
function emptyList(object: JsonObject, path: string, { listPath }: AlibabaOperation): JsonObject {
  const [parent, list] = listPath?.slice(0, -2).split('.') ?? [];
  if (path !== '' || parent === undefined || list === undefined) return {};
  return object[parent] === '' ? { [parent]: { [list]: [] } } : {};
}
