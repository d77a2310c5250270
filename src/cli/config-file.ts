import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { unreadable } from './unreadable.ts';

export interface ConfigFile {
  /** Path of the file, or `undefined` where none was found. */
  readonly file: string | undefined;
  readonly values: JsonObject;
}

/**
 * The one configuration file of this run: `--config`, else the nearest aispm.yaml up to the repository root (or home),
 * else `$XDG_CONFIG_HOME/aispm/config.yaml`. Files are never merged. A file that is missing although it was named,
 * is no YAML or does not fit the schema is a UsageError.
 */
export async function loadConfigFile(options: {
  readonly named: string | undefined;
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
}): Promise<ConfigFile> {
  const file = options.named ?? nearest(options.cwd, options.env.HOME) ?? ofUser(options.env);
  if (file === undefined) return { file, values: {} };
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable('the configuration file', file, error, 'name an existing file with --config');
  });
  const { parseYamlFile, refuseInvalid } = await import('../checks/yaml-file.ts');
  const { validate } = await import('../checks/validators/config.generated.ts');
  const parsed = await parseYamlFile(text, file);
  refuseInvalid(validate(parsed.value ?? {}), parsed, file, configMembers);
  return { file, values: isJsonObject(parsed.value) ? parsed.value : {} };
}

/** Value at a dotted key, or `undefined`. */
export function configValue(values: JsonObject, key: string): Json | undefined {
  let at: Json | undefined = values;
  for (const part of key.split('.')) {
    if (!isJsonObject(at)) return undefined;
    at = at[part];
  }
  return at;
}

function nearest(cwd: string, home: string | undefined): string | undefined {
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'aispm.yaml');
    if (existsSync(file)) return file;
    const isTop = folder === path.dirname(folder);
    if (isTop || folder === home || existsSync(path.join(folder, '.git'))) return undefined;
  }
}

function ofUser(env: { readonly [name: string]: string | undefined }): string | undefined {
  const folder = env.XDG_CONFIG_HOME ?? (env.HOME === undefined ? undefined : path.join(env.HOME, '.config'));
  const file = folder === undefined ? undefined : path.join(folder, 'aispm', 'config.yaml');
  return file !== undefined && existsSync(file) ? file : undefined;
}

/** Member names of the schema, for suggestions. */
const configMembers =
  'scan aws alibaba azure policy outputs providers account subscription profile region endpoint caFile timeout offline concurrency rps allow shard images tags plainHttp platform tokenHost registry fromFile saveInventory maxImageSize maxLayers cacheDir noCache frameworks services checks include skip folders failOn severity ignoreFile previous includePass includeWaived sarifFull sarifAnchor evidence noEvidence summary quiet verbose color progress profiles accounts subscriptions regions org orgRole format file'.split(
    ' ',
  );
