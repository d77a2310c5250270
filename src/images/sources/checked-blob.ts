import { checkBlob } from '../blob-check.ts';
import { BlobFailed, type BlobRef, type ImageGap } from '../image.ts';
import { isDiskError, MemberMissing, type MemberStore } from './member-store.ts';

/** A member under the rules of a blob. */
export function readMemberAsBlob(store: MemberStore, member: string, blob: BlobRef, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return checkedBlob(store.stream(member, signal), blob, signal);
}

/** The rules of a blob: digest and size computed, BlobFailed at the end for what is wrong, or where it cannot be read. */
export async function* checkedBlob(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  blob: BlobRef,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const check = checkBlob(blob);
  try {
    for await (const chunk of chunks) {
      check.add(chunk);
      yield chunk;
    }
  } catch (error) {
    const gap = gapOf(error, blob.digest, signal);
    const isForeign = blob.isForeign === true && error instanceof MemberMissing;
    throw new BlobFailed(
      isForeign ? { ...gap, detail: `${gap.detail}; it is a foreign layer, whose own addresses are never fetched` } : gap,
      { cause: error },
    );
  }
  const wrong = check.problem();
  if (wrong !== undefined) throw new BlobFailed(wrong);
}

/** Why something was not read from disk. Throws what is no word of the system's. */
export function gapOf(error: unknown, subject: string, signal: AbortSignal): ImageGap {
  if (signal.aborted) return { reason: 'interrupted', subject, detail: 'the run was interrupted before this was read' };
  if (error instanceof MemberMissing) return { reason: 'unavailable', subject, detail: error.message };
  if (!isDiskError(error)) throw error;
  return { reason: 'unavailable', subject, detail: `it could not be read from disk (${error.code})` };
}
