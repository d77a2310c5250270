import { operationId } from '../../model/ids.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { Connection, ConnectOptions, Identity, Provider, Target, TargetProblem, Transport } from '../provider.ts';
import type { AssumeRole } from './assume-role.ts';
import { collectors } from './collectors.generated.ts';
import { sessionsOf } from './credentials.ts';
import { loadEndpointRules, type EndpointRules } from './endpoint.ts';
import { loadOperations } from './operations.ts';
import { policyOf } from './policy.ts';
import { chosenRegions, describeRegions, firstRegion, regionsIn } from './regions.ts';
import { registryLogin } from './registry-login.ts';
import type { AlibabaSession } from './session.ts';
import { type Read, type Reader, readOnce, signIn } from './sign-in.ts';
import { openSigningClient } from './signing-client.ts';
import { createTransport } from './transport.ts';

const alibaba: Provider = {
  name: 'alibaba',
  title: 'Alibaba Cloud',
  collectors,
  operations: loadOperations,
  connect,
  policy: policyOf,
  registryLogin,
};
export default alibaba;

async function connect(options: ConnectOptions): Promise<Connection> {
  if (options.selection.org) {
    throw new UsageError('--org is not available for Alibaba Cloud', { hint: 'name one profile per account: --profile A --profile B' });
  }
  const [rules, operations] = await Promise.all([loadEndpointRules(), loadOperations()]);
  // The client is loaded by the first that needs it: without credentials nobody does.
  let opened: Promise<Transport> | undefined;
  const openTransport = (): Promise<Transport> =>
    (opened ??= openSigningClient().then((callSigned) => createTransport({ ...options, rules, callSigned })));
  const assume: AssumeRole = async (keys, params) => {
    const operation = operations.get(operationId('sts-20150401:AssumeRole'));
    if (operation === undefined) throw new Error('operations.json lacks sts-20150401:AssumeRole');
    const session: AlibabaSession = { keys, source: 'the keys that a role is assumed with' };
    const target: Target = { account: session.source, partition: 'alibaba', regions: [], session };
    return (await openTransport()).send({ operation, params, target, region: 'global', signal: options.signal });
  };
  const sessions = await sessionsOf({ ...options, assume });
  if (sessions.length === 0) {
    return {
      status: 'not-configured',
      detail: 'no Alibaba Cloud credentials: no keys in the environment and no profile of the aliyun CLI',
    };
  }
  const chosen = sessions.map((session) => ({ session, regions: chosenRegions(options, rules) }));
  const transport = await openTransport();
  const reader: Reader = { transport, operations, signal: options.signal };
  const entries = await Promise.all(chosen.map(({ session, regions }) => enter(session, regions, reader, rules)));
  return connection(entries, transport, options);
}

type Entry =
  | { readonly target: Target; readonly identity: Identity; readonly problems: readonly TargetProblem[] }
  | { readonly problem: TargetProblem };

async function enter(session: AlibabaSession, chosen: readonly string[], reader: Reader, rules: EndpointRules): Promise<Entry> {
  const pending: Target = { account: session.source, partition: 'alibaba', regions: [], session };
  const signedIn = await signIn(pending, reader);
  if ('problem' in signedIn) return signedIn;
  const identity = signedIn.value;
  const target = { ...pending, account: identity.account };
  const regions: Read<readonly string[]> = chosen.length > 0 ? { value: chosen } : await discoverRegions(target, reader);
  if ('value' in regions) return { identity, target: { ...target, regions: regions.value }, problems: [] };
  // All that the vendor is known to have are asked instead, and the report says that the list was refused.
  const known = rules.get('ecs-20140526')?.regions ?? [];
  return { identity, target: { ...target, regions: known }, problems: [regions.problem] };
}

async function discoverRegions(target: Target, reader: Reader): Promise<Read<readonly string[]>> {
  const answer = await readOnce(describeRegions, target, firstRegion, reader);
  if ('problem' in answer) return answer;
  const regions = regionsIn(answer.value);
  if (regions !== undefined && regions.length > 0) return { value: regions };
  const detail = 'Alibaba Cloud did not say which regions the account has';
  return { problem: { account: target.account, reason: 'malformed', detail } };
}

function connection(entries: readonly Entry[], transport: Transport, { selection }: ConnectOptions): Connection {
  const problems = entries.flatMap((entry) => ('problem' in entry ? [entry.problem] : entry.problems));
  const entered = entries.flatMap((entry) => ('target' in entry ? [entry] : []));
  if (entered.length === 0) return { status: 'refused', detail: problems.map(({ detail }) => detail).join('; '), problems };
  // Account ids of this cloud have sixteen digits; the others of a mixed selection belong to other clouds.
  const wanted = selection.accounts.filter((account) => /^\d{16}$/.test(account));
  const chosen = entered.filter(({ target }) => wanted.length === 0 || wanted.includes(target.account));
  const unreached = wanted.filter((account) => !entered.some(({ target }) => target.account === account));
  return {
    status: 'ready',
    targets: onePerAccount(chosen.map(({ target }) => target)),
    identities: chosen.map(({ identity }) => identity),
    problems: [...problems, ...unreached.map(noProfileFor)],
    transport,
  };
}

const noProfileFor = (account: string): TargetProblem => ({
  account,
  reason: 'denied',
  detail: `no chosen credentials lead to account "${account}": name the profile that does with --profile`,
});

/** Two profiles of one account: the first one reads, in the regions of both. */
function onePerAccount(targets: readonly Target[]): readonly Target[] {
  const byAccount = new Map<string, Target>();
  for (const target of targets) {
    const first = byAccount.get(target.account);
    const regions = [...new Set([...(first?.regions ?? []), ...target.regions])];
    byAccount.set(target.account, { ...(first ?? target), regions });
  }
  return [...byAccount.values()];
}
