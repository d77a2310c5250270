import { operationId } from '../../model/ids.ts';
import { siteNames } from '../../model/place.ts';
import { UsageError } from '../../model/usage-error.ts';
import { connectionOf, type Entry } from '../connection-of.ts';
import type { Connection, ConnectOptions, Provider, Target, Transport } from '../provider.ts';
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
  return connectionOf(entries, transport, options.selection.accounts);
}

async function enter(session: AlibabaSession, chosen: readonly string[], reader: Reader, rules: EndpointRules): Promise<Entry> {
  const pending: Target = { account: session.source, partition: 'alibaba', regions: [], session };
  const signedIn = await signIn(pending, reader);
  if ('problem' in signedIn) return signedIn;
  const identity = signedIn.value;
  const target = { ...pending, account: identity.account, sites: siteNames };
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
