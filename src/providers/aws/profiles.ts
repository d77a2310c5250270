import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../model/usage-error.ts';

/** The members of a profile that this program reads itself; the keys in it are read by AWS's own chain alone. */
export interface Profile {
  readonly name: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  /** Service id as AWS writes it there (`bedrock_agent`) → URL. */
  readonly serviceEndpoints: { readonly [service: string]: string };
  readonly ignoresEndpoints: boolean;
  /** It says how to get credentials, and not only settings. */
  readonly hasCredentials: boolean;
  /** The account that the profile says it leads to, if it says so. */
  readonly account?: string;
}

export interface ProfileFiles {
  readonly configPath: string;
  readonly credentialsPath: string;
  readonly profiles: ReadonlyMap<string, Profile>;
}

type Environment = { readonly [name: string]: string | undefined };
type Section = {
  readonly kind: string;
  readonly name: string;
  readonly members: Map<string, string>;
  readonly nested: Map<string, Map<string, string>>;
};

/**
 * Reads AWS's shared config and credentials files. Missing files are empty.
 * Throws UsageError with file and line where a line is neither section, member nor comment: AWS's JavaScript SDK would
 * skip it and use other credentials than the user meant.
 * Format: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export async function readProfiles(env: Environment): Promise<ProfileFiles> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const configPath = env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config');
  const credentialsPath = env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials');
  const config = parse(configPath, await textOf(configPath), true);
  const credentials = parse(credentialsPath, await textOf(credentialsPath), false);
  const services = new Map(config.filter(({ kind }) => kind === 'services').map((section) => [section.name, section]));
  const profiles = new Map<string, Profile>();
  for (const section of [...config, ...credentials]) {
    if (section.kind !== 'profile') continue;
    const known = profiles.get(section.name);
    profiles.set(section.name, merge(known, profileFrom(section, services)));
  }
  return { configPath, credentialsPath, profiles };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new UsageError(`cannot read the AWS profile file "${path}" (${code ?? 'unknown error'})`, {
      hint: 'Make it readable, or name another with AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE.',
      cause: error,
    });
  }
}

function parse(path: string, text: string, isConfig: boolean): readonly Section[] {
  const sections: Section[] = [];
  let nested: Map<string, string> | undefined;
  for (const [at, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trimEnd();
    if (/^\s*([#;].*)?$/.test(line)) continue;
    const header = /^\[\s*([^\]]+?)\s*\]\s*([#;].*)?$/.exec(line)?.[1];
    if (header !== undefined) {
      sections.push(sectionFrom(header, isConfig));
      nested = undefined;
      continue;
    }
    const [, indent = '', name, value = ''] = /^(\s*)([^\s=:][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (name === undefined || section === undefined) throw malformed(path, at + 1);
    if (indent !== '' && nested !== undefined) nested.set(name, value);
    else {
      section.members.set(name, value);
      nested = value === '' ? new Map() : undefined;
      if (nested !== undefined) section.nested.set(name, nested);
    }
  }
  return sections;
}

// The line itself may hold a key, so only its place is said.
const malformed = (path: string, line: number) =>
  new UsageError(`the AWS profile file "${path}" is malformed in line ${line}: neither "[section]" nor "name = value"`, {
    hint: 'Mend the line, or name another file with AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE.',
  });

function sectionFrom(header: string, isConfig: boolean): Section {
  const members = new Map<string, string>();
  const nested = new Map<string, Map<string, string>>();
  const [, kind, name] = /^(profile|services|sso-session)\s+["']?(.+?)["']?$/.exec(header) ?? [];
  if (isConfig && kind !== undefined && name !== undefined) return { kind, name, members, nested };
  const isProfile = !isConfig || header === 'default';
  return { kind: isProfile ? 'profile' : 'other', name: header, members, nested };
}

const credentialMembers = [
  'aws_access_key_id',
  'role_arn',
  'sso_session',
  'sso_start_url',
  'credential_process',
  'web_identity_token_file',
  'login_session',
];

function profileFrom({ name, members, nested }: Section, services: ReadonlyMap<string, Section>): Profile {
  const region = members.get('region');
  const endpointUrl = members.get('endpoint_url');
  const account = members.get('sso_account_id') ?? /^arn:[^:]*:iam::(\d{12}):/.exec(members.get('role_arn') ?? '')?.[1];
  const own = new Map([...(services.get(members.get('services') ?? '')?.nested ?? []), ...nested]);
  const serviceEndpoints = [...own].flatMap(([service, settings]) => {
    const url = settings.get('endpoint_url');
    return url === undefined ? [] : [[service, url] as const];
  });
  return {
    name,
    ...(region !== undefined && { region }),
    ...(endpointUrl !== undefined && { endpointUrl }),
    ...(account !== undefined && { account }),
    serviceEndpoints: Object.fromEntries(serviceEndpoints),
    hasCredentials: credentialMembers.some((member) => members.has(member)),
    ignoresEndpoints: members.get('ignore_configured_endpoint_urls') === 'true',
  };
}

/** The config file says the settings, the credentials file only the keys: what it says too is added. */
function merge(config: Profile | undefined, credentials: Profile): Profile {
  return config === undefined
    ? credentials
    : {
        ...credentials,
        ...config,
        hasCredentials: config.hasCredentials || credentials.hasCredentials,
        serviceEndpoints: { ...credentials.serviceEndpoints, ...config.serviceEndpoints },
      };
}
