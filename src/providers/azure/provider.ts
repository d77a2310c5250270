import { UsageError } from '../../model/usage-error.ts';
import type { OperationId } from '../../model/ids.ts';
import type { Connection, ConnectOptions, Operation, Provider, Selection, Target, TargetProblem } from '../provider.ts';
import type { ArmOperation } from './arm-operation.ts';
import { type ArmConnection, lazily, openArmReader } from './arm-reader.ts';
import { cloudOf } from './clouds.ts';
import { collectors } from './collectors.generated.ts';
import { signIn } from './credentials.ts';
import { policy } from './policy.ts';
import { registryLogin } from './registry-login.ts';
import { chooseSubscriptions, listSubscriptions, type Subscription } from './subscriptions.ts';
import { plainLocation } from './to-gap.ts';
import { armTransport, openSession } from './transport.ts';

const subscriptionsList = 'Microsoft.Resources/subscriptions:list' as OperationId;

const operations = lazily(async (): Promise<ReadonlyMap<OperationId, Operation>> => {
  const rows = (await import('./operations.json', { with: { type: 'json' } })).default;
  // The rows' ids are what the brand is for; the suites compare each row with the interface.
  return new Map(rows.map((row) => [row.id as OperationId, row as unknown as Operation]));
});

/** Azure: one sign-in, every visible subscription a target, everything read through Azure Resource Manager. */
const azure: Provider = {
  name: 'azure',
  title: 'Azure',
  collectors,
  operations,
  connect,
  policy,
  registryLogin,
};

export default azure;

async function connect(options: ConnectOptions): Promise<Connection> {
  const cloud = cloudOf(options);
  const locations = chooseLocations(options.selection);
  const signedIn = await signIn(options, cloud);
  if (signedIn.status === 'not-configured') return signedIn;
  const named = [...new Set([...options.selection.subscriptions, ...options.selection.accounts])];
  if (signedIn.status === 'refused') {
    const { reason, detail } = signedIn;
    return { status: 'refused', detail, problems: problemsOf(named, options, { reason, detail }) };
  }

  const { credential, caller } = signedIn;
  const { agents, timeoutMs } = options;
  const registryOrigin = (host: string) => options.endpoint('acr', 'global') ?? new URL(`https://${host}`);
  const connection: ArmConnection = { cloud, credential, agents, timeoutMs, registryOrigin };
  const listed = await listSubscriptions({
    read: openArmReader(connection),
    arm: cloud.arm,
    // The suites prove that the catalogue has this operation.
    operation: (await operations()).get(subscriptionsList) as ArmOperation,
    signal: options.signal,
    now: options.now,
  });
  if ('refusal' in listed) {
    const { refusal } = listed;
    const detail = refusal.kind === 'gap' ? refusal.detail : `the subscriptions could not be listed (${refusal.kind})`;
    const reason = refusal.kind === 'gap' ? refusal.reason : 'unavailable';
    return { status: 'refused', detail, problems: problemsOf(named, options, { reason, detail }) };
  }

  const { chosen, problems, unknown } = chooseSubscriptions(listed.found, named, caller);
  if (options.selection.named && unknown.length > 0) throw noSuchSubscription(unknown[0] ?? '', listed.found);
  const invisible = listed.found.length === 0 && named.length === 0;
  return {
    status: 'ready',
    targets: locations === 'elsewhere' ? [] : chosen.map((one) => targetOf(one, connection, locations)),
    identities: chosen.map(({ id }) => ({ account: id, caller })),
    problems: invisible ? problemsOf([], options, noSubscription(caller)) : problems,
    transport: armTransport(options),
  };
}

function targetOf({ id }: Subscription, connection: ArmConnection, locations: readonly string[]): Target {
  return {
    account: id,
    partition: connection.cloud.name,
    regions: [],
    session: openSession(connection, id, locations),
  };
}

/**
 * The chosen regions that have the form of Azure's (`westeurope`, `West Europe`): those of other clouds hold a dash.
 * `elsewhere`: regions were chosen, and none of them is Azure's.
 */
function chooseLocations({ regions, named }: Selection): readonly string[] | 'elsewhere' {
  const plain = regions.map(plainLocation);
  const locations = plain.filter((region) => /^[a-z][a-z0-9]+$/.test(region));
  if (regions.length === 0 || locations.length > 0) return locations;
  if (!named) return 'elsewhere';
  throw new UsageError(`"${regions[0]}" is no location of Azure`, { hint: 'they look like westeurope or eastus2' });
}

function problemsOf(
  named: readonly string[],
  { env }: ConnectOptions,
  why: Pick<TargetProblem, 'reason' | 'detail'>,
): readonly TargetProblem[] {
  const accounts = named.length > 0 ? named : [env['AZURE_TENANT_ID'] ?? 'unknown-tenant'];
  return accounts.map((account) => ({ account, ...why }));
}

function noSubscription(caller: string): Pick<TargetProblem, 'reason' | 'detail'> {
  return {
    reason: 'denied',
    detail: `signed in, but no subscription is visible to the ${caller}: assign it the role that "aispm permissions azure" prints`,
  };
}

function noSuchSubscription(name: string, visible: readonly Subscription[]): UsageError {
  // Names come from the cloud, and this one goes to a terminal: nothing that steers it may be in them.
  const some = visible.slice(0, 5).map((one) => `${one.id} (${one.name.replaceAll(/\p{C}/gu, '?')})`);
  return new UsageError(`no subscription "${name}" is visible`, {
    hint: some.length === 0 ? 'none is visible at all' : `visible are ${some.join(', ')}`,
  });
}
