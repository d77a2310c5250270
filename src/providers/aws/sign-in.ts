import { operationId } from '../../model/ids.ts';
import type { Identity, Target, TargetProblem, Transport } from '../provider.ts';
import type { AwsSession } from './credentials.ts';
import { loadOperations } from './operations.ts';

/** Asks whom the credentials belong to. A broken connection is tried three times, refused credentials once. */
export async function signIn(
  target: Target,
  transport: Transport,
  signal: AbortSignal,
): Promise<{ readonly identity: Identity } | { readonly problem: TargetProblem }> {
  const operation = (await loadOperations()).get(operationId('sts:GetCallerIdentity'));
  if (operation === undefined) throw new Error('operations.json lacks sts:GetCallerIdentity');
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await transport.send({ operation, params: {}, target, region: 'global', signal });
      const { Account: account, Arn: caller } = answer;
      if (typeof account === 'string' && typeof caller === 'string') return { identity: { account, caller } };
      return problem(target, 'malformed', 'AWS did not say which account the credentials belong to');
    } catch (error) {
      const refusal = transport.refusal(error, operation, 'global');
      if (refusal.kind !== 'gap') return problem(target, 'unavailable', `sts:GetCallerIdentity has no host in ${target.regions[0]}`);
      if (!refusal.retryable || attempt === 3 || signal.aborted) return problem(target, refusal.reason, refusal.detail);
    }
  }
}

function problem(target: Target, reason: TargetProblem['reason'], detail: string): { readonly problem: TargetProblem } {
  return { problem: { account: target.account, reason, detail: `${(target.session as AwsSession).source}: ${detail}` } };
}
