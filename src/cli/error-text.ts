import { UsageError } from '../model/usage-error.ts';
import { exitCodes } from './exit-codes.ts';

export interface ErrorReport {
  readonly exitCode: number;
  readonly code: 'usage' | 'interrupted' | 'bug';
  readonly message: string;
  readonly hint?: string;
  /** Only for a bug, or with --debug. */
  readonly stack?: string;
}

/** What a person (or `--json`) is told about an error that ended the program. */
export function describeError(error: unknown, options: { readonly debug: boolean }): ErrorReport {
  if (isParserError(error)) {
    return { exitCode: exitCodes.usage, code: 'usage', message: tidy(error.message), hint: 'see `aispm --help` or `aispm COMMAND --help`' };
  }
  if (error instanceof UsageError) {
    return {
      exitCode: exitCodes.usage,
      code: 'usage',
      message: error.message,
      ...(error.hint !== undefined && { hint: error.hint }),
      ...(options.debug && error.stack !== undefined && { stack: error.stack }),
    };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { exitCode: exitCodes.interrupted, code: 'interrupted', message: 'interrupted before anything was read' };
  }
  return {
    exitCode: exitCodes.bug,
    code: 'bug',
    message: error instanceof Error ? error.message : String(error),
    hint: 'this is a bug in aispm: please report it with the version, the command and the lines below',
    stack: error instanceof Error ? causes(error) : String(error),
  };
}

/** oclif's parser and command look-up throw errors that carry `oclif.exit`. */
function isParserError(error: unknown): error is Error {
  return error instanceof Error && 'oclif' in error;
}

function tidy(message: string): string {
  return message
    .replace(/\nSee more help with --help$/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

function causes(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by: ${causes(error.cause)}` : stack;
}
