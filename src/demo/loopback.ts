import type http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { answerFor, type RecordedAnswer, type RecordedCall, type VendorError } from './answers.ts';
import { fillObject, type GenerateSecret } from './fill.ts';
import { listen, type Listening, type Tls } from './listen.ts';

/**
 * How an answer can go wrong. `refused`: the vendor's permission error. `throttled`: its rate-limit error, always or `times` times.
 * `html502`: a proxy's error page. `empty`: a success without a body. `reset`: the connection breaks. `timeout`: no answer ever.
 * `drip`: one byte now and then. `truncated`: the body ends early, its length says so. `wrong-shape`: every list is a string.
 * `endless-token`: every page names a next one.
 */
export type Fault =
  | 'refused'
  | 'throttled'
  | { readonly throttled: number }
  | 'html502'
  | 'empty'
  | 'reset'
  | 'timeout'
  | 'drip'
  | 'truncated'
  | 'wrong-shape'
  | 'endless-token';

export interface LoopbackRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body: string | Buffer;
}

/** What a request is: a call of the catalogue, or something that the double answers itself (sign-in, a wrong signature). */
export type Routed = { readonly call: RecordedCall } | { readonly reply: Reply };

/** What a double knows of its cloud: how requests name operations, and how answers look on the wire. */
export interface WireProtocol {
  route(request: LoopbackRequest): Routed | Promise<Routed>;
  /** Puts an answer in the vendor's model shape on the wire. */
  answer(call: RecordedCall, answer: JsonObject): Reply;
  /** Puts a vendor's error on the wire. */
  error(call: RecordedCall, error: VendorError): Reply;
  /** The permission error and the rate-limit error of this cloud. */
  readonly refused: (call: RecordedCall) => VendorError;
  readonly throttled: (call: RecordedCall) => VendorError;
  /** The answer with a next page that never ends: the same token every time. */
  endless(call: RecordedCall, answer: JsonObject): JsonObject;
  /** The answer with a type that its model does not allow; by default every list becomes a string. */
  garble?(call: RecordedCall, answer: JsonObject): JsonObject;
}

/** Options that every double takes; `start<Provider>Double` passes them on. */
export interface DoubleOptions {
  readonly answers: readonly RecordedAnswer[];
  /** Asked for each request. */
  readonly faults?: (call: RecordedCall) => Fault | undefined;
  /** Waits this long before each answer. */
  readonly latencyMs?: number;
  /** Makes the keys that placeholders in answers stand for. */
  readonly fill?: GenerateSecret;
}

export interface LoopbackOptions extends DoubleOptions {
  readonly protocol: WireProtocol;
  readonly tls?: Tls;
}

export interface Loopback extends Listening {
  /** Every call that was understood, in the order of arrival. Grows while the server runs. */
  readonly calls: readonly RecordedCall[];
  /** Calls for which no answer was written. */
  readonly unanswered: readonly RecordedCall[];
}

/** Starts a server on 127.0.0.1 that answers one cloud's calls from recorded answers, with faults where they are asked for. */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const calls: RecordedCall[] = [];
  const unanswered: RecordedCall[] = [];
  const throttles = new Map<string, number>();

  const listener = async (incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const request = await receive(incoming, options.tls === undefined ? 'http' : 'https');
    const routed = await options.protocol.route(request);
    if (options.latencyMs !== undefined) await new Promise((done) => setTimeout(done, options.latencyMs));
    if ('reply' in routed) return send(response, routed.reply);
    const { call } = routed;
    calls.push(call);
    const fault = takeFault(options.faults?.(call), call, throttles);
    if (fault === 'refused') return send(response, options.protocol.error(call, options.protocol.refused(call)));
    if (fault === 'throttled') return send(response, options.protocol.error(call, options.protocol.throttled(call)));
    const recorded = answerFor(options.answers, call) ?? (fault === 'endless-token' ? anyAnswer(options.answers, call) : undefined);
    if (recorded === undefined) unanswered.push(call);
    sendFaulty(response, replyTo(options, call, recorded, fault), fault);
  };
  const onRequest = (incoming: http.IncomingMessage, response: http.ServerResponse) => {
    listener(incoming, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
  return { ...(await listen(onRequest, options.tls)), calls, unanswered };
}

async function receive(incoming: http.IncomingMessage, scheme: string): Promise<LoopbackRequest> {
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', `${scheme}://${incoming.headers.host ?? '127.0.0.1'}`),
    headers: incoming.headers,
    body: await buffer(incoming),
  };
}

