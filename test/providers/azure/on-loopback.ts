import { makeAuthority } from '../../../src/demo/certificates.ts';
import { type AzureDoubleOptions, startAzureDouble } from '../../../src/demo/azure/double.ts';
import type { Loopback } from '../../../src/demo/loopback.ts';
import { createAgents } from '../../../src/http/agents.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import azure from '../../../src/providers/azure/provider.ts';
import type { Connection, ConnectOptions, Operation, Request, Selection } from '../../../src/providers/provider.ts';

export const tenant = '11111111-1111-1111-1111-111111111111';
export const clientId = '22222222-2222-2222-2222-222222222222';
export const clientSecret = 'dummy-of-the-loopback-tenant';
export const subscription = '00000000-0000-0000-0000-00000000000a';

export const servicePrincipal = {
  AZURE_TENANT_ID: tenant,
  AZURE_CLIENT_ID: clientId,
  AZURE_CLIENT_SECRET: clientSecret,
};

export const oneSubscription = {
  operation: 'Microsoft.Resources/subscriptions:list',
  answer: { value: [{ subscriptionId: subscription, displayName: 'lab', state: 'Enabled' }] },
};

export interface AzureOnLoopback extends Loopback {
  readonly caPem: string;
}

/** An Azure whose certificate is signed by an authority of its own. */
export async function startAzure(options: Partial<AzureDoubleOptions>): Promise<AzureOnLoopback> {
  const authority = await makeAuthority(new Date());
  const tls = await authority.issue(['127.0.0.1', 'localhost']);
  const double = await startAzureDouble({
    answers: [oneSubscription],
    clients: [{ tenant, clientId, clientSecret }],
    tls,
    ...options,
  });
  return { ...double, calls: double.calls, unanswered: double.unanswered, caPem: authority.caPem };
}

export function connectOptions(
  cloud: AzureOnLoopback,
  overrides: Partial<Omit<ConnectOptions, 'selection'>> & { readonly selection?: Partial<Selection> } = {},
): ConnectOptions {
  const ca = 'ca' in overrides ? overrides.ca : cloud.caPem;
  const { selection, ...others } = overrides;
  return {
    env: servicePrincipal,
    endpoint: () => new URL(cloud.origin),
    agents: createAgents({ env: {}, ...(ca !== undefined && { ca }) }),
    timeoutMs: 5000,
    signal: new AbortController().signal,
    now: () => new Date(),
    debug: () => {},
    ...others,
    selection: { profiles: [], accounts: [], subscriptions: [], regions: [], org: false, named: true, ...selection },
  };
}

export type Ready = Extract<Connection, { readonly status: 'ready' }>;

export async function connectTo(cloud: AzureOnLoopback, overrides?: Parameters<typeof connectOptions>[1]): Promise<Ready> {
  const connection = await azure.connect(connectOptions(cloud, overrides));
  if (connection.status !== 'ready') throw new Error(`not ready: ${JSON.stringify(connection)}`);
  return connection;
}

export async function operationOf(id: string): Promise<Operation> {
  const operation = [...(await azure.operations()).values()].find((one) => one.id === id);
  if (operation === undefined) throw new Error(`no operation ${id}`);
  return operation;
}

/** One attempt: the raw answer, or what its failure means. */
export async function send(
  { transport, targets }: Ready,
  id: string,
  params: JsonObject = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const operation = await operationOf(id);
  const [target] = targets;
  if (target === undefined) throw new Error('no target');
  const request: Request = { operation, params, target, region: 'global', signal };
  try {
    return { answer: await transport.send(request) };
  } catch (error) {
    return { refusal: transport.refusal(error, operation, 'global') };
  }
}
