import { createRequire } from 'node:module';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { nearest } from '../../model/nearest.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { ConnectOptions } from '../provider.ts';
import { endpointOf } from './endpoints.ts';
import { readProfiles, type Profile, type ProfileFiles } from './profiles.ts';

/** AWS's own shape of credentials. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** What a target's calls are signed with. Lives inside `Target.session` and nowhere else. */
export interface AwsSession {
  /** For people: `profile "prod"`, `the environment`. */
  readonly source: string;
  readonly profile?: Profile;
  /** Asks the chain, and again shortly before the credentials end. */
  readonly credentials: () => Promise<AwsCredentials>;
}

type Packages = typeof import('@aws-sdk/credential-providers');

interface Chain extends Pick<ConnectOptions, 'env' | 'endpoint' | 'now'> {
  readonly packages: Packages;
  readonly files: ProfileFiles;
  readonly requestHandler: NodeHttpHandler;
}

/**
 * AWS's own chain, in its order, for each profile that the user chose: environment, profiles (keys, roles, SSO, processes,
 * web identity), web identity, container, instance metadata. Empty: nothing is configured.
 * The environment comes from the options, so that a run sees one environment only.
 * Throws UsageError for a profile that does not exist and for a malformed profile file.
 */
export async function sessionsOf(options: ConnectOptions, requestHandler: NodeHttpHandler): Promise<readonly AwsSession[]> {
  const { env, endpoint, selection, now } = options;
  const files = await readProfiles(env);
  const named = selection.profiles.length > 0 ? selection.profiles : env['AWS_PROFILE'] ? [env['AWS_PROFILE']] : [];
  // Loaded by `require`, which takes half the time of `import` for these packages.
  const packages = createRequire(import.meta.url)('@aws-sdk/credential-providers') as Packages;
  const chain: Chain = { packages, env, endpoint, files, requestHandler, now };
  if (named.length > 0) return named.map((name) => profileSession(chain, existing(name, files)));
  const session =
    environmentSession(chain) ??
    defaultProfileSession(chain) ??
    webIdentitySession(chain) ??
    containerSession(chain) ??
    (await instanceSession(chain));
  return session === undefined ? [] : [session];
}

function existing(name: string, { profiles, configPath }: ProfileFiles): Profile {
  const profile = profiles.get(name);
  if (profile !== undefined) return profile;
  const near = nearest(name, [...profiles.keys()]);
  throw new UsageError(`no such AWS profile "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    hint: `Profiles stand in "${configPath}"; \`aws configure list-profiles\` lists them.`,
  });
}

function profileSession(chain: Chain, profile: Profile): AwsSession {
  const { packages, files, now } = chain;
  const load = packages.fromIni({
    profile: profile.name,
    filepath: files.credentialsPath,
    configFilepath: files.configPath,
    // The SDK keeps parsed files for the life of the process otherwise, whatever their path holds by then.
    ignoreCache: true,
    clientConfig: stsConfig(chain, profile.region ?? 'us-east-1', profile),
  });
  return { source: `profile "${profile.name}"`, profile, credentials: remembered(load, now) };
}

/** Roles are assumed through our own connections, at the same STS that everything else talks to. */
function stsConfig(chain: Chain, region: string, profile?: Profile) {
  const endpoint = endpointOf('sts', region, chain, profile);
  return { requestHandler: chain.requestHandler, region, ...(endpoint !== undefined && { endpoint }) };
}

function environmentSession({ env }: Chain): AwsSession | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  const sessionToken = env['AWS_SESSION_TOKEN'];
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return { source: 'the environment', credentials: async () => credentials };
}

function defaultProfileSession(chain: Chain): AwsSession | undefined {
  const profile = chain.files.profiles.get('default');
  return profile?.hasCredentials === true ? profileSession(chain, profile) : undefined;
}

function webIdentitySession(chain: Chain): AwsSession | undefined {
  const { packages, env, now } = chain;
  const webIdentityTokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE'];
  const roleArn = env['AWS_ROLE_ARN'];
  if (!webIdentityTokenFile || !roleArn) return undefined;
  const roleSessionName = env['AWS_ROLE_SESSION_NAME'] ?? 'aispm';
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const clientConfig = stsConfig(chain, region);
  const load = packages.fromTokenFile({ webIdentityTokenFile, roleArn, roleSessionName, clientConfig });
  return { source: 'the web identity of the environment', credentials: remembered(load, now) };
}

function containerSession({ packages, env, now }: Chain): AwsSession | undefined {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if (!relative && !full) return undefined;
  const load = packages.fromHttp({
    ...(relative && { awsContainerCredentialsRelativeUri: relative }),
    ...(full && { awsContainerCredentialsFullUri: full }),
    ...(env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] && {
      awsContainerAuthorizationToken: env['AWS_CONTAINER_AUTHORIZATION_TOKEN'],
    }),
    ...(env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] && {
      awsContainerAuthorizationTokenFile: env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
    }),
  });
  return { source: "the container's role", credentials: remembered(load, now) };
}

// Last in the chain, as in every AWS tool: only an instance answers, so it is asked before it counts as configured.
async function instanceSession({ packages, env, now }: Chain): Promise<AwsSession | undefined> {
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined;
  const credentials = remembered(packages.fromInstanceMetadata({ timeout: 1000, maxRetries: 0 }), now);
  const answered = await credentials().then(
    () => true,
    () => false,
  );
  return answered ? { source: "the instance's role", credentials } : undefined;
}

const renewBeforeMs = 5 * 60_000;

/** One request to the chain for all clients of a target, whatever number of them starts at once. */
function remembered(load: () => Promise<AwsCredentials>, now: () => Date): () => Promise<AwsCredentials> {
  let held: Promise<AwsCredentials> | undefined;
  let endsAt = Number.POSITIVE_INFINITY;
  return () => {
    if (held === undefined || endsAt - renewBeforeMs < now().getTime()) {
      endsAt = Number.POSITIVE_INFINITY;
      held = load().then((credentials) => {
        endsAt = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
        return credentials;
      });
      held.catch(() => {
        held = undefined;
      });
    }
    return held;
  };
}
