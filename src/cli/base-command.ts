import { Command, type Interfaces } from '@oclif/core';
import type { Json, JsonObject } from '../model/json.ts';
import { UsageError } from '../model/usage-error.ts';
import { maskedLines } from '../scan/masked-lines.ts';
import type { World } from '../scan/world.ts';
import { type ConfigFile, configValue, loadConfigFile } from './config-file.ts';
import { commonFlags } from './flags/common.ts';
import { configKeyOf } from './flags/config-keys.ts';
import { createProgress, type Progress } from './progress.ts';
import { processWorld } from './world.ts';

export interface Invocation<Flags> {
  /** Flag, else environment, else file, else default. */
  readonly flags: Flags;
  readonly args: { readonly [name: string]: string | undefined };
  /** Positional words of a command that takes several. */
  readonly words: readonly string[];
  readonly config: ConfigFile;
  readonly world: World;
  readonly progress: Progress;
  /** Prints to stderr unless --quiet. */
  readonly tell: (line: string) => void;
  readonly colors: { readonly stdout: boolean; readonly stderr: boolean };
}

/** What every command shares: the common flags, the configuration file, the world, and plain exit codes. */
export abstract class BaseCommand extends Command {
  static override readonly enableJsonFlag = false;
  static override readonly baseFlags = commonFlags;

  /** Parses the command line, lays the configuration file under it, and makes the world. */
  protected async invoke<C extends typeof Command>(
    command: C,
  ): Promise<Invocation<Interfaces.InferredFlags<C['flags'] & typeof commonFlags>>> {
    const parsed = await this.parse(command);
    const known = { ...command.baseFlags, ...command.flags };
    const given = withLists(parsed.flags, known);
    const config = await loadConfigFile({
      named: typeof given.config === 'string' ? given.config : undefined,
      cwd: process.cwd(),
      env: process.env,
    });
    const flags = underlay(given, parsed.metadata.flags, Object.keys(known), config);
    const on = (name: string) => flags[name] === true;
    const moving = flags.progress !== false && !on('quiet') && process.stderr.isTTY && !process.env.CI;
    const progress = createProgress(process.stderr, { moving, now: () => performance.now() });
    const tell = (line: string) => {
      if (!on('quiet')) progress.note(line);
    };
    return {
      // Parsed by the command's own flags; the file's values were checked against its schema and are of the same types.
      flags: flags as Interfaces.InferredFlags<C['flags'] & typeof commonFlags>,
      args: parsed.args,
      words: parsed.argv.filter((word): word is string => typeof word === 'string'),
      config,
      world: processWorld({
        progress: (event) => {
          if (event.kind === 'gap' && on('verbose')) tell(`gap: ${event.call} ${event.reason} in ${event.region}`);
          progress.event(event);
        },
        debug: on('debug') ? maskedLines((line) => progress.note(line)) : () => undefined,
      }),
      progress,
      tell,
      colors: {
        stdout: wantsColor(flags.color, process.stdout.isTTY),
        stderr: wantsColor(flags.color, process.stderr.isTTY),
      },
    };
  }
}

/** oclif splits the values of a list on the command line, and hands on those of the environment as one text. */
function withLists(flags: JsonObject, known: Interfaces.FlagInput): JsonObject {
  const list = (name: string, value: Json) =>
    typeof value === 'string' && known[name]?.type === 'option' && known[name].multiple === true
      ? value.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]))
      : value;
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, list(name, value)]));
}

function underlay(
  given: JsonObject,
  metadata: { readonly [flag: string]: { readonly setFromDefault?: boolean } | undefined },
  names: readonly string[],
  config: ConfigFile,
): { readonly [flag: string]: Json } {
  const flags: Record<string, Json> = { ...given };
  for (const name of names) {
    const isGiven = name in given && metadata[name]?.setFromDefault !== true;
    const value = isGiven ? undefined : configValue(config.values, configKeyOf(name));
    if (value !== undefined) flags[name] = value;
  }
  return flags;
}

function wantsColor(flag: Json | undefined, isTTY: boolean | undefined): boolean {
  if (flag === false || process.env.NO_COLOR) return false;
  if (flag === true) return true;
  const forced = process.env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0';
  return isTTY === true && !process.env.CI;
}

/** A positional word that must be there. */
export function required(value: string | undefined, what: string): string {
  if (value === undefined) throw new UsageError(`${what} is missing`, { hint: 'see --help' });
  return value;
}
