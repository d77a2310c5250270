import { isJsonObject, type JsonObject } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import { UsageError } from '../model/usage-error.ts';
import type { OutputTarget } from './output.ts';

export interface OutputChoice {
  readonly format?: readonly string[] | undefined;
  readonly output?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Which formats go where: `-f table -f sarif=out.sarif -f json=report.json`, `-o` for a single one, `--json` for JSON on stdout.
 * Without any, `outputs` of the configuration file, else `fallback` on stdout. Throws a UsageError for an unknown format,
 * two formats on stdout, or `-o` beside several formats.
 */
export function chooseOutputs(
  choice: OutputChoice,
  config: JsonObject,
  known: readonly string[],
  fallback: string,
): readonly OutputTarget[] {
  const targets = [
    ...(choice.format ?? []).map((text) => parse(text, known)),
    ...(choice.json === true ? [{ format: 'json', file: '-' }] : []),
  ];
  if (choice.output !== undefined) return [withFile(targets, choice.output, fallback, known)];
  const chosen = targets.length > 0 ? targets : configured(config, known);
  const all = chosen.length > 0 ? chosen : [{ format: fallback, file: '-' }];
  refuseClashes(all);
  return all;
}

function parse(text: string, known: readonly string[]): OutputTarget {
  const at = text.indexOf('=');
  const format = at < 0 ? text : text.slice(0, at);
  const file = at < 0 ? '-' : text.slice(at + 1);
  if (file === '')
    throw new UsageError(`--format "${text}" names no file`, { hint: `write -f ${format}=FILE, or -f ${format} for stdout` });
  return { format: knownFormat(format, known), file };
}

function knownFormat(format: string, known: readonly string[]): string {
  if (known.includes(format)) return format;
  const suggestion = nearest(format, known);
  throw new UsageError(`no such format "${format}"`, {
    hint: suggestion ? `did you mean "${suggestion}"?` : `choose from ${known.join(', ')}`,
  });
}

function withFile(targets: readonly OutputTarget[], output: string, fallback: string, known: readonly string[]): OutputTarget {
  const [target, second] = targets;
  if (second !== undefined) throw new UsageError('-o is for a single format', { hint: 'write -f FORMAT=FILE for each' });
  if (target !== undefined && target.file !== '-')
    throw new UsageError('the file is named twice, by -f and by -o', { hint: 'leave one out' });
  return { format: target?.format ?? formatOfFile(output, known) ?? fallback, file: output };
}

/** `-o out.sarif` needs no `-f sarif`. */
function formatOfFile(file: string, known: readonly string[]): string | undefined {
  return known.find((format) => file.endsWith(`.${format}`));
}

function configured(config: JsonObject, known: readonly string[]): readonly OutputTarget[] {
  const outputs = config.outputs;
  if (!Array.isArray(outputs)) return [];
  return outputs.filter(isJsonObject).map((entry) => ({
    format: knownFormat(typeof entry.format === 'string' ? entry.format : '', known),
    file: typeof entry.file === 'string' ? entry.file : '-',
  }));
}

function refuseClashes(targets: readonly OutputTarget[]): void {
  const onStdout = targets.filter(({ file }) => file === '-');
  if (onStdout.length > 1) {
    throw new UsageError(`only one format fits on stdout, not ${onStdout.map(({ format }) => format).join(' and ')}`, {
      hint: 'give the others a file: -f FORMAT=FILE',
    });
  }
  const files = targets.filter(({ file }) => file !== '-').map(({ file }) => file);
  const twice = files.find((file, at) => files.indexOf(file) !== at);
  if (twice !== undefined) throw new UsageError(`two formats would write "${twice}"`, { hint: 'give each its own file' });
}
