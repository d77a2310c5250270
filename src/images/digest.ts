import { createHash } from 'node:crypto';

export interface Digest {
  readonly algorithm: 'sha256' | 'sha384' | 'sha512';
  readonly hex: string;
}

const hexLength = { sha256: 64, sha384: 96, sha512: 128 } as const;

/** `<algorithm>:<hex>` of the algorithms that images use, or `undefined`. https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export function parseDigest(text: string): Digest | undefined {
  const [, algorithm = '', hex = ''] = /^(sha256|sha384|sha512):([0-9a-f]+)$/.exec(text) ?? [];
  if (algorithm === '' || hex.length !== hexLength[algorithm as Digest['algorithm']]) return undefined;
  return { algorithm: algorithm as Digest['algorithm'], hex };
}

/** `<algorithm>:<lower-case hex>` of the bytes. */
export function digestOf(bytes: Uint8Array, algorithm: Digest['algorithm'] = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** True if these are the bytes that the digest names. False for a digest that cannot be computed. */
export function isDigestOf(digest: string, bytes: Uint8Array): boolean {
  const parsed = parseDigest(digest);
  return parsed !== undefined && digestOf(bytes, parsed.algorithm) === digest;
}
