import pLimit from 'p-limit';
import { operationId } from '../../model/ids.ts';
import { siteNames } from '../../model/place.ts';
import { connectionOf, type Entry } from '../connection-of.ts';
import type { Connection, ConnectOptions, Provider, Target, Transport } from '../provider.ts';
import { type AssumeRole, borrowedKeys } from './assume-role.ts';
import { collectors } from './collectors.generated.ts';
import { sessionsOf } from './credentials.ts';
import { loadEndpointRules, type EndpointRules } from './endpoint.ts';
import { loadOperations } from './operations.ts';
import { membersOf, usualRole } from './organization.ts';
import { policyOf } from './policy.ts';
import { chosenRegions, describeRegions, firstRegion, regionsIn } from './regions.ts';
import { registryLogin } from './registry-login.ts';
import { type AlibabaSession, sessionOf } from './session.ts';
import { sessionPolicy } from './session-policy.ts';
import { problem, type Read, type Reader, readOnce, signIn } from './sign-in.ts';
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
  const regions = chosenRegions(options, rules);
  const transport = await openTransport();
  const reader: Reader = { transport, operations, signal: options.signal };
  const entered: Entering = { reader, regions, rules };
  const entries = await Promise.all(
    sessions.map(async (session) => {
      const own = await enter(session, entered);
      return options.selection.org && 'target' in own ? [own, ...(await enterMembers(own.target, entered, assume, options))] : [own];
    }),
  );
  return connectionOf(entries.flat(), transport, options.selection.accounts);
}

interface Entering {
  readonly reader: Reader;
  /** Of `--region`; none for all that an account has. */
  readonly regions: readonly string[];
  readonly rules: EndpointRules;
}

/** Accounts that are entered at the same time: a few calls each, all to the same three services. */
const entriesAtOnce = 8;

async function enterMembers(
  target: Target,
  entering: Entering,
  assume: AssumeRole,
  { selection, now }: ConnectOptions,
): Promise<readonly Entry[]> {
  const members = await membersOf(target, entering.reader);
  if ('problem' in members) return [members];
  const { accounts, limits } = members.value;
  const chosen = accounts.filter((account) => selection.accounts.length === 0 || selection.accounts.includes(account));
  const role = selection.orgRole ?? usualRole;
  const policy = sessionPolicy([...entering.reader.operations.values()]);
  const slots = pLimit(entriesAtOnce);
  const entries = await Promise.all(
    chosen.map((account) =>
      slots(() => {
        const params = { RoleArn: `acs:ram::${account}:role/${role}`, RoleSessionName: 'aispm', DurationSeconds: 3600, Policy: policy };
        const keys = borrowedKeys({ what: `the role ${role} of account ${account}`, params, source: sessionOf(target).keys, assume, now });
        return enter({ keys, source: `account ${account}` }, entering, account);
      }),
    ),
  );
  return [...entries, ...limits.map((limit) => ({ limit }))];
}

/** `account`: which one the keys should lead to, where that is known before anybody was asked. */
async function enter(session: AlibabaSession, { reader, regions, rules }: Entering, account = session.source): Promise<Entry> {
  const pending: Target = { account, partition: 'alibaba', regions: [], session };
  const signedIn = await signIn(pending, reader);
  if ('problem' in signedIn) return signedIn;
  const identity = signedIn.value;
  const target = { ...pending, account: identity.account, sites: siteNames };
  const found: Read<readonly string[]> = regions.length > 0 ? { value: regions } : await discoverRegions(target, reader);
  if ('value' in found) return { identity, target: { ...target, regions: found.value }, problems: [] };
  // All that the vendor is known to have are asked instead, and the report says that the list was refused.
  const known = rules.get('ecs-20140526')?.regions ?? [];
  return { identity, target: { ...target, regions: known }, problems: [found.problem] };
}

async function discoverRegions(target: Target, reader: Reader): Promise<Read<readonly string[]>> {
  const answer = await readOnce(describeRegions, target, firstRegion, reader);
  if ('problem' in answer) return answer;
  if ('limit' in answer) return problem(target, 'unavailable', `${answer.limit.subject} is not there: ${answer.limit.reason}`);
  const regions = regionsIn(answer.value);
  if (regions !== undefined && regions.length > 0) return { value: regions };
  const detail = 'Alibaba Cloud did not say which regions the account has';
  return { problem: { account: target.account, reason: 'malformed', detail } };
}
