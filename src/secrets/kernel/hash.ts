import { createHash } from 'node:crypto';
import type { BytePattern } from '../automaton.ts';

/** Names a list of patterns: plans are made for one list, in its order. */
export function patternsHash(patterns: readonly BytePattern[]): string {
  return createHash('sha256').update(JSON.stringify(patterns)).digest('hex');
}
