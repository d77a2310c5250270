import { availableParallelism } from 'node:os';
import { startThread, type Thread } from './layer-thread.ts';
import { tuneEngine } from './tune-engine.ts';

/** More are started where there is work for them. */
const most = 2;

/** Worker threads that start while the program still loads what it needs to find work for them; as many as will be used at least. */
export function startThreadsAhead(concurrency = Number.POSITIVE_INFINITY): readonly Thread[] {
  tuneEngine();
  return Array.from({ length: Math.min(most, availableParallelism(), concurrency) }, startThread);
}
