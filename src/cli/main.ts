import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Interfaces, run, settings } from '@oclif/core';
import { terminalText } from '../report/escape/terminal.ts';
import { describeError } from './error-text.ts';
import { exitCodeMeanings, exitCodes } from './exit-codes.ts';

/**
 * Runs one command line. Never throws and never calls `process.exit`: it sets `process.exitCode` and lets the streams drain.
 * A usage error is one sentence and exit code 2; anything unexpected is a bug with its stack and exit code 70.
 */
export async function main(argv: readonly string[], loadOptions: Interfaces.LoadOptions): Promise<void> {
  settings.enableAutoTranspile = false;
  outliveStreams();
  try {
    await run([...argv], loadOptions);
  } catch (error) {
    if (isExit(error)) process.exitCode = error.oclif.exit;
    else process.exitCode = tell(error, argv, await commandsOf(loadOptions));
  }
}

function tell(error: unknown, argv: readonly string[], commands: readonly string[]): number {
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  const { exitCode, stack, ...said } = describeError(error, { debug: flags.includes('--debug'), commands });
  if (flags.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { code: said.code, message: said.message, hint: said.hint } })}\n`);
  process.stderr.write(`error: ${terminalText(said.message)}\n`);
  if (said.hint !== undefined) process.stderr.write(`  ${terminalText(said.hint)}\n`);
  if (stack !== undefined) process.stderr.write(`aispm on Node ${process.version}, command ${commandWords(flags)}\n${stack}\n`);
  process.stderr.write(`exit ${exitCode}: ${exitCodeMeanings[exitCode]}\n`);
  return exitCode;
}

/** The words of each command, for suggestions; without a manifest (in development) there are none. */
async function commandsOf(loadOptions: Interfaces.LoadOptions): Promise<readonly string[]> {
  if (typeof loadOptions !== 'object' || !('root' in loadOptions)) return [];
  const text = await readFile(path.join(loadOptions.root, 'oclif.manifest.json'), 'utf8').catch(() => '{}');
  const { commands = {} } = JSON.parse(text) as { readonly commands?: object }; // our own file, written by the bundling
  return Object.keys(commands).map((id) => id.replaceAll(':', ' '));
}

/** The command without its values: a value may be private. */
function commandWords(flags: readonly string[]): string {
  return flags.flatMap((word, at) => (word.startsWith('-') ? [word.replace(/=.*/, '=…')] : at === 0 ? [word] : [])).join(' ');
}

/**
 * `aispm scan | head` must not end in a stack trace, nor must a disk that is full behind `>`: whoever writes the report is told
 * by the write itself. The code is for texts that nobody waits for, such as help. oclif throws what is no closed pipe: its listener goes.
 */
function outliveStreams(): void {
  process.stdout.removeAllListeners('error').on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE' && code !== 'EIO') process.exitCode ??= exitCodes.usage;
  });
  process.stderr.on('error', () => undefined);
}

/** `this.exit(code)`, and help shown for a topic, arrive as an error that only carries a code. */
function isExit(error: unknown): error is { readonly oclif: { readonly exit: number } } {
  return error instanceof Error && 'code' in error && error.code === 'EEXIT';
}
