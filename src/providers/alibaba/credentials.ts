import { type AssumeRole, borrowedKeys, roleOfProfile } from './assume-role.ts';
import { nearest } from '../../model/nearest.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { ConnectOptions } from '../provider.ts';
import { type Environment, type Profile, type ProfileFiles, readProfiles } from './profiles.ts';
import { type AlibabaSession, CredentialsFailed, type Keys, type KeySource } from './session.ts';

type Options = Pick<ConnectOptions, 'env' | 'selection' | 'now'> & { readonly assume: AssumeRole };

/**
 * The sessions of a run: one per `--profile`, else the first source of the vendor's default chain that is set up. Empty where
 * nothing is. The chain's order is the vendor's; its own object is not used, because it asks the metadata address, follows
 * any URL in the environment, runs programs and writes back to the CLI's file without being asked.
 */
export async function sessionsOf(options: Options): Promise<readonly AlibabaSession[]> {
  const { env, selection } = options;
  if (selection.profiles.length > 0) return namedSessions(options);
  const fromEnvironment = environmentSession(env) ?? (await oidcSession(env));
  if (fromEnvironment !== undefined) return [fromEnvironment];
  const files = await readProfiles(env);
  const profile = defaultProfile(files, env);
  if (profile !== undefined) return [await profileSession(profile, files, options)];
  const last = (await metadataSession(env)) ?? (await uriSession(env));
  return last === undefined ? [] : [last];
}

async function namedSessions(options: Options): Promise<readonly AlibabaSession[]> {
  const { env, selection } = options;
  const files = await readProfiles(env);
  const found = selection.profiles.map((name) => ({ name, profile: findProfile(files, name) }));
  const missing = found.find(({ profile }) => profile === undefined);
  // A bare scan offers every profile name to every provider; only a user who named this one means it for sure.
  if (missing !== undefined && selection.named && found.every(({ profile }) => profile === undefined)) {
    throw noProfile(missing.name, files);
  }
  const profiles = found.flatMap(({ profile }) => (profile === undefined ? [] : [profile]));
  return Promise.all(profiles.map((profile) => profileSession(profile, files, options)));
}

function findProfile(files: ProfileFiles, name: string): Profile | undefined {
  return [...files.cli, ...files.ini].find((profile) => profile.name === name);
}

function noProfile(name: string, files: ProfileFiles): UsageError {
  const names = [...files.cli, ...files.ini].map((profile) => profile.name);
  const guess = nearest(name, names);
  return new UsageError(`no such Alibaba Cloud profile "${name}" in "${files.cliPath}" or "${files.iniPath}"`, {
    hint: guess === undefined ? 'list them with "aliyun configure list"' : `did you mean "${guess}"?`,
  });
}

function defaultProfile(files: ProfileFiles, env: Environment): Profile | undefined {
  const wanted = env['ALIBABA_CLOUD_PROFILE'];
  if (wanted !== undefined && wanted !== '') {
    const profile = findProfile(files, wanted);
    if (profile === undefined) throw noProfile(wanted, files);
    return profile;
  }
  const current = files.cli.find(({ name }) => name === files.current);
  const usable = current !== undefined && isSetUp(current) ? current : undefined;
  return usable ?? files.ini.find(({ name }) => name === 'default');
}

// `aliyun configure` leaves a profile with empty keys behind when it is cancelled.
const isSetUp = ({ mode, members }: Profile): boolean => mode !== 'AK' || Boolean(members['access_key_id']);

function environmentSession(env: Environment): AlibabaSession | undefined {
  const accessKeyId = env['ALIBABA_CLOUD_ACCESS_KEY_ID'];
  const accessKeySecret = env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'];
  if (!accessKeyId || !accessKeySecret) return undefined;
  const securityToken = env['ALIBABA_CLOUD_SECURITY_TOKEN'];
  const keys: Keys = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  return { keys: async () => keys, source: 'the environment' };
}

async function oidcSession(env: Environment): Promise<AlibabaSession | undefined> {
  const role = env['ALIBABA_CLOUD_ROLE_ARN'];
  const issuer = env['ALIBABA_CLOUD_OIDC_PROVIDER_ARN'];
  const file = env['ALIBABA_CLOUD_OIDC_TOKEN_FILE'];
  if (!role || !issuer || !file) return undefined;
  const { OIDCRoleArnCredentialsProvider } = await vendor();
  const provider = OIDCRoleArnCredentialsProvider.builder()
    .withRoleArn(role)
    .withOIDCProviderArn(issuer)
    .withOIDCTokenFilePath(file)
    .build();
  return { keys: asked(provider), source: 'the OIDC role of the environment' };
}

/** Off the cloud this costs seconds, and on somebody else's machine it is their identity: only where it is asked for. */
async function metadataSession(env: Environment): Promise<AlibabaSession | undefined> {
  const isAskedFor = Boolean(env['ALIBABA_CLOUD_ECS_METADATA']) || env['ALIBABA_CLOUD_ECS_METADATA_DISABLED'] === 'false';
  if (!isAskedFor || env['ALIBABA_CLOUD_ECS_METADATA_DISABLED'] === 'true') return undefined;
  const { ECSRAMRoleCredentialsProvider } = await vendor();
  const provider = ECSRAMRoleCredentialsProvider.builder()
    .withRoleName(env['ALIBABA_CLOUD_ECS_METADATA'] ?? '')
    .build();
  return { keys: asked(provider), source: 'the role of this ECS instance' };
}

