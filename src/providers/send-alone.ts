import { setTimeout as sleep } from 'node:timers/promises';
import { type Outcome, sendWithRetries, usualRetries } from './attempt.ts';
import { interruptionBy } from './interruption.ts';
import type { ConnectOptions, Request, Transport } from './provider.ts';

/** One of the few calls of a run that stand beside its reading: no other waits for it, and what may pass is tried three times. */
export function sendAlone(
  transport: Transport,
  request: Omit<Request, 'signal'>,
  { timeoutMs, now, signal }: Pick<ConnectOptions, 'timeoutMs' | 'now' | 'signal'>,
): Promise<Outcome> {
  return sendWithRetries(
    transport,
    request,
    { ...usualRetries, attempts: 3, timeoutMs },
    {
      now: () => now().getTime(),
      // There is no crowd to spread.
      random: () => 0.5,
      sleep: (ms) => sleep(ms),
      interruption: interruptionBy(signal),
      inTurn: (send) => send(),
      onThrottled: () => {},
    },
  );
}
