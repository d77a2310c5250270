import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { FailOn, Report } from '../model/report.ts';
import { UsageError } from '../model/usage-error.ts';
import { type Catalogue, chooseChecks, loadCatalogue } from '../scan/catalogue/catalogue.ts';
import type { ChosenTargets } from '../scan/discover/chosen-targets.ts';
import type { JudgeRequest } from '../scan/judge/judging.ts';
import type { ReadRequest } from '../scan/reading.ts';
import type { Waivers } from '../scan/judge/read-waivers.ts';
import type { ConfigFile } from './config-file.ts';
import { parseDuration } from './durations.ts';
import { unreadable } from './unreadable.ts';

export interface ReadFlags {
  readonly endpoint?: readonly string[] | undefined;
  readonly 'ca-file'?: string | undefined;
  readonly timeout: string;
  readonly offline?: boolean | undefined;
  readonly concurrency?: number | undefined;
  readonly rps?: number | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly shard?: string | undefined;
}

/** How the flags want the clouds to be read. Files that they name are read now. @throws UsageError for one that cannot be read, and for --offline. */
export async function readRequest(
  targets: readonly ChosenTargets[],
  flags: ReadFlags,
  options: { readonly env: { readonly [name: string]: string | undefined }; readonly version: string },
): Promise<ReadRequest> {
  if (flags.offline === true)
    throw new UsageError('--offline allows no connection, and a cloud is read over the network', {
      hint: 'leave it out, or judge a saved inventory: aispm evaluate inventory.json',
    });
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard);
  const digestKey = await readDigestKey(options.env);
  return {
    targets,
    endpoints: flags.endpoint ?? [],
    ...(flags['ca-file'] !== undefined && { ca: await readCa(flags['ca-file']) }),
    timeoutMs: parseDuration(flags.timeout, 'timeout'),
    offline: false,
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    ...(flags.rps !== undefined && { rps: flags.rps }),
    allow: flags.allow ?? [],
    ...(shard !== undefined && { shard }),
    ...(digestKey !== undefined && { digestKey }),
    toolVersion: options.version,
  };
}

export interface CheckFlags {
  readonly check?: readonly string[] | undefined;
  readonly 'skip-check'?: readonly string[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly framework?: readonly string[] | undefined;
  readonly checks?: readonly string[] | undefined;
}

export interface JudgeFlags extends CheckFlags {
  readonly 'fail-on': string;
  readonly 'ignore-file'?: string | undefined;
  readonly previous?: string | undefined;
  readonly 'include-pass'?: boolean | undefined;
}

/** The checks that the flags choose; `providers` keeps those of the clouds that are read. */
export async function chosenChecks(flags: CheckFlags, providers?: readonly string[]): Promise<Catalogue> {
  return chooseChecks(await loadCatalogue(flags.checks ?? []), {
    check: flags.check ?? [],
    skipCheck: flags['skip-check'] ?? [],
    service: flags.service ?? [],
    framework: flags.framework ?? [],
    ...(providers !== undefined && { provider: providers }),
  });
}

/** Reads everything that judging needs before the first call is made, so that a mistake in a file costs no scan. */
export async function judgeRequest(catalogue: Catalogue, flags: JudgeFlags, config: ConfigFile, version: string): Promise<JudgeRequest> {
  const waivers = await loadWaivers(flags['ignore-file'], config);
  const previous = flags.previous === undefined ? undefined : await loadReport(flags.previous);
  const { knownImageRules } = await import('../scan/images/known-image-rules.ts');
  return {
    checks: catalogue.checks,
    selected: catalogue.selected,
    frameworks: catalogue.frameworks,
    imageRules: await knownImageRules(),
    policy: policyOf(config.values),
    failOn: flags['fail-on'] as FailOn, // the flag's own options allow nothing else
    includePass: flags['include-pass'] === true,
    ...(waivers !== undefined && { waivers }),
    ...(previous !== undefined && { previous }),
    toolVersion: version,
  };
}

/** The ignore file that was named, else `.aispmignore.yaml` beside the configuration, or in the current folder. */
export async function loadWaivers(named: string | undefined, config: ConfigFile): Promise<Waivers | undefined> {
  const file = named ?? path.join(config.file === undefined ? '.' : path.dirname(config.file), '.aispmignore.yaml');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (named === undefined && error.code === 'ENOENT') return undefined;
    throw unreadable('the ignore file', file, error);
  });
  if (text === undefined) return undefined;
  const { readWaivers } = await import('../scan/judge/read-waivers.ts');
  return readWaivers(text, file);
}

/** A saved report of the format json. @throws UsageError in one sentence for what is none. */
export async function loadReport(file: string): Promise<Report> {
  const { readReport } = await import('../report/read-report.ts');
  return readReport((await readFileOf(file, 'the report', '--previous')).toString('utf8'), file);
}

/** @throws UsageError in one sentence for a file that cannot be read. */
export async function readFileOf(file: string, what: string, hintedBy: string): Promise<Buffer> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(what, file, error, `check the path given by ${hintedBy}`);
  });
}

/** Content of the user's key for secret digests, if there is one. */
export async function readDigestKey(env: { readonly [name: string]: string | undefined }): Promise<Buffer | undefined> {
  const file = env['AISPM_DIGEST_KEY_FILE'];
  return file === undefined ? undefined : readFileOf(file, 'the digest key', 'AISPM_DIGEST_KEY_FILE');
}

/** Certificates of authorities in PEM form. @throws UsageError for a file without one. */
export async function readCa(file: string): Promise<string> {
  const text = (await readFileOf(file, 'the certificate authority', '--ca-file')).toString('utf8');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new UsageError(`"${file}" holds no certificate in PEM form`, {
      hint: 'it must have a line -----BEGIN CERTIFICATE-----; convert DER with openssl x509 -inform der',
    });
  }
  return text;
}

/** `2/4` is the second of four parts. @throws UsageError for what is no part of a whole. */
export function parseShard(text: string): { readonly index: number; readonly of: number } {
  const [index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.slice(1).map(Number) ?? [];
  if (index === undefined || of === undefined || index < 1 || index > of) {
    throw new UsageError(`--shard "${text}" is no part of a whole`, { hint: 'write i/n with 1 <= i <= n, for example 2/4' });
  }
  return { index, of };
}

function policyOf(values: JsonObject): JsonObject {
  const { policy } = values;
  return isJsonObject(policy) ? policy : {};
}
