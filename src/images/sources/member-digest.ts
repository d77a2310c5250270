import { createHash } from 'node:crypto';
import path from 'node:path/posix';
import type { MemberStore } from './member-store.ts';

/** `blobs/sha256/HEX`, `HEX.json`, `HEX.tar.gz`, `sha256:HEX`. The folder of `HEX/layer.tar` is an id of older versions and no digest. */
export function digestInName(member: string): string | undefined {
  const hex = /^(?:sha256:)?([0-9a-f]{64})(?:\.json|\.tar\.gz)?$/.exec(path.basename(member))?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** Tools that pack layers name them by digest; where one does not, the layer is read once for it. */
export async function computedDigest(store: MemberStore, member: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of store.stream(member, signal)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
