import { randomBytes } from 'node:crypto';
import { type AlibabaDoubleOptions, type DoubleAccount, startAlibabaDouble } from '../../../src/demo/alibaba/double.ts';
import type { Loopback } from '../../../src/demo/loopback.ts';
import { createAgents } from '../../../src/http/agents.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { operationId } from '../../../src/model/ids.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';
import type { Connection, ConnectOptions, Refusal, Selection } from '../../../src/providers/provider.ts';

export const account = '1234567890123456';

/** Keys made at random: no key-like text stands in a file. */
export function randomAccount(more: Partial<DoubleAccount> = {}): DoubleAccount {
  return { account, accessKeyId: `test${randomBytes(8).toString('hex')}`, accessKeySecret: randomBytes(20).toString('hex'), ...more };
}

export function environmentOf({ accessKeyId, accessKeySecret, securityToken }: DoubleAccount): { readonly [name: string]: string } {
  return {
    HOME: '/nonexistent',
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    ...(securityToken !== undefined && { ALIBABA_CLOUD_SECURITY_TOKEN: securityToken }),
  };
}

export const everything: Selection = { profiles: [], accounts: [], subscriptions: [], regions: [], org: false, named: true };

export function connectOptions(double: { readonly origin: string }, more: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    env: { HOME: '/nonexistent' },
    selection: { ...everything, regions: ['cn-hangzhou'] },
    endpoint: (service, region) => new URL(`${double.origin}/${region}/${service}`),
    agents: createAgents({ env: {} }),
    timeoutMs: 5000,
    signal: new AbortController().signal,
    now: () => new Date(),
    debug: () => undefined,
    ...more,
  };
}

export type Ready = Extract<Connection, { readonly status: 'ready' }>;

export async function ready(options: ConnectOptions): Promise<Ready> {
  const connection = await alibaba.connect(options);
  if (connection.status !== 'ready') throw new Error(`not ready: ${connection.detail}`);
  return connection;
}

/** A double with one account, and a connection to it. */
export async function open(
  options: Omit<AlibabaDoubleOptions, 'accounts'> & { readonly connect?: Partial<ConnectOptions> },
): Promise<{ readonly double: Loopback; readonly connection: Ready }> {
  const keys = randomAccount();
  const double = await startAlibabaDouble({ ...options, accounts: [keys] });
  const connection = await ready(connectOptions(double, { env: environmentOf(keys), ...options.connect }));
  return { double, connection };
}

/** One attempt: the answer, or what its failure means. */
export async function attempt(
  { transport, targets }: Ready,
  id: string,
  params: JsonObject = {},
  region = 'cn-hangzhou',
): Promise<{ readonly answer: JsonObject } | { readonly refusal: Refusal }> {
  const operation = (await alibaba.operations()).get(operationId(id));
  const [target] = targets;
  if (operation === undefined || target === undefined) throw new Error(`cannot call ${id}`);
  try {
    return { answer: await transport.send({ operation, params, target, region, signal: new AbortController().signal }) };
  } catch (error) {
    return { refusal: transport.refusal(error, operation, region) };
  }
}
