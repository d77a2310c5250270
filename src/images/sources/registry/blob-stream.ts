import { networkCode } from '../../../http/network-error.ts';
import { checkBlob } from '../../blob-check.ts';
import { BlobFailed, type BlobRef, type ImageGap } from '../../image.ts';
import type { RegistryClient } from './client.ts';
import type { Opened } from './follow.ts';
import { gapOf, isPassing, problemOf, RegistryError, type RegistryProblem } from './problem.ts';
import { isPacked, plainBlob } from './plain-blob.ts';
import { pullScope } from './scope.ts';
import { waited } from './retry.ts';
import { bodyOf } from './wire.ts';

/** So many bytes in a row show that it goes on: failures before them are forgotten, some proxies end every answer after a megabyte. */
const provenBytes = 512 * 1024;
const mostFailures = 1000;
const unsizedLimit = 64 * 1024 ** 3;

/**
 * The bytes of a blob. A broken transfer goes on where it ended, asked anew of the registry: addresses that it redirects to are good
 * for minutes. Digest and size are computed; what is wrong with them, and what could not be read, throws BlobFailed at the end.
 */
export async function* readBlob(
  client: RegistryClient,
  repository: string,
  blob: BlobRef,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const check = checkBlob(blob);
  const limit = blob.size === undefined ? unsizedLimit : blob.size * 2 + 64 * 1024 ** 2;
  const failures = countFailures();
  let canRange = true;
  let hasNoMore = false;

  for (;;) {
    // What is in the way may not bear with parts: the last try is for the whole.
    const from = canRange && failures.inARow() + 1 < client.patience.attempts() ? check.bytes : 0;
    try {
      const opened = await ask(client, repository, blob, from, signal);
      if (opened.status === 416) {
        if (check.isWhole() || check.bytes >= (blob.size ?? Number.POSITIVE_INFINITY)) break;
        throw new RegistryError({ kind: 'malformed', detail: `${opened.host} has no more of the blob than ${check.bytes} bytes` });
      }
      const packed = isPackedAnswer(opened, blob);
      if (packed && from > 0) {
        // A part of what was packed is no part of the blob.
        opened.answer.destroy();
        canRange = false;
        continue;
      }
      let skip = skipped(opened, check.bytes, from);
      const body = bodyOf(opened.answer, opened.host, client.limits, signal);
      for await (const chunk of packed ? unpackedBody(body, blob, opened.host) : body) {
        const fresh = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - fresh.length;
        for (const part of splitAt(fresh, (blob.size ?? Number.POSITIVE_INFINITY) - check.bytes)) {
          check.add(part);
          failures.delivered(part.length);
          yield part;
          // The server may have more to say, or promise it; the blob is complete.
          if (check.bytes === blob.size && check.isWhole()) return client.patience.answered();
        }
        if (check.bytes > limit) throw tooLarge(blob, check.bytes);
      }
      if (skip === 0 && (check.bytes >= (blob.size ?? 0) || check.isWhole())) break;
      throw new RegistryError({ kind: 'network', host: opened.host, code: 'the answer ended early' });
    } catch (error) {
      const problem = problemOf(error);
      if (from > 0 && mayBeOfRange(problem)) canRange = false;
      else if (!isPassing(problem) && !mayHaveExpired(problem)) throw failed(problem, blob, check.bytes, error);
      // A server that closes every answer at the same byte has no more: what it gave is judged.
      if (failures.isEnough(client.patience.attempts())) {
        client.patience.gaveUp(problem);
        hasNoMore = problem.kind === 'network' && problem.code === 'the answer ended early';
        if (hasNoMore) break;
        throw failed(problem, blob, check.bytes, error);
      }
      if (!(await waited(problem, failures.inARow(), client.world, signal)) || signal.aborted)
        throw failed(signal.aborted ? { kind: 'interrupted' } : problem, blob, check.bytes, error);
    }
  }
  client.patience.answered();
  const wrong = check.problem();
  if (wrong !== undefined) throw new BlobFailed(wrong, { mayDiffer: !hasNoMore && !check.isWhole() });
}

