import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import { parseJson } from '../../../model/parse-json.ts';
import { UsageError } from '../../../model/usage-error.ts';
import { askCredentialHelper } from './credential-helper.ts';
import type { CredentialSource, KnownLogin } from './login.ts';

/**
 * The logins that `docker login` left: helpers of a host, then the common store, then what stands in the file itself.
 * `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`, read at the first question. No file: no logins.
 * Throws a UsageError for a file that is no JSON.
 */
export function dockerLogins(env: { readonly [name: string]: string | undefined }): CredentialSource {
  let file: Promise<JsonObject> | undefined;
  return async (host, signal) => {
    const config = await (file ??= readConfig(env));
    const helper = helperOf(config, host);
    if (helper !== undefined) return askCredentialHelper(helper, serverName(host), { env, signal });
    return { ...inFile(config, host) };
  };
}

async function readConfig(env: { readonly [name: string]: string | undefined }): Promise<JsonObject> {
  const home = env['HOME'] || env['USERPROFILE'];
  const folder = env['DOCKER_CONFIG'] || (home && path.join(home, '.docker'));
  // Without a home there is none: a file that lies around in the working folder is not the user's.
  if (!folder) return {};
  const file = path.join(folder, 'config.json');
  try {
    const config = parseJson(await readFile(file, 'utf8'), 'Docker configuration', file);
    return isJsonObject(config) ? config : {};
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    if (error instanceof UsageError) throw new UsageError(`the Docker configuration "${file}" is not JSON`, { cause: error });
    throw new UsageError(`the Docker configuration "${file}" cannot be read (${code ?? 'unknown error'})`, { cause: error });
  }
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

function inFile(config: JsonObject, host: string): KnownLogin {
  const { auths } = config;
  if (!isJsonObject(auths)) return {};
  const names = namesOf(host);
  const found = Object.entries(auths).find(([name]) => names.includes(name) || names.includes(plainHost(name)))?.[1];
  if (!isJsonObject(found)) return {};
  const { identitytoken, auth, username, password } = found;
  if (typeof identitytoken === 'string' && identitytoken !== '') return { credential: { kind: 'identity-token', token: identitytoken } };
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    // At the first colon: passwords hold more of them.
    const colon = text.indexOf(':');
    if (colon < 1) return { note: `the login to ${host} in the Docker configuration is not of the form user:password` };
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

/** `https://host/v1/` → `host`, as older files have it. */
const plainHost = (name: string): string => name.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
