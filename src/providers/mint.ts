import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../model/json.ts';
import { sendWithRetries, usualRetries } from './attempt.ts';
import { interruptionBy } from './interruption.ts';
import type { RegistryLogin, RegistryLoginOptions, Request } from './provider.ts';

export type Minted = { readonly answer: JsonObject } | { readonly refused: Extract<RegistryLogin, { readonly status: 'refused' }> };

/** One call of the credentials port: the answer as it came, keys included, for nobody but its caller. A broken connection is tried three times. */
export async function mint(
  request: Omit<Request, 'signal'>,
  { connection, timeoutMs, now, signal }: RegistryLoginOptions,
): Promise<Minted> {
  const { transport } = connection;
  const outcome = await sendWithRetries(
    transport,
    request,
    { ...usualRetries, attempts: 3, timeoutMs },
    {
      now: () => now().getTime(),
      // A few calls for a whole run: there is no crowd to spread.
      random: () => 0.5,
      sleep: (ms) => sleep(ms),
      interruption: interruptionBy(signal),
      inTurn: (send) => send(),
      onThrottled: () => {},
    },
  );
  if ('answer' in outcome) return outcome;
  const { refusal } = outcome;
  if (refusal.kind === 'gap') return refused(refusal.reason, refusal.detail);
  return refused('unavailable', `${request.operation.id} is not there (${refusal.kind})`);
}

export function refused(reason: Extract<RegistryLogin, { readonly status: 'refused' }>['reason'], detail: string) {
  return { refused: { status: 'refused', reason, detail } as const };
}
