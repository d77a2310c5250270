/** The wish to end a run, heard by any number of waiting calls through one listener. */
export interface Interruption {
  readonly isAsked: () => boolean;
  /** Calls `stop` once when the run is to end; the function that is returned takes it back. */
  readonly listen: (stop: () => void) => () => void;
}

/** Signals warn of a leak beyond ten listeners, and a run has hundreds of calls in flight. */
export function interruptionBy(signal: AbortSignal): Interruption {
  const listening = new Set<() => void>();
  signal.addEventListener('abort', () => listening.forEach((stop) => stop()), { once: true });
  return {
    isAsked: () => signal.aborted,
    listen(stop) {
      listening.add(stop);
      return () => void listening.delete(stop);
    },
  };
}

/** Waits, but not beyond an interruption. */
export function sleeper({ isAsked, listen }: Interruption): (ms: number) => Promise<void> {
  return (ms) =>
    new Promise((resolve) => {
      if (isAsked()) return resolve();
      const timer = setTimeout(() => end(), ms);
      const forget = listen(() => end());
      const end = () => {
        clearTimeout(timer);
        forget();
        resolve();
      };
    });
}
