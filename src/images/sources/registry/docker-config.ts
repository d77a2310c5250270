import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, jsonIn, type JsonObject } from '../../../model/json.ts';
import { askCredentialHelper } from './credential-helper.ts';
import type { CredentialSource, KnownLogin } from './login.ts';

export interface LoginOptions {
  /** How long a credential helper may take; 20 s where it is left out. */
  readonly helperTimeoutMs?: number;
}

type Environment = { readonly [name: string]: string | undefined };
type Named = { readonly config: JsonObject; readonly from: string };
type Config = Named | { readonly note: string };

/**
 * The logins that `docker login` and `podman login` left, of each file: helpers of a host, then the common store, then what stands in
 * the file itself. The first that there is holds. They are read at the first question. What cannot be read or is no JSON is told in
 * the note, without anything of its content: many images need no login. A login of `HOST/PATH` is for the repositories below it alone.
 * https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function dockerLogins(env: Environment, { helperTimeoutMs }: LoginOptions = {}): CredentialSource {
  let configs: Promise<readonly Config[]> | undefined;
  // A helper is a program, and answers for a host as a whole: it is started once for all of its repositories.
  const helped = new Map<string, Promise<KnownLogin>>();
  const ask = (helper: string, server: string, signal: AbortSignal) => {
    const key = JSON.stringify([helper, server]);
    const login = helped.get(key) ?? askCredentialHelper(helper, server, { env, signal, timeoutMs: helperTimeoutMs });
    helped.set(key, login);
    return login;
  };
  const loginIn = async (found: Named, host: string, signal: AbortSignal, repository?: string): Promise<KnownLogin> => {
    const helper = helperOf(found.config, host);
    const known = helper === undefined ? {} : await ask(helper, serverName(host), signal);
    if ('credential' in known) return known;
    const login = inFile(found, host, repository);
    return 'credential' in login || known.note === undefined ? login : known;
  };
  return async (host, signal, repository) => {
    let note: string | undefined;
    for (const found of await (configs ??= readConfigs(env))) {
      const login = 'note' in found ? found : await loginIn(found, host, signal, repository);
      if ('credential' in login) return login;
      note ??= login.note;
    }
    return note === undefined ? {} : { note };
  };
}

async function readConfigs(env: Environment): Promise<readonly Config[]> {
  const text = env['DOCKER_AUTH_CONFIG'];
  const files = await Promise.all([...new Set(filesOf(env))].map(readConfig));
  return [...(text ? [parse(text, 'DOCKER_AUTH_CONFIG')] : []), ...files.flatMap((found) => found ?? [])];
}

/** Without a home there are none: a file that lies around in the working folder is not the user's. */
function filesOf(env: Environment): readonly string[] {
  const home = env['HOME'] || env['USERPROFILE'];
  const docker = env['DOCKER_CONFIG'] || (home && path.join(home, '.docker'));
  const settings = env['XDG_CONFIG_HOME'] || (home && path.join(home, '.config'));
  const podman = [env['XDG_RUNTIME_DIR'], settings].map((folder) => folder && path.join(folder, 'containers', 'auth.json'));
  return [env['REGISTRY_AUTH_FILE'], docker && path.join(docker, 'config.json'), ...podman].flatMap((file) => file || []);
}

async function readConfig(file: string): Promise<Config | undefined> {
  try {
    return parse(await readFile(file, 'utf8'), `"${file}"`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of reading a file, and nothing else
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { note: `the logins in "${file}" cannot be read (${code ?? 'unknown error'})` };
  }
}

function parse(text: string, from: string): Config {
  const config = jsonIn(text);
  if (isJsonObject(config)) return { config, from };
  return { note: `the logins in ${from} cannot be read: it is not JSON` };
}

function helperOf(config: JsonObject, host: string): string | undefined {
  const helpers = config['credHelpers'];
  const own = isJsonObject(helpers)
    ? namesOf(host)
        .map((name) => helpers[name])
        .find((value) => typeof value === 'string')
    : undefined;
  const helper = own ?? config['credsStore'];
  return typeof helper === 'string' && helper !== '' ? helper : undefined;
}

function inFile({ config, from }: Named, host: string, repository: string | undefined): KnownLogin {
  const { auths } = config;
  if (!isJsonObject(auths)) return {};
  const keys = Object.keys(auths);
  const key = keysOf(host, repository).find((name) => keys.includes(name)) ?? keys.find((name) => hostOf(name) === hubName(host));
  if (key === undefined) {
    const narrow = keys.find((name) => name.startsWith(`${host}/`));
    return narrow === undefined ? {} : { note: `the login in ${from} is for ${JSON.stringify(narrow)} alone` };
  }
  const found = auths[key];
  if (!isJsonObject(found)) return {};
  const { identitytoken, auth, username, password } = found;
  if (typeof identitytoken === 'string' && identitytoken !== '') return { credential: { kind: 'identity-token', token: identitytoken } };
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    // At the first colon: passwords hold more of them.
    const colon = text.indexOf(':');
    if (colon < 1) return { note: `the login to ${host} in ${from} is not of the form user:password` };
    return { credential: { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) } };
  }
  if (typeof username === 'string' && typeof password === 'string') return { credential: { kind: 'password', username, password } };
  return {};
}

const hubKey = 'https://index.docker.io/v1/';

/** Docker Hub has a name of its own in that file. */
const serverName = (host: string): string => (host === 'docker.io' ? hubKey : host);

function namesOf(host: string): readonly string[] {
  return host === 'docker.io'
    ? [hubKey, 'index.docker.io', 'docker.io', 'registry-1.docker.io']
    : [host, `https://${host}`, `http://${host}`];
}

/** The most exact first: `HOST/TEAM/APP`, `HOST/TEAM`, and the names of the host. */
function keysOf(host: string, repository: string | undefined): readonly string[] {
  const parts = repository?.split('/') ?? [];
  const paths = parts.map((_, at) => parts.slice(0, parts.length - at).join('/'));
  return [...paths.map((path) => `${host}/${path}`), ...namesOf(host)];
}

/** `https://host/v1/` → `host`, as older files have it. Other paths are only parts of a host where no scheme stands before them. */
function hostOf(key: string): string {
  const bare = key.replace(/^https?:\/\//, '');
  return hubName(bare === key ? bare.replace(/\/v[12]\/?$|\/$/, '') : bare.replace(/\/.*$/, ''));
}

const hubName = (host: string): string => (namesOf('docker.io').includes(host) ? 'docker.io' : host);