/** A page that nobody wrote: an endless listing repeats what it has. */
function anyAnswer(answers: readonly RecordedAnswer[], call: RecordedCall): RecordedAnswer | undefined {
  return answers.find(
    ({ operation, account, region, answer }) =>
      answer !== undefined &&
      operation === call.operation &&
      (account === undefined || account === call.account) &&
      (region === undefined || region === call.region),
  );
}

type PlainFault = Exclude<Fault, { readonly throttled: number }>;

function takeFault(fault: Fault | undefined, call: RecordedCall, throttles: Map<string, number>): PlainFault | undefined {
  if (typeof fault !== 'object') return fault;
  const key = JSON.stringify(call);
  const before = throttles.get(key) ?? 0;
  throttles.set(key, before + 1);
  return before < fault.throttled ? 'throttled' : undefined;
}

function replyTo(
  { protocol, fill }: LoopbackOptions,
  call: RecordedCall,
  recorded: RecordedAnswer | undefined,
  fault: PlainFault | undefined,
): Reply {
  if (recorded === undefined)
    return protocol.error(call, {
      status: 400,
      code: 'NoRecordedAnswer',
      message: `no answer is recorded for ${call.operation}`,
    });
  if (recorded.error !== undefined) return protocol.error(call, recorded.error);
  const plain = recorded.answer ?? {};
  const answer = fill === undefined ? plain : fillObject(plain, fill);
  if (fault === 'wrong-shape') return protocol.answer(call, protocol.garble?.(call, answer) ?? garbleLists(answer));
  if (fault === 'endless-token') return protocol.answer(call, protocol.endless(call, answer));
  return protocol.answer(call, answer);
}

/** Every list near the top becomes a text; where there is none every object does, and else every number and truth value. */
export function garbleLists(answer: JsonObject): JsonObject {
  const isSame = (garbled: JsonObject) => JSON.stringify(garbled) === JSON.stringify(answer);
  const lists = mapMembers(answer, (value) => {
    if (isJsonList(value)) return 'garbled';
    return isJsonObject(value) ? mapMembers(value, (inner) => (isJsonList(inner) ? 'garbled' : inner)) : value;
  });
  if (!isSame(lists)) return lists;
  const objects = mapMembers(answer, (value) => (isJsonObject(value) ? 'garbled' : value));
  if (!isSame(objects)) return objects;
  return mapMembers(answer, (value) => (typeof value === 'string' ? value : 'garbled'));
}

function mapMembers(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

function send(response: http.ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { 'content-length': Buffer.byteLength(reply.body), ...reply.headers });
  response.end(reply.body);
}

const badGateway = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

function sendFaulty(response: http.ServerResponse, reply: Reply, fault: PlainFault | undefined): void {
  if (fault === 'html502') return send(response, { status: 502, headers: { 'content-type': 'text/html' }, body: badGateway });
  if (fault === 'empty') return send(response, { ...reply, body: '' });
  if (fault === 'reset') return void response.socket?.resetAndDestroy();
  if (fault === 'timeout') return;
  const body = Buffer.from(reply.body);
  // The length fits the cut body: clients must notice from the JSON or XML itself.
  if (fault === 'truncated') return send(response, { ...reply, body: body.subarray(0, Math.floor(body.length * 0.6)) });
  if (fault === 'drip') return drip(response, reply, body);
  send(response, reply);
}

function drip(response: http.ServerResponse, reply: Reply, body: Buffer): void {
  response.writeHead(reply.status, { 'content-length': body.length, ...reply.headers });
  let at = 0;
  const timer = setInterval(() => {
    if (at < body.length) response.write(body.subarray(at, ++at));
    else response.end();
  }, 100);
  response.once('close', () => clearInterval(timer));
}
