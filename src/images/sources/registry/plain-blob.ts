import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { BlobRef } from '../../image.ts';

/** Whether an answer says that somebody on the way packed it with gzip, though nobody asked for that. */
export function isPacked(encoding: string | undefined): boolean {
  return encoding !== undefined && ['gzip', 'x-gzip'].includes(encoding.trim().toLowerCase());
}

/**
 * The blob's own bytes of an answer that says it is packed with gzip. Stores say it of layers that merely are gzip, too: then the bytes
 * are left as they are. What tells is how they begin, packed and unpacked.
 */
export async function* plainBlob(chunks: AsyncIterable<Uint8Array>, { mediaType }: BlobRef): AsyncGenerator<Uint8Array> {
  const rest = chunks[Symbol.asyncIterator]();
  const begin = await beginning(rest);
  const all = joined(begin, rest);
  if (!isWrapped(begin, mediaType)) return yield* all;
  const unpacked = zlib.createGunzip();
  // What goes wrong in either is thrown by the reading below.
  pipeline(Readable.from(all), unpacked, () => {});
  yield* unpacked as AsyncIterable<Uint8Array>; // no encoding was set: a stream of buffers
}

const toldByBytes = 512;

async function beginning(rest: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes < toldByBytes; ) {
    const next = await rest.next();
    if (next.done === true) break;
    chunks.push(Uint8Array.from(next.value));
    bytes += next.value.length;
  }
  return Buffer.concat(chunks);
}

async function* joined(begin: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield begin;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** A blob that is gzip itself was packed once more only if gzip comes out of it. */
function isWrapped(begin: Buffer, mediaType: string): boolean {
  if (!beginsAsGzip(begin)) return false;
  if (!mediaType.endsWith('gzip')) return true;
  try {
    return beginsAsGzip(zlib.gunzipSync(begin, { finishFlush: zlib.constants.Z_SYNC_FLUSH }));
  } catch {
    return false;
  }
}

const beginsAsGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
