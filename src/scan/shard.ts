import { createHash } from 'node:crypto';

/** One of several parts of a reading: `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The same split on every machine: by the id alone. */
export function isInShard(id: string, shard: Shard | undefined): boolean {
  if (shard === undefined) return true;
  return createHash('sha256').update(id).digest().readUInt32BE(0) % shard.of === shard.index - 1;
}
