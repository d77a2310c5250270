import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
const program = path.join(repository, 'bin/run.js');
const guard = path.join(repository, 'test/support/loopback-only.cjs');

/** A person's computer: a home folder, a working folder in it, and an environment that holds nothing of ours. */
export interface Computer {
  readonly home: string;
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  /** Absolute path of a file below the working folder. */
  readonly at: (name: string) => string;
  readonly write: (name: string, text: string) => Promise<string>;
  readonly read: (name: string) => Promise<string>;
}

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line on stderr, which names the reason of the exit code. */
  readonly why: string;
}

export interface RunOptions {
  readonly env?: { readonly [name: string]: string | undefined };
  /** Called while the program runs, with a way to send it a signal. */
  readonly meanwhile?: (kill: (signal: NodeJS.Signals) => void) => Promise<void>;
}

/** Midnight of 2026-06-01: the day that every run counts ages and waivers from. */
export const runDay = '2026-06-01';
const sourceDateEpoch = String(Date.parse(`${runDay}T00:00:00Z`) / 1000);

/**
 * The environment is built from nothing: no credentials, no profile, no configuration of whoever runs the tests, and
 * every cloud's address is a closed port of this machine until a test names its double.
 */
export async function newComputer(): Promise<Computer> {
  const home = await mkdtemp(path.join(tmpdir(), 'aispm-e2e-'));
  const cwd = path.join(home, 'work');
  await mkdir(cwd);
  const at = (name: string) => path.join(cwd, name);
  return {
    home,
    cwd,
    at,
    env: {
      PATH: `${path.dirname(process.execPath)}${path.delimiter}/usr/bin${path.delimiter}/bin`,
      HOME: home,
      AISPM_TEST_CONNECTIONS: path.join(home, 'connections'),
      AISPM_ENDPOINT: 'aws=http://127.0.0.1:9,azure=https://127.0.0.1:9,alibaba=http://127.0.0.1:9',
      // The images that fixtures name lie in no registry of this machine, unless a test says where.
      AISPM_IMAGES: 'none',
      AWS_EC2_METADATA_DISABLED: 'true',
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
      NODE_OPTIONS: `--require=${guard}`,
      SOURCE_DATE_EPOCH: sourceDateEpoch,
    },
    async write(name, text) {
      const file = path.resolve(cwd, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    read: (name) => readFile(path.resolve(cwd, name), 'utf8'),
  };
}

/** Runs the program as users do, in a process of its own. Refuses to run it with an environment that could reach a real cloud. */
export function runCli(computer: Computer, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return run(computer, process.execPath, [program, ...args], options);
}

/** Runs a line of bash that knows the command `aispm`, in the same environment. */
export function runShell(computer: Computer, line: string, options: RunOptions = {}): Promise<Ran> {
  return run(computer, 'bash', ['-c', `aispm() { "${process.execPath}" "$AISPM" "$@"; }\n${line}`], {
    ...options,
    env: { AISPM: program, ...options.env },
  });
}

async function run(computer: Computer, file: string, args: readonly string[], { env = {}, meanwhile }: RunOptions): Promise<Ran> {
  const child = spawn(file, args, { cwd: computer.cwd, env: environmentOf(computer, env), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  const ended = new Promise<Pick<Ran, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  if (meanwhile !== undefined) await meanwhile((signal) => child.kill(signal));
  return { ...(await ended), ...output, why: output.stderr.trimEnd().split('\n').at(-1) ?? '' };
}

/** Where the programs of this computer connected to; each is `loopback HOST` or `foreign HOST`. */
export async function connectionsOf(computer: Computer): Promise<readonly string[]> {
  const file = path.join(computer.home, 'connections');
  if (!existsSync(file)) return [];
  return [...new Set((await readFile(file, 'utf8')).trimEnd().split('\n'))].sort();
}

function environmentOf(computer: Computer, more: NonNullable<RunOptions['env']>): { [name: string]: string } {
  if (inject('bundle') !== 'fresh') throw new Error(`dist/ is older than src/ and could not be bundled: ${inject('bundle')}`);
  const env = Object.fromEntries(
    Object.entries({ ...computer.env, ...more }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const isSafe =
    env['HOME'] === computer.home &&
    env['HOME'].startsWith(tmpdir()) &&
    env['NODE_OPTIONS']?.includes(guard) === true &&
    env['AWS_EC2_METADATA_DISABLED'] === 'true' &&
    ['aws=', 'azure=', 'alibaba='].every((provider) => env['AISPM_ENDPOINT']?.includes(provider));
  if (!isSafe)
    throw new Error('an end-to-end test may only run with a home of its own, no metadata service, and an endpoint for every cloud');
  return env;
}
