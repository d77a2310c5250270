import http from 'node:http';
import https from 'node:https';
import zlib from 'node:zlib';
import type { ConnectionAgents } from '../../../http/agents.ts';
import { networkCode } from '../../../http/network-error.ts';
import type { GuardedLookup } from './address-guard.ts';
import { RegistryError } from './problem.ts';

export interface WireLimits {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** From then until the headers are there. */
  readonly headersMs: number;
  /** Without a single byte. */
  readonly idleMs: number;
  /** In so much time of waiting … */
  readonly paceMs: number;
  /** … at least so many bytes. */
  readonly paceBytes: number;
}

export const usualWireLimits: WireLimits = { connectMs: 15_000, headersMs: 60_000, idleMs: 30_000, paceMs: 60_000, paceBytes: 256 * 1024 };

export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** Resolves the host, and refuses addresses that must not be gone to. */
  readonly lookup: GuardedLookup;
}

export interface Wire {
  readonly agents: ConnectionAgents;
  readonly limits: WireLimits;
}

/** One request, until the headers of its answer. Redirects are not followed. Throws RegistryError. */
export function send(request: WireRequest, { agents, limits }: Wire, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { method, url, headers, body, lookup } = request;
  return new Promise((resolve, reject) => {
    const common = { method, headers: { ...headers, ...lengthOf(body) }, lookup, signal };
    const outgoing =
      url.protocol === 'https:'
        ? https.request(url, { ...common, agent: agents.https })
        : http.request(url, { ...common, agent: agents.http });
    const give =
      (what: string, more: { readonly isUnconnected?: true } = {}) =>
      () =>
        outgoing.destroy(new RegistryError({ kind: 'too-slow', host: url.host, what, ...more }));
    let timer = setTimeout(give(`gave no connection within ${limits.connectMs / 1000} s`, { isUnconnected: true }), limits.connectMs);
    const connected = () => {
      clearTimeout(timer);
      timer = setTimeout(give(`gave no answer within ${limits.headersMs / 1000} s`), limits.headersMs);
    };
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    let proxyStatus = 200;
    // Of the proxy agent: its answer to CONNECT. What is no tunnel is handed on as if the host had said it.
    outgoing.once('proxyConnect', ({ statusCode = 200 }: { readonly statusCode?: number }) => (proxyStatus = statusCode));
    outgoing.once('response', (answer) => {
      clearTimeout(timer);
      if (proxyStatus !== 200) {
        answer.destroy();
        return reject(new RegistryError({ kind: 'proxy', host: url.host, status: proxyStatus }));
      }
      // Whoever reads the body hears of errors by that; a body that nobody reads must not end the program.
      answer.on('error', () => {});
      resolve(answer);
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(wireError(error, url.host, signal));
    });
    outgoing.end(body);
  });
}

/** The body, as it comes. A stall, a trickle and a broken connection throw RegistryError; leaving early closes the connection. */
export async function* bodyOf(
  answer: http.IncomingMessage,
  host: string,
  limits: WireLimits,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let isWaiting = false;
  const idle = setTimeout(() => {
    if (isWaiting) answer.destroy(new RegistryError({ kind: 'too-slow', host, what: `sent nothing for ${limits.idleMs / 1000} s` }));
  }, limits.idleMs);
  const pace = paceOf(host, limits);
  const chunks = answer[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>; // without an encoding a response yields buffers
  try {
    for (;;) {
      isWaiting = true;
      idle.refresh();
      const started = performance.now();
      const next = await chunks.next();
      isWaiting = false;
      if (next.done === true) return;
      pace(next.value.length, performance.now() - started);
      yield next.value;
    }
  } catch (error) {
    throw wireError(error, host, signal);
  } finally {
    clearTimeout(idle);
    answer.destroy();
  }
}

/** The whole body of a document, if it is no longer than `maxBytes`; unpacked where somebody on the way packed it unasked. */
export async function readBody(
  answer: http.IncomingMessage,
  host: string,
  { limits, maxBytes, what }: { readonly limits: WireLimits; readonly maxBytes: number; readonly what: string },
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyOf(answer, host, limits, signal)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new RegistryError({ kind: 'too-large', detail: `${what} of ${host} is longer than ${maxBytes} bytes, and was not read` });
  }
  return plainBody(Buffer.concat(chunks, bytes), answer.headers['content-encoding'], { maxBytes, what: `${what} of ${host}` });
}

/** Bytes that begin a document are one, whatever the header says of them. */
function plainBody(
  body: Buffer,
  encoding: string | undefined,
  { maxBytes, what }: { readonly maxBytes: number; readonly what: string },
): Buffer {
  const unpack = unpackers[encoding?.trim().toLowerCase() ?? ''];
  if (unpack === undefined || /^\s*[{[]/.test(body.toString('latin1', 0, 64))) return body;
  try {
    return unpack(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (networkCode(error) === 'ERR_BUFFER_TOO_LARGE')
      throw new RegistryError(
        { kind: 'too-large', detail: `${what} is longer than ${maxBytes} bytes, and was not read` },
        { cause: error },
      );
    throw new RegistryError({ kind: 'malformed', detail: `${what} says that it is packed with ${encoding}, and is not` }, { cause: error });
  }
}

const unpackers: { readonly [encoding: string]: ((body: Buffer, options: zlib.ZlibOptions) => Buffer) | undefined } = {
  gzip: zlib.gunzipSync,
  'x-gzip': zlib.gunzipSync,
  deflate: zlib.inflateSync,
  br: zlib.brotliDecompressSync,
};

function lengthOf(body: string | undefined): { readonly [name: string]: string } {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

/** Counts only the time that was spent waiting: a reader that takes its time is not the server's fault. */
function paceOf(host: string, { paceMs, paceBytes }: WireLimits): (bytes: number, waitedMs: number) => void {
  let bytes = 0;
  let waitedMs = 0;
  return (more, ms) => {
    bytes += more;
    waitedMs += ms;
    if (waitedMs < paceMs) return;
    if (bytes < paceBytes) throw new RegistryError({ kind: 'too-slow', host, what: `sent only ${bytes} bytes in ${paceMs / 1000} s` });
    bytes = 0;
    waitedMs = 0;
  };
}

function wireError(error: unknown, host: string, signal: AbortSignal): RegistryError {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) if (at instanceof RegistryError) return at;
  if (signal.aborted) return new RegistryError({ kind: 'interrupted' }, { cause: error });
  return new RegistryError({ kind: 'network', host, code: networkCode(error) ?? 'connection lost' }, { cause: error });
}
