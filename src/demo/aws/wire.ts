import { XMLBuilder } from 'fast-xml-parser';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { AwsOperation } from '../../providers/aws/operations.ts';
import type { VendorError } from '../answers.ts';
import type { Reply } from '../loopback.ts';

/** Paths of an answer that are times. */
export type IsTime = (path: string) => boolean;

/** An answer in the model's shape, on the wire of its protocol: JSON 1.1 writes times as seconds, REST-JSON as text, query as XML. */
export function answerOnTheWire(operation: AwsOperation, answer: JsonObject, isTime: IsTime): Reply {
  if (operation.protocol === 'query') return xml(200, queryAnswer(operation, answer));
  if (operation.protocol === 'json') return json(200, timesAsSeconds(answer, '', isTime) as JsonObject, jsonVersion);
  return json(200, answer, 'application/json');
}

/** An error of the vendor in the words of the operation's protocol. */
export function errorOnTheWire(protocol: AwsOperation['protocol'], error: VendorError): Reply {
  const { status, code, message, more } = error;
  if (protocol === 'query')
    return xml(status, {
      ErrorResponse: {
        '@_xmlns': namespaceOf('iam'),
        Error: { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message },
        RequestId: requestId,
      },
    });
  const isTyped = protocol === 'json';
  const body: JsonObject = { ...(isTyped && { __type: code }), message, ...more };
  const reply = json(status, body, isTyped ? jsonVersion : 'application/json');
  return { ...reply, headers: { ...reply.headers, 'x-amzn-errortype': code } };
}

const requestId = '00000000-0000-4000-8000-000000000000';
const jsonVersion = 'application/x-amz-json-1.1';

const json = (status: number, body: JsonObject, type: string): Reply => ({
  status,
  headers: { 'content-type': type, 'x-amzn-requestid': requestId },
  body: JSON.stringify(body),
});

function timesAsSeconds(value: Json, path: string, isTime: IsTime): Json {
  if (typeof value === 'string') return isTime(path) ? Date.parse(value) / 1000 : value;
  if (isJsonList(value)) return value.map((item) => timesAsSeconds(item, `${path}[]`, isTime));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, timesAsSeconds(member, path === '' ? name : `${path}.${name}`, isTime)]),
  );
}

const xmlBuilder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });
const xml = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body: xmlBuilder.build(body),
});

function queryAnswer({ operation, service }: AwsOperation, answer: JsonObject): object {
  return {
    [`${operation}Response`]: {
      '@_xmlns': namespaceOf(service.id),
      [`${operation}Result`]: asElements(answer),
      ResponseMetadata: { RequestId: requestId },
    },
  };
}

const namespaceOf = (service: string) =>
  service === 'sts' ? 'https://sts.amazonaws.com/doc/2011-06-15/' : 'https://iam.amazonaws.com/doc/2010-05-08/';

/** Lists of the query protocol are `<member>` elements inside the list's own. */
function asElements(value: Json): unknown {
  if (isJsonList(value)) return value.length === 0 ? '' : { member: value.map(asElements) };
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asElements(member)]));
}
