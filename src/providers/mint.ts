import type { JsonObject } from '../model/json.ts';
import type { RegistryLogin, RegistryLoginOptions, Request } from './provider.ts';
import { sendAlone } from './send-alone.ts';

export type Minted = { readonly answer: JsonObject } | { readonly refused: Extract<RegistryLogin, { readonly status: 'refused' }> };

/** One call of the credentials port: the answer as it came, keys included, for nobody but its caller. A broken connection is tried three times. */
export async function mint(
  request: Omit<Request, 'signal'>,
  { connection, timeoutMs, now, signal }: RegistryLoginOptions,
): Promise<Minted> {
  const outcome = await sendAlone(connection.transport, request, { timeoutMs, now, signal });
  if ('answer' in outcome) return outcome;
  const { refusal } = outcome;
  if (refusal.kind === 'gap') return refused(refusal.reason, refusal.detail);
  return refused('unavailable', `${request.operation.id} is not there (${refusal.kind})`);
}

export function refused(reason: Extract<RegistryLogin, { readonly status: 'refused' }>['reason'], detail: string) {
  return { refused: { status: 'refused', reason, detail } as const };
}
