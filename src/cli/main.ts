import { type Interfaces, run, settings } from '@oclif/core';
import { describeError } from './error-text.ts';
import { exitCodeMeanings } from './exit-codes.ts';

/**
 * Runs one command line. Never throws and never calls `process.exit`: it sets `process.exitCode` and lets the streams drain.
 * A usage error is one sentence and exit code 2; anything unexpected is a bug with its stack and exit code 70.
 */
export async function main(argv: readonly string[], loadOptions: Interfaces.LoadOptions): Promise<void> {
  settings.enableAutoTranspile = false;
  endQuietlyOnClosedPipe();
  try {
    await run([...argv], loadOptions);
  } catch (error) {
    if (isExit(error)) process.exitCode = error.oclif.exit;
    else process.exitCode = tell(error, argv);
  }
}

function tell(error: unknown, argv: readonly string[]): number {
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  const { exitCode, stack, ...said } = describeError(error, { debug: flags.includes('--debug') });
  if (flags.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { code: said.code, message: said.message, hint: said.hint } })}\n`);
  process.stderr.write(`error: ${said.message}\n`);
  if (said.hint !== undefined) process.stderr.write(`  ${said.hint}\n`);
  if (stack !== undefined) process.stderr.write(`aispm on Node ${process.version}, command ${commandWords(flags)}\n${stack}\n`);
  process.stderr.write(`exit ${exitCode}: ${exitCodeMeanings[exitCode]}\n`);
  return exitCode;
}

/** The command without its values: a value may be private. */
function commandWords(flags: readonly string[]): string {
  return flags.flatMap((word, at) => (word.startsWith('-') ? [word.replace(/=.*/, '=…')] : at === 0 ? [word] : [])).join(' ');
}

/** `aispm scan | head` must not end in a stack trace. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** `this.exit(code)`, and help shown for a topic, arrive as an error that only carries a code. */
function isExit(error: unknown): error is { readonly oclif: { readonly exit: number } } {
  return error instanceof Error && 'code' in error && error.code === 'EEXIT';
}
