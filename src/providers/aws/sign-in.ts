import { setTimeout as sleep } from 'node:timers/promises';
import { operationId } from '../../model/ids.ts';
import { sendWithRetries, usualRetries } from '../attempt.ts';
import { interruptionBy } from '../interruption.ts';
import type { ConnectOptions, Identity, Target, TargetProblem, Transport } from '../provider.ts';
import type { AwsSession } from './credentials.ts';
import { loadOperations } from './operations.ts';

/** Asks whom the credentials belong to. A broken connection is tried three times, refused credentials once. */
export async function signIn(
  target: Target,
  transport: Transport,
  { timeoutMs, now, signal }: Pick<ConnectOptions, 'timeoutMs' | 'now' | 'signal'>,
): Promise<{ readonly identity: Identity } | { readonly problem: TargetProblem }> {
  const operation = (await loadOperations()).get(operationId('sts:GetCallerIdentity'));
  if (operation === undefined) throw new Error('operations.json lacks sts:GetCallerIdentity');
  const outcome = await sendWithRetries(
    transport,
    { operation, params: {}, target, region: 'global' },
    { ...usualRetries, attempts: 3, timeoutMs },
    {
      now: () => now().getTime(),
      // One call at the start: there is no crowd to spread.
      random: () => 0.5,
      sleep: (ms) => sleep(ms),
      interruption: interruptionBy(signal),
      inTurn: (send) => send(),
      onThrottled: () => {},
    },
  );
  if ('refusal' in outcome) {
    const { refusal } = outcome;
    if (refusal.kind === 'gap') return problem(target, refusal.reason, refusal.detail);
    return problem(target, 'unavailable', `sts:GetCallerIdentity cannot be called in ${target.regions[0]}`);
  }
  const { Account: account, Arn: caller } = outcome.answer;
  if (typeof account === 'string' && typeof caller === 'string') return { identity: { account, caller } };
  return problem(target, 'malformed', 'AWS did not say which account the credentials belong to');
}

function problem(target: Target, reason: TargetProblem['reason'], detail: string): { readonly problem: TargetProblem } {
  return { problem: { account: target.account, reason, detail: `${(target.session as AwsSession).source}: ${detail}` } };
}