async function uriSession(env: Environment): Promise<AlibabaSession | undefined> {
  const text = env['ALIBABA_CLOUD_CREDENTIALS_URI'];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (!isLoopback) {
    throw new UsageError('ALIBABA_CLOUD_CREDENTIALS_URI does not name a loopback address, and is not asked', {
      hint: 'use a profile, or put the keys into ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    });
  }
  const { URICredentialsProvider } = await vendor();
  const provider = URICredentialsProvider.builder().withCredentialsURI(text).build();
  return { keys: asked(provider), source: 'ALIBABA_CLOUD_CREDENTIALS_URI' };
}

async function profileSession(profile: Profile, files: ProfileFiles, options: Options): Promise<AlibabaSession> {
  refuseUnsafe(profile, files);
  return { keys: await profileKeys(profile, files, options), source: `profile "${profile.name}"` };
}

/** `External` runs a program that the file names; `OAuth` and `External` write back to it. A scanner does neither. */
function refuseUnsafe(profile: Profile, files: ProfileFiles, seen: readonly string[] = []): void {
  if (profile.mode === 'External' || profile.mode === 'OAuth') {
    const does = profile.mode === 'External' ? 'runs a program' : 'writes to its file';
    throw new UsageError(`the Alibaba Cloud profile "${profile.name}" is of mode ${profile.mode}, which ${does}; aispm does not`, {
      hint: 'use a profile of another mode, or put short-lived keys into the environment',
    });
  }
  const next = profile.mode === 'ChainableRamRoleArn' ? profile.members['source_profile'] : undefined;
  const source = files.cli.find(({ name }) => name === next);
  if (source !== undefined && !seen.includes(source.name)) refuseUnsafe(source, files, [...seen, profile.name]);
}

async function profileKeys(profile: Profile, files: ProfileFiles, options: Options, seen: readonly string[] = []): Promise<KeySource> {
  const { members, mode } = profile;
  if (mode === 'AK' || mode === 'StsToken' || mode === 'access_key') return fixedKeys(profile);
  const { assume, now } = options;
  if (mode === 'RamRoleArn' || mode === 'ram_role_arn') {
    return borrowedKeys({ ...roleOfProfile(profile), source: fixedKeys(profile), assume, now });
  }
  if (mode === 'ChainableRamRoleArn') {
    return borrowedKeys({ ...roleOfProfile(profile), source: await sourceKeys(profile, files, options, seen), assume, now });
  }
  const packaged = await vendor();
  if (mode === 'EcsRamRole')
    return asked(
      packaged.ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(members['ram_role_name'] ?? '')
        .build(),
    );
  if (mode === 'ecs_ram_role')
    return asked(
      packaged.ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(members['role_name'] ?? '')
        .build(),
    );
  if (mode === 'OIDC' || mode === 'CloudSSO') {
    return asked(packaged.CLIProfileCredentialsProvider.builder().withProfileName(profile.name).build());
  }
  throw new UsageError(`the Alibaba Cloud profile "${profile.name}" has the mode "${mode}", which is not known`, {
    hint: 'write it anew with "aliyun configure"',
  });
}

function fixedKeys({ name, members }: Profile): KeySource {
  const { access_key_id: accessKeyId, access_key_secret: accessKeySecret, sts_token: securityToken } = members;
  if (!accessKeyId || !accessKeySecret) {
    throw new UsageError(`the Alibaba Cloud profile "${name}" holds no access key`, { hint: 'write it anew with "aliyun configure"' });
  }
  const keys: Keys = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  return async () => keys;
}

/** Keys of the profile that a chained profile starts from. */
async function sourceKeys({ name, members }: Profile, files: ProfileFiles, options: Options, seen: readonly string[]): Promise<KeySource> {
  const source = files.cli.find((profile) => profile.name === members['source_profile']);
  if (source === undefined || seen.includes(source.name)) {
    throw new UsageError(`the Alibaba Cloud profile "${name}" has no source profile that leads to keys`, {
      hint: 'write it anew with "aliyun configure"',
    });
  }
  return profileKeys(source, files, options, [...seen, name]);
}

interface Asked {
  getCredentials(): Promise<{ accessKeyId?: string; accessKeySecret?: string; securityToken?: string }>;
}

function asked(provider: Asked): KeySource {
  return async () => {
    const got = await provider.getCredentials().catch(() => undefined);
    if (!got?.accessKeyId || !got.accessKeySecret) throw new CredentialsFailed('the keys could not be had');
    return {
      accessKeyId: got.accessKeyId,
      accessKeySecret: got.accessKeySecret,
      ...(got.securityToken && { securityToken: got.securityToken }),
    };
  };
}

async function vendor() {
  // Named exports are the same in every loader; the default is not.
  return import('@alicloud/credentials');
}
