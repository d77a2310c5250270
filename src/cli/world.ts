import { setMaxListeners } from 'node:events';
import type { ProgressEvent, World } from '../scan/world.ts';

/** The world of this process: real clock, real environment, Ctrl-C and TERM as an abort whose reason is the signal's name. */
export function processWorld(options: {
  readonly progress: (event: ProgressEvent) => void;
  readonly debug: (line: string) => void;
}): World {
  return {
    env: process.env,
    now: () => new Date(),
    random: Math.random,
    signal: abortOnSignal(),
    progress: options.progress,
    debug: options.debug,
  };
}

/** The first Ctrl-C or TERM asks for a partial report; a second one of either ends the process at once, as it would without us. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  // Every request in flight listens.
  setMaxListeners(0, controller.signal);
  const stop = (name: 'SIGINT' | 'SIGTERM'): void => {
    for (const each of ['SIGINT', 'SIGTERM'] as const) process.off(each, stop);
    controller.abort(name);
  };
  for (const each of ['SIGINT', 'SIGTERM'] as const) process.on(each, stop);
  return controller.signal;
}

export function interruptionOf(signal: AbortSignal): 'SIGINT' | 'SIGTERM' | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
}
