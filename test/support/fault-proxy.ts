import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What goes wrong with one exchange. `after`: bytes of the body that come before. */
export type NetworkFault =
  /** The connection is reset, closed in good order, or goes silent. */
  | { readonly kind: 'reset' | 'close' | 'stall'; readonly after: number }
  | { readonly kind: 'no-headers' }
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: 'flip'; readonly at: number }
  /** The length in the header is this much off. */
  | { readonly kind: 'length'; readonly by: number }
  | { readonly kind: 'no-length' }
  /** The body ends early, and its header says that it is whole. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** So many bytes of zero follow the body, and the header counts them. */
  | { readonly kind: 'long'; readonly bytes: number }
  | { readonly kind: 'endless' }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: { readonly [name: string]: string }; readonly body?: string }
  /** `Range` does not reach the registry. */
  | { readonly kind: 'range-ignored' }
  | { readonly kind: 'wrong-range'; readonly by: number }
  | { readonly kind: 'headers'; readonly set: { readonly [name: string]: string | undefined } }
  | { readonly kind: 'body'; readonly text: string }
  /** The body is packed with gzip, unasked, and its header says so. */
  | { readonly kind: 'packed' }
  /** The token service that a challenge names is this proxy's own. */
  | { readonly kind: 'realm-here' };

export interface FaultRule {
  readonly path: RegExp;
  readonly method?: string;
  /** Only questions for a part. */
  readonly isRange?: true;
  readonly fault: NetworkFault;
  /** The first so many requests that fit pass by. */
  readonly skip?: number;
  /** How often it strikes; always where it is left out. */
  readonly times?: number;
}

export interface FaultProxy {
  readonly host: string;
  readonly origin: string;
  /** `METHOD path [range]`, in the order of arrival. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Stands between a client and a server on loopback, and breaks what its rules name. The first rule that fits strikes. */
export async function startFaultProxy(target: string, rules: readonly FaultRule[]): Promise<FaultProxy> {
  const requests: string[] = [];
  const counts = new Map<FaultRule, number>();
  const timers = new Set<NodeJS.Timeout>();

  function faultOf(request: http.IncomingMessage): NetworkFault | undefined {
    for (const rule of rules) {
      if (!rule.path.test(request.url ?? '') || (rule.method ?? request.method) !== request.method) continue;
      if (rule.isRange === true && request.headers.range === undefined) continue;
      const count = counts.get(rule) ?? 0;
      counts.set(rule, count + 1);
      const skip = rule.skip ?? 0;
      if (count >= skip && count < skip + (rule.times ?? Number.POSITIVE_INFINITY)) return rule.fault;
    }
    return undefined;
  }

  const server = http.createServer((request, response) => {
    const { range, ...headers } = request.headers;
    requests.push([request.method, request.url, ...(range === undefined ? [] : [range])].join(' '));
    const fault = faultOf(request);
    if (fault?.kind === 'no-headers') return;
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers);
      return void response.end(fault.body);
    }
    const passed = fault?.kind === 'range-ignored' || range === undefined ? headers : { ...headers, range };
    // Cookies and realms hold the host that was asked: it stays the proxy's.
    const upstream = http.request(new URL(request.url ?? '/', target), { method: request.method, headers: passed, agent: false });
    upstream.on('error', () => response.destroy());
    upstream.on('response', (answer) => void relay(answer, response, fault, { timers, here: request.headers.host ?? '' }));
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on a port: no string, not null
  return {
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function relay(
  answer: http.IncomingMessage,
  response: http.ServerResponse,
  fault: NetworkFault | undefined,
  { timers, here }: { readonly timers: Set<NodeJS.Timeout>; readonly here: string },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const headers: http.OutgoingHttpHeaders = { ...answer.headers };
  if (fault?.kind === 'realm-here' && answer.headers['www-authenticate'] !== undefined)
    headers['www-authenticate'] = answer.headers['www-authenticate'].replace(/http:\/\/[^/"]+/, `http://${here}`);
  const head = (more: http.OutgoingHttpHeaders = {}) => response.writeHead(answer.statusCode ?? 502, { ...headers, ...more });
  const give = (body: Buffer) => response.end(body);
  // Headers go out before what breaks: else the client sees no answer at all.
  const start = (bytes: number) =>
    new Promise<void>((done) => void (response.flushHeaders(), response.write(whole.subarray(0, bytes), () => done())));

  switch (fault?.kind) {
    case 'reset':
    case 'close':
      head();
      await start(fault.after);
      timers.add(setTimeout(() => (fault.kind === 'reset' ? response.socket?.resetAndDestroy() : response.socket?.end()), 20));
      return;
    case 'stall':
      head();
      return start(fault.after);
    case 'trickle': {
      head();
      let at = 0;
      const timer = setInterval(() => {
        if (at < whole.length) response.write(whole.subarray(at, (at += fault.bytes)));
        else response.end();
      }, fault.everyMs);
      timers.add(timer);
      response.once('close', () => clearInterval(timer));
      return;
    }
    case 'flip': {
      const flipped = Buffer.from(whole);
      if (fault.at < flipped.length) flipped[fault.at] = (flipped[fault.at] ?? 0) ^ 1;
      head();
      return void give(flipped);
    }
    case 'length': {
      head({ 'content-length': whole.length + fault.by });
      response.flushHeaders();
      response.socket?.write(whole);
      timers.add(setTimeout(() => response.socket?.end(), 50));
      return;
    }
    case 'no-length':
      delete headers['content-length'];
      head();
      return void give(whole);
    case 'short':
      head({ 'content-length': Math.min(fault.bytes, whole.length) });
      return void give(whole.subarray(0, fault.bytes));
    case 'long':
      head({ 'content-length': whole.length + fault.bytes });
      return void give(Buffer.concat([whole, Buffer.alloc(fault.bytes)]));
    case 'endless': {
      delete headers['content-length'];
      head();
      const zeros = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(zeros));
      };
      response.on('drain', more);
      return more();
    }
    case 'wrong-range': {
      const range = (answer.headers['content-range'] ?? '').replace(
        /bytes (\d+)/,
        (_, first: string) => `bytes ${Number(first) + fault.by}`,
      );
      head({ 'content-range': range });
      return void give(whole);
    }
    case 'headers': {
      for (const [name, value] of Object.entries(fault.set)) {
        if (value === undefined) delete headers[name];
        else headers[name] = value;
      }
      head();
      return void give(whole);
    }
    case 'packed': {
      const packed = gzipSync(whole);
      head({ 'content-encoding': 'gzip', 'content-length': packed.length });
      return void give(packed);
    }
    case 'body':
      head({ 'content-length': Buffer.byteLength(fault.text) });
      return void give(Buffer.from(fault.text));
    case 'no-headers':
    case 'range-ignored':
    case 'realm-here':
    case 'status':
    case undefined:
      head();
      give(whole);
  }
}