function ask(client: RegistryClient, repository: string, blob: BlobRef, from: number, signal: AbortSignal): Promise<Opened> {
  return client.open(`/v2/${repository}/blobs/${blob.digest}`, {
    scope: pullScope(repository),
    headers: from > 0 ? { range: `bytes=${from}-` } : {},
    accepts: from > 0 ? [416] : [],
    signal,
  });
}

/** Stores say of layers that are gzip that they are packed, too: where the length is that of the blob, these are its own bytes. */
function isPackedAnswer({ headers }: Opened, { size }: BlobRef): boolean {
  return isPacked(headers['content-encoding']) && headers['content-length'] !== String(size);
}

async function* unpackedBody(body: AsyncIterable<Uint8Array>, blob: BlobRef, host: string): AsyncGenerator<Uint8Array> {
  try {
    yield* plainBlob(body, blob);
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    const code = networkCode(error) ?? '';
    if (!code.startsWith('Z_')) throw error;
    if (code === 'Z_BUF_ERROR') throw new RegistryError({ kind: 'network', host, code: 'the answer ended early' }, { cause: error });
    const detail = `${host} answered with what it says is packed with gzip, and is not`;
    throw new RegistryError({ kind: 'malformed', detail }, { cause: error });
  }
}

/** How many bytes of an answer were had before. An answer that starts after them is of no use. */
function skipped({ status, headers, host, answer }: Opened, have: number, from: number): number {
  if (status !== 206) return have;
  const named = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
  // A part that nobody asked for is the whole, if nothing else is said of it.
  const start = named ?? (from === 0 ? '0' : undefined);
  const isPlain = !String(headers['content-type']).startsWith('multipart/');
  if (start !== undefined && isPlain && Number(start) <= have) return have - Number(start);
  answer.destroy();
  throw new RegistryError({ kind: 'malformed', detail: `${host} answered with another part of the blob than was asked for` });
}

/** Said to a question for a part; the whole may be had all the same. */
function mayBeOfRange(problem: RegistryProblem): boolean {
  if (problem.kind === 'http') return problem.status < 500 && ![401, 404, 408, 429].includes(problem.status);
  return problem.kind === 'malformed';
}

function* splitAt(chunk: Uint8Array, at: number): Generator<Uint8Array> {
  if (at > 0 && at < chunk.length) {
    yield chunk.subarray(0, at);
    yield chunk.subarray(at);
  } else if (chunk.length > 0) yield chunk;
}

function countFailures() {
  let inARow = 0;
  let inAll = 0;
  let delivered = 0;
  return {
    delivered(bytes: number) {
      delivered += bytes;
      if (delivered >= provenBytes) {
        inARow = 0;
        delivered = 0;
      }
    },
    isEnough(attempts: number): boolean {
      inARow += 1;
      inAll += 1;
      delivered = 0;
      return inARow >= attempts || inAll >= mostFailures;
    },
    inARow: () => inARow,
  };
}

/** A signed address that has run out is refused by the host that the registry redirected to. */
function mayHaveExpired(problem: RegistryProblem): boolean {
  return (
    problem.kind === 'http' && problem.isRedirected === true && (problem.status === 400 || problem.status === 401 || problem.status === 403)
  );
}

function tooLarge({ digest, size }: BlobRef, bytes: number): RegistryError {
  return new RegistryError({
    kind: 'too-large',
    detail: `${digest} did not end after ${bytes} bytes${size === undefined ? '' : ` (${size} are declared)`}`,
  });
}

function failed(problem: RegistryProblem, blob: BlobRef, bytes: number, cause: unknown): BlobFailed {
  const gap = gapOf(problem, blob.digest);
  return new BlobFailed({ ...gap, detail: `${gap.detail}${foreign(problem, blob)}${readUntil(bytes, blob)}` }, { cause });
}

const foreign = (problem: RegistryProblem, { isForeign }: BlobRef): string =>
  isForeign === true && problem.kind === 'http' && problem.status === 404
    ? '; it is a foreign layer, whose own addresses are never fetched'
    : '';

const readUntil = (bytes: number, { size }: BlobRef): ImageGap['detail'] =>
  bytes === 0 ? '' : `; ${bytes}${size === undefined ? '' : ` of ${size}`} bytes were read`;
