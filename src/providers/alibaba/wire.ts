import http from 'node:http';
import https from 'node:https';
import type { Agents } from '../provider.ts';

export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireOptions {
  readonly agents: Agents;
  /** For the whole exchange, the last byte included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** No complete answer came within the deadline. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** The connection could not be made, or broke; `code` is Node's, where it has one. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
  readonly code: string | undefined;

  constructor(cause: Error) {
    super('the connection failed', { cause });
    this.code = (cause as NodeJS.ErrnoException).code;
  }
}

/** The answer was longer than anything that these APIs send for one page. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

const maxAnswerBytes = 64 * 1024 * 1024;

/** One exchange on the agents of the run. Redirects are not followed: the signature and the token are for this host only. */
export async function exchange(request: WireRequest, options: WireOptions): Promise<WireAnswer> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  try {
    return await attempt(request, options.agents, AbortSignal.any([options.signal, deadline]));
  } catch (error) {
    options.signal.throwIfAborted();
    if (deadline.aborted) throw new DeadlineExceeded(`no complete answer within ${options.timeoutMs} ms`);
    throw error;
  }
}

function attempt({ method, url, headers, body }: WireRequest, agents: Agents, signal: AbortSignal): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: http.IncomingMessage) => {
      readAll(answer).then(
        (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
        (error: Error) => reject(error instanceof AnswerTooLarge ? error : new ConnectionFailed(error)),
      );
    };
    const secure = url.protocol === 'https:';
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const common = { method, headers: { ...headers, ...length }, signal };
    const outgoing = secure
      ? https.request(url, { ...common, agent: agents.https }, onAnswer)
      : http.request(url, { ...common, agent: agents.http }, onAnswer);
    outgoing.once('error', (error) => reject(new ConnectionFailed(error)));
    outgoing.end(body);
  });
}

async function readAll(answer: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    // Without `setEncoding` a response yields buffers.
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxAnswerBytes) throw new AnswerTooLarge(`the answer is longer than ${maxAnswerBytes} bytes`);
  }
  return Buffer.concat(chunks, bytes);
}
