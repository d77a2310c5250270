import { createHash } from 'node:crypto';
import { parseDigest } from './digest.ts';
import type { BlobRef, ImageGap } from './image.ts';

export interface BlobCheck {
  add(chunk: Uint8Array): void;
  readonly bytes: number;
  /** True if what was added so far is exactly what the digest names. */
  isWhole(): boolean;
  /** After the last byte: what is wrong with the blob, or `undefined`. Both the declared and the found value are named. */
  problem(): ImageGap | undefined;
}

/** Computes digest and size of a blob while it goes by. Nobody's word is taken for either. */
export function checkBlob({ digest, size }: Pick<BlobRef, 'digest' | 'size'>): BlobCheck {
  const declared = parseDigest(digest);
  const hash = createHash(declared?.algorithm ?? 'sha256');
  let bytes = 0;
  const found = () => `${declared?.algorithm ?? 'sha256'}:${hash.copy().digest('hex')}`;
  return {
    add(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
    },
    get bytes() {
      return bytes;
    },
    isWhole: () => found() === digest,
    problem() {
      if (declared === undefined) return malformed(digest, `its digest "${digest}" is of no known form, so that it was not verified`);
      const actual = found();
      if (actual !== digest) return malformed(digest, `its bytes are not those of its digest: ${sizes(bytes, size)}, ${actual}`);
      if (size !== undefined && bytes !== size) return malformed(digest, `its size is wrong in the manifest: ${sizes(bytes, size)}`);
      return undefined;
    },
  };
}

const malformed = (subject: string, detail: string): ImageGap => ({ reason: 'malformed', subject, detail });

const sizes = (found: number, declared: number | undefined): string =>
  declared === undefined ? `${found} bytes` : `${found} bytes where ${declared} are declared`;
