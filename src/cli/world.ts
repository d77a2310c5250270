import { setMaxListeners } from 'node:events';
import type { ProgressEvent, World } from '../scan/world.ts';

/** The world of this process: real clock, real environment, Ctrl-C, TERM and a closed terminal as an abort whose reason is the signal's name. */
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

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first of them asks for a partial report; a second one of any ends the process at once, as it would without us. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  // Every request in flight listens.
  setMaxListeners(0, controller.signal);
  const stop = (name: (typeof signals)[number]): void => {
    for (const each of signals) process.off(each, stop);
    controller.abort(name);
  };
  for (const each of signals) process.on(each, stop);
  return controller.signal;
}

/** By what the run was interrupted, if it was. */
export function interruptionOf(signal: AbortSignal): 'SIGINT' | 'SIGTERM' | undefined {
  if (!signal.aborted) return undefined;
  // A terminal that was closed ends the program as TERM does.
  return signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
}
