import { UsageError } from '../../model/usage-error.ts';
import { connectionOf, type Entry } from '../connection-of.ts';
import type { Connection, ConnectOptions, Provider, Target, Transport } from '../provider.ts';
import { collectors } from './collectors.generated.ts';
import { sessionsOf, type AwsSession } from './credentials.ts';
import { loadOperations } from './operations.ts';
import { policyOf } from './policy.ts';
import { registryLogin } from './registry-login.ts';
import { signIn } from './sign-in.ts';
import { regionsOf } from './target-regions.ts';
import { openTransport } from './transport.ts';

const aws: Provider = {
  name: 'aws',
  title: 'AWS',
  collectors,
  operations: loadOperations,
  connect,
  policy: policyOf,
  registryLogin,
};
export default aws;

async function connect(options: ConnectOptions): Promise<Connection> {
  if (options.selection.org)
    throw new UsageError('--org is not available for AWS', { hint: 'Name one profile per account: --profile A --profile B.' });
  // The SDK's word on the end of Node 20 is for whoever pins its version, not for whoever runs a scan.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const requestHandler = new NodeHttpHandler({
    httpAgent: options.agents.http,
    httpsAgent: options.agents.https,
    connectionTimeout: options.timeoutMs,
    requestTimeout: options.timeoutMs,
    throwOnRequestTimeout: true,
  });
  const sessions = await sessionsOf(options, requestHandler);
  if (sessions.length === 0)
    return { status: 'not-configured', detail: 'no AWS credentials: no keys in the environment, no profile, no role of this machine' };
  const transport = openTransport({ ...options, requestHandler });
  const entries = await Promise.all(sessions.map((session) => enter(session, transport, options)));
  return connectionOf(entries, transport, options.selection.accounts);
}

async function enter(session: AwsSession, transport: Transport, options: ConnectOptions): Promise<Entry> {
  const { partition, regions } = regionsOf(session, options);
  const pending: Target = { account: session.profile?.account ?? session.profile?.name ?? 'unknown', partition, regions, session };
  const signedIn = await signIn(pending, transport, options);
  if ('problem' in signedIn) return signedIn;
  const { identity } = signedIn;
  return { identity, target: { ...pending, account: identity.account }, problems: [] };
}
