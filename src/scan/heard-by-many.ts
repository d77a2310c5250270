import { setMaxListeners } from 'node:events';

/** The same interruption, for every request and layer of a run to listen to; the caller's own signal is left as it is. */
export function heardByMany(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}
