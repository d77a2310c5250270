import { operationId } from '../../model/ids.ts';
import type { ConnectOptions, Identity, Target, TargetProblem, Transport } from '../provider.ts';
import { sendAlone } from '../send-alone.ts';
import type { AwsSession } from './credentials.ts';
import { loadOperations } from './operations.ts';

/** Asks whom the credentials belong to. A broken connection is tried three times, refused credentials once. */
export async function signIn(
  target: Target,
  transport: Transport,
  options: Pick<ConnectOptions, 'timeoutMs' | 'now' | 'signal'>,
): Promise<{ readonly identity: Identity } | { readonly problem: TargetProblem }> {
  const operation = (await loadOperations()).get(operationId('sts:GetCallerIdentity'));
  if (operation === undefined) throw new Error('operations.json lacks sts:GetCallerIdentity');
  const outcome = await sendAlone(transport, { operation, params: {}, target, region: 'global' }, options);
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
