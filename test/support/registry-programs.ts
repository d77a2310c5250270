import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Programs of Debian's packages docker-registry, skopeo, umoci, buildah and nginx-light; some are in a folder for administrators. */
export const searchPath = `${process.env['PATH']}:/usr/sbin:/sbin`;

/** The first of these that this machine lacks. */
export function missingProgram(...names: readonly string[]): string | undefined {
  return names.find((name) => spawnSync('sh', ['-c', 'command -v "$0"', name], { env: { PATH: searchPath } }).status !== 0);
}

export function runProgram(name: string, args: readonly string[], env: { readonly [name: string]: string } = {}): string {
  return execFileSync(name, args, {
    env: { PATH: searchPath, HOME: '/nonexistent', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function startProgram(name: string, args: readonly string[]): ChildProcess {
  return spawn(name, args, { env: { PATH: searchPath, OTEL_TRACES_EXPORTER: 'none' }, stdio: 'ignore' });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // listening on a port: no string, not null
  await new Promise((done) => server.close(done));
  return port;
}

export interface Running {
  readonly host: string;
  stop(): Promise<void>;
}

export interface RegistryConfig {
  readonly folder: string;
  /** YAML of `auth`, `http.tls` and `middleware`, if any. */
  readonly more?: string;
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly ca?: string;
}

/** Debian's docker-registry on a free port of loopback. Several may share a folder of data. */
export async function startDockerRegistry({ folder, more = '', tls, ca }: RegistryConfig): Promise<Running> {
  const port = await freePort();
  const secure = tls === undefined ? '' : `\n  tls: {certificate: ${tls.certificate}, key: ${tls.key}}`;
  const text = `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: ${folder}/data}
  maintenance: {uploadpurging: {enabled: false}}
http:
  addr: 127.0.0.1:${port}
  secret: test${secure}
validation: {manifests: {urls: {allow: ['^https?://']}}}
compatibility: {schema1: {enabled: true}}
${more}`;
  await mkdir(join(folder, 'data'), { recursive: true });
  const file = join(folder, `registry-${port}.yml`);
  await writeFile(file, text);
  const child = startProgram('docker-registry', ['serve', file]);
  const host = `127.0.0.1:${port}`;
  await until(host, child, ca);
  return { host, stop: () => stopped(child) };
}

/** nginx in the foreground with these `server` blocks. */
export async function startNginx(folder: string, port: number, servers: string): Promise<Running> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; ${user} pid ${folder}/nginx.pid; error_log /dev/null; events {}\nhttp { access_log off; ${temporary}\n${servers}\n}\n`,
  );
  const child = startProgram('nginx', ['-c', file, '-e', '/dev/null']);
  const host = `127.0.0.1:${port}`;
  await until(host, child);
  return { host, stop: () => stopped(child) };
}

async function until(host: string, child: ChildProcess, ca?: string): Promise<void> {
  const { get } = ca === undefined ? http : await import('node:https');
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the server of ${host} ended with ${child.exitCode}`);
    const answered = await new Promise<boolean>((done) => {
      const request = get(
        `${ca === undefined ? 'http' : 'https'}://${host}/v2/`,
        { ...(ca !== undefined && { ca }), agent: false },
        (answer) => {
          answer.destroy();
          done(true);
        },
      );
      request.on('error', () => done(false));
    });
    if (answered) return;
    await sleep(100);
  }
  throw new Error(`the server of ${host} does not answer`);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill();
  await ended;
}
