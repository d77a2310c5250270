import { type OperationId, operationId } from '../../model/ids.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Identity, Refusal, Target, TargetProblem, Transport } from '../provider.ts';
import type { AlibabaOperation } from './operations.ts';
import { sessionOf } from './session.ts';

export interface Reader {
  readonly transport: Transport;
  readonly operations: ReadonlyMap<OperationId, AlibabaOperation>;
  readonly signal: AbortSignal;
}

export type Read<T> = { readonly value: T } | { readonly problem: TargetProblem };

/** Asks whom the credentials belong to. */
export async function signIn(target: Target, reader: Reader): Promise<Read<Identity>> {
  const answer = await readOnce(operationId('sts-20150401:GetCallerIdentity'), target, 'global', reader);
  if ('problem' in answer) return answer;
  if ('limit' in answer) return problem(target, 'unavailable', `${answer.limit.subject} is not there: ${answer.limit.reason}`);
  const { AccountId: account, Arn: caller } = answer.value;
  if (typeof account === 'string' && typeof caller === 'string') return { value: { account, caller } };
  return problem(target, 'malformed', 'Alibaba Cloud did not say which account the credentials belong to');
}

/** One call before the scan begins. A broken connection is tried three times, a refusal once. */
export async function readOnce(
  id: OperationId,
  target: Target,
  region: string,
  reader: Reader,
  params: JsonObject = {},
): Promise<Read<JsonObject> | { readonly limit: Extract<Refusal, { readonly kind: 'limit' }> }> {
  const { transport, operations, signal } = reader;
  const operation = operations.get(id);
  if (operation === undefined) throw new Error(`operations.json lacks ${id}`);
  for (let attempt = 1; ; attempt++) {
    try {
      return { value: await transport.send({ operation, params, target, region, signal }) };
    } catch (error) {
      const refusal = transport.refusal(error, operation, region);
      if (refusal.kind === 'limit') return { limit: refusal };
      if (refusal.kind !== 'gap') return problem(target, 'unavailable', `${id} is not there: ${refusal.kind}`);
      if (!refusal.retryable || attempt === 3 || signal.aborted) return problem(target, refusal.reason, refusal.detail);
    }
  }
}

export function problem(target: Target, reason: TargetProblem['reason'], detail: string): { readonly problem: TargetProblem } {
  return { problem: { account: target.account, reason, detail: `${sessionOf(target).source}: ${detail}` } };
}
