import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isJsonList, isJsonObject, type JsonObject } from '../../model/json.ts';
import { UsageError } from '../../model/usage-error.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** A profile of the `aliyun` CLI, or a section of the SDKs' ini file, with its members as text. */
export interface Profile {
  readonly name: string;
  readonly from: 'cli' | 'ini';
  /** How its keys are had: `AK`, `StsToken`, `RamRoleArn` … of the CLI; `access_key`, `ram_role_arn` … of the ini file. */
  readonly mode: string;
  readonly members: { readonly [name: string]: string };
}

export interface ProfileFiles {
  readonly cliPath: string;
  readonly iniPath: string;
  /** The CLI's current profile, if it has a file. */
  readonly current?: string;
  readonly cli: readonly Profile[];
  readonly ini: readonly Profile[];
}

/**
 * Reads the profiles of the `aliyun` CLI and of the SDKs. A missing file holds none. Throws a UsageError that names the
 * file and quotes nothing of it where it is malformed or cannot be read.
 */
export async function readProfiles(env: Environment): Promise<ProfileFiles> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const cliPath = join(home, '.aliyun', 'config.json');
  const iniPath = env['ALIBABA_CLOUD_CREDENTIALS_FILE'] ?? join(home, '.alibabacloud', 'credentials');
  const isCliOff = env['ALIBABA_CLOUD_CLI_PROFILE_DISABLED']?.toLowerCase() === 'true';
  const [cliText, iniText] = await Promise.all([isCliOff ? undefined : textOf(cliPath), textOf(iniPath)]);
  const cli = cliText === undefined ? { profiles: [] } : parseCli(cliPath, cliText);
  return {
    cliPath,
    iniPath,
    ...(cli.current !== undefined && { current: cli.current }),
    cli: cli.profiles,
    ini: iniText === undefined ? [] : parseIni(iniPath, iniText),
  };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UsageError(`cannot read the Alibaba Cloud profile file "${path}" (${code})`, { hint: 'make it readable, or move it away' });
  }
}

function parseCli(path: string, text: string): { readonly current?: string; readonly profiles: readonly Profile[] } {
  const file = jsonOf(text);
  const profiles = isJsonObject(file) ? file['profiles'] : undefined;
  if (!isJsonObject(file) || !isJsonList(profiles) || !profiles.every(isJsonObject)) {
    throw malformed(path, 'write it anew with "aliyun configure"');
  }
  const current = file['current'];
  return {
    ...(typeof current === 'string' && { current }),
    profiles: profiles.flatMap((entry) => cliProfile(entry)),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's message quotes the file, and the file holds keys.
    return undefined;
  }
}

function cliProfile(entry: JsonObject): readonly Profile[] {
  const { name, mode } = entry;
  if (typeof name !== 'string') return [];
  const members = Object.entries(entry).flatMap(([member, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[member, String(value)] as const] : [],
  );
  // The CLI writes no mode for the profiles of its first versions, which all were key pairs.
  return [{ name, from: 'cli', mode: typeof mode === 'string' && mode !== '' ? mode : 'AK', members: Object.fromEntries(members) }];
}

function parseIni(path: string, text: string): readonly Profile[] {
  const sections: { name: string; members: Record<string, string> }[] = [];
  for (const [at, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const header = /^\[\s*([^\]]+?)\s*\]$/.exec(line)?.[1];
    const [, name, value] = /^([^\s=][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (header !== undefined) sections.push({ name: header, members: {} });
    else if (name !== undefined && section !== undefined) section.members[name] = value ?? '';
    else throw malformed(path, `mend line ${at + 1}: it is neither "[section]" nor "name = value"`);
  }
  return sections.map(({ name, members }) => ({ name, from: 'ini', mode: members['type'] ?? '', members }));
}

const malformed = (path: string, hint: string): UsageError =>
  new UsageError(`the Alibaba Cloud profile file "${path}" is malformed`, { hint });
