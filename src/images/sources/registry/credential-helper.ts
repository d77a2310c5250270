import { execFile } from 'node:child_process';
import { isJsonObject, jsonIn } from '../../../model/json.ts';
import type { KnownLogin } from './login.ts';

export interface HelperWorld {
  readonly env: { readonly [name: string]: string | undefined };
  readonly signal: AbortSignal;
  /** 20 s where it is left out. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Asks `docker-credential-NAME get`, without a shell. "Not found" and empty answers mean that there is no login; a helper that
 * fails is told in the note, without anything that it wrote. https://github.com/docker/docker-credential-helpers#protocol
 */
export async function askCredentialHelper(name: string, server: string, world: HelperWorld): Promise<KnownLogin> {
  // The configuration is input: a path in the place of a name would start any program.
  if (!/^[a-z0-9-]+$/.test(name))
    return { note: `the Docker configuration names a credential helper that is none: ${JSON.stringify(name)}` };
  const program = `docker-credential-${name}`;
  const ended = await run(program, server, world);
  if ('failure' in ended) {
    if (ended.isNotFound) return {};
    return { note: `${program} did not give the login (${ended.failure})` };
  }
  const answer = jsonIn(ended.output);
  if (!isJsonObject(answer)) return { note: `${program} answered with something that is no login` };
  const { Username: username, Secret: secret } = answer;
  if (typeof secret !== 'string' || secret === '' || typeof username !== 'string' || username === '') return {};
  if (username === '<token>') return { credential: { kind: 'identity-token', token: secret } };
  return { credential: { kind: 'password', username, password: secret } };
}

type Ended = { readonly output: string } | { readonly failure: string; readonly isNotFound: boolean };

function run(program: string, input: string, { env, signal, timeoutMs = 20_000 }: HelperWorld): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      ['get'],
      { env, signal, timeout: timeoutMs, maxBuffer: 1024 * 1024, windowsHide: true },
      (error, stdout) => {
        if (error === null) return resolve({ output: stdout });
        const isNotFound = /credentials not found/i.test(stdout);
        const failure =
          error.code === 'ENOENT'
            ? 'it is not installed'
            : error.killed === true
              ? `it did not answer within ${timeoutMs / 1000} s`
              : `exit ${error.code}`;
        resolve({ failure, isNotFound });
      },
    );
    // A program that ends without reading closes the pipe under us; its exit code says the rest.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
