import { nearest } from '../model/nearest.ts';
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

/** What a person (or `--json`) is told about an error that ended the program. `commands` are the words of each that there is. */
export function describeError(error: unknown, options: { readonly debug: boolean; readonly commands: readonly string[] }): ErrorReport {
  if (isParserError(error)) return { exitCode: exitCodes.usage, code: 'usage', ...describeParserError(error, options.commands) };
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

/** oclif's parser and command look-up throw errors that carry `oclif.exit`; that of unknown flags says which, and which there are. */
type ParserError = Error & { readonly flags?: readonly string[]; readonly parse?: { readonly input?: { readonly flags?: object } } };

function isParserError(error: unknown): error is ParserError {
  return error instanceof Error && 'oclif' in error;
}

function describeParserError({ message, flags, parse }: ParserError, commands: readonly string[]): Pick<ErrorReport, 'message' | 'hint'> {
  const help = 'see `aispm --help` or `aispm COMMAND --help`';
  const [flag] = flags ?? [];
  if (flag !== undefined) {
    const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
    return { message: `no such flag "${flag}"`, hint: suggested(flag, known) ?? help };
  }
  const command = /^command (\S+) not found$/.exec(message)?.[1]?.replaceAll(':', ' ');
  if (command !== undefined) return { message: `no such command "${command}"`, hint: suggested(command, commands) ?? help };
  return { message: tidy(message), hint: help };
}

function suggested(word: string, known: readonly string[]): string | undefined {
  const close = nearest(word, known);
  return close === undefined ? undefined : `did you mean "${close}"?`;
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
