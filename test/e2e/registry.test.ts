import { createPrivateKey, randomBytes, randomUUID, sign, X509Certificate } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAuthority } from '../../src/demo/certificates.ts';
import { createAgents } from '../../src/http/agents.ts';
import type { ImageManifest, ImageReader } from '../../src/images/image.ts';
import { parseReference } from '../../src/images/reference.ts';
import { openSources } from '../../src/images/sources/open-image.ts';
import { dockerLogins } from '../../src/images/sources/registry/docker-config.ts';
import type { RegistryWorld } from '../../src/images/sources/registry/world.ts';
import { listRepositories } from '../../src/images/sources/registry/catalogue.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { blobOf, manifestsOf, registryWorld } from '../support/registry-client.ts';
import { freePort, missingProgram, type Running, runProgram, startDockerRegistry, startNginx } from '../support/registry-programs.ts';

const missing = missingProgram('docker-registry', 'skopeo', 'umoci', 'nginx', 'openssl', 'perl');
const missingBuild = missing ?? missingProgram('buildah', 'busybox');

/** Registries, images and builders that others wrote. Markers stand for what a search would look for: random, and no key. */
describe.skipIf(missing !== undefined)(
  `a real registry (${missing === undefined ? 'all programs are here' : `needs the program ${missing}`})`,
  () => {
    const marker = `marker-${randomUUID()}`;
    const running: Running[] = [];
    const opened: ImageReader[] = [];
    let folder: string;
    let plain: Running;
    let policy: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'aispm-e2e-'));
      // nginx reads the data as another user where it is started by root.
      await chmod(folder, 0o755);
      policy = join(folder, 'policy.json');
      await writeFile(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
      plain = await startDockerRegistry({ folder });
      running.push(plain);
      await buildLayout();
      copy(`oci:${folder}/layout:v1`, `docker://${plain.host}/team/app:v1`);
      copy(`oci:${folder}/layout:v1`, `docker://${plain.host}/team/app:latest`);
      copy(`oci:${folder}/layout:v1`, `oci-archive:${folder}/app.oci.tar:v1`);
      copy(`oci:${folder}/layout:v1`, `docker-archive:${folder}/app.tar:team/app:v1`);
    }, 120_000);
    afterAll(async () => {
      await Promise.all([...running.map((one) => one.stop()), ...opened.map((one) => one.close())]);
      await rm(folder, { recursive: true, force: true });
    });

    function copy(from: string, to: string, ...flags: readonly string[]): void {
      const args = ['--policy', policy, 'copy', '--quiet', '--src-tls-verify=false', '--dest-tls-verify=false', ...flags, from, to];
      runProgram('skopeo', args, { HOME: folder });
    }

    /** Two layers and a variable, by umoci; the second layer is large enough for faults in the middle. */
    async function buildLayout(): Promise<void> {
      const layout = join(folder, 'layout');
      const umoci = (...args: readonly string[]) => runProgram('umoci', args, { HOME: folder });
      umoci('init', '--layout', layout);
      umoci('new', '--image', `${layout}:v1`);
      await writeFile(join(folder, 'marker'), `${marker}\n`);
      await writeFile(join(folder, 'large'), randomBytes(3_000_000));
      umoci('insert', '--rootless', '--image', `${layout}:v1`, join(folder, 'marker'), '/etc/marker');
      umoci('insert', '--rootless', '--image', `${layout}:v1`, join(folder, 'large'), '/data/large');
      umoci('config', '--image', `${layout}:v1`, '--config.env', `MARKER=${marker}`);
    }

    async function open(text: string, world: Partial<RegistryWorld> = {}): Promise<ImageReader> {
      const patient = { limits: { connectMs: 5000, headersMs: 5000, idleMs: 2000 } };
      const reader = await openSources({ registry: registryWorld({ ...patient, ...world }), temporaryFolder: folder }).open(
        parseReference(text),
      );
      opened.push(reader);
      return reader;
    }

    /** All that a search would see: gaps are none, and the marker is in the configuration and in a layer. */
    async function readWhole(text: string, world: Partial<RegistryWorld> = {}): Promise<readonly ImageManifest[]> {
      const reader = await open(text, world);
      const { manifests, gaps } = await manifestsOf(reader);
      expect(gaps).toEqual([]);
      const blobs = manifests.flatMap(({ config, layers }) => [...(config === undefined ? [] : [config]), ...layers]);
      const read = await Promise.all(blobs.map((blob) => blobOf(reader, blob)));
      expect(read.map(({ gap }) => gap)).toEqual(blobs.map(() => undefined));
      const texts = read.map(({ bytes }) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1'));
      expect(texts.filter((content) => content.includes(marker)).length).toBeGreaterThanOrEqual(2);
      return manifests;
    }

    test('docker-registry with an image of umoci, pushed by skopeo', async () => {
      const [manifest, ...more] = await readWhole(`${plain.host}/team/app:v1`);
      expect(more).toEqual([]);
      expect(manifest).toMatchObject({ role: 'image', tags: ['v1'], layers: [{}, {}] });
      const digest = runProgram(
        'skopeo',
        ['--policy', policy, 'inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${plain.host}/team/app:v1`],
        {
          HOME: folder,
        },
      );
      expect(manifest?.digest).toBe(digest.trim());
      await readWhole(`${plain.host}/team/app@${digest.trim()}`);
    });

    test('the same image as a layout, an archive of it, and a docker archive', async () => {
      for (const text of [`oci:${folder}/layout:v1`, `${folder}/app.oci.tar`, `${folder}/app.tar`]) await readWhole(text);
    });

    test('all tags and all repositories', async () => {
      const sources = openSources({ registry: registryWorld(), temporaryFolder: folder });
      const repositories = await listRepositories(sources.registry(plain.host), new AbortController().signal);
      expect(repositories.names).toContain('team/app');
      const reader = await sources.open(parseReference(`${plain.host}/team/app`), { tags: 'all' });
      const { manifests } = await manifestsOf(reader);
      expect(manifests.map(({ tags }) => tags.toSorted())).toEqual([['latest', 'v1']]);
    });

    test('schema 1, as skopeo writes it', async () => {
      copy(`docker-archive:${folder}/app.tar`, `docker://${plain.host}/old/app:v1`, '--format', 'v2s1');
      const manifests = await readWholeLayers(`${plain.host}/old/app:v1`);
      expect(manifests[0]?.mediaType).toContain('manifest.v1');
      expect(Buffer.from(manifests[0]!.raw[0]!).toString()).toContain(marker);
    });

    async function readWholeLayers(text: string): Promise<readonly ImageManifest[]> {
      const reader = await open(text);
      const { manifests, gaps } = await manifestsOf(reader);
      expect(gaps).toEqual([]);
      for (const layer of manifests.flatMap(({ layers }) => layers)) expect((await blobOf(reader, layer)).gap).toBeUndefined();
      return manifests;
    }

    test('Basic over TLS with an authority of its own, and the login that skopeo wrote', async () => {
      const secret = randomBytes(9).toString('hex');
      const hash = runProgram('perl', ['-e', String.raw`print crypt($ARGV[0], "\$2y\$05\$abcdefghijklmnopqrstuu")`, secret]);
      const authority = await makeAuthority(new Date());
      const { key, cert } = await authority.issue(['127.0.0.1', 'localhost']);
      const files = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
      await mkdir(join(folder, 'ca'), { recursive: true });
      await Promise.all([
        writeFile(join(folder, 'htpasswd'), `puller:${hash}\n`),
        writeFile(files.certificate, cert),
        writeFile(files.key, key),
        writeFile(join(folder, 'ca/ca.crt'), authority.caPem),
      ]);
      const more = `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}`;
      const registry = await startDockerRegistry({ folder, more, tls: files, ca: authority.caPem });
      running.push(registry);
      const docker = join(folder, 'docker');
      await mkdir(docker, { recursive: true });
      const login = [
        'login',
        '--authfile',
        join(docker, 'config.json'),
        '--cert-dir',
        join(folder, 'ca'),
        '-u',
        'puller',
        '-p',
        secret,
        registry.host,
      ];
      runProgram('skopeo', login, { HOME: folder });
      const agents = createAgents({ env: {}, ca: authority.caPem });
      await readWhole(`${registry.host}/team/app:v1`, { agents, credentials: dockerLogins({ DOCKER_CONFIG: docker }) });
      const refused = await manifestsOf(await open(`${registry.host}/team/app:v1`, { agents }));
      expect(refused.gaps).toMatchObject([{ reason: 'denied' }]);
      const untrusted = await manifestsOf(await open(`${registry.host}/team/app:v1`));
      expect(untrusted.gaps).toMatchObject([{ reason: 'unavailable', detail: expect.stringContaining('is not trusted') }]);
    });

    test('Bearer with a token service that signs', async () => {
      const tokens = await startTokenService(folder);
      const more = `auth: {token: {realm: "${tokens.realm}", service: test-registry, issuer: test-issuer, rootcertbundle: ${folder}/token.crt}}`;
      const registry = await startDockerRegistry({ folder, more });
      running.push(registry, tokens);
      const credential = { kind: 'password', username: 'puller', password: tokens.password } as const;
      await readWhole(`${registry.host}/team/app:v1`, { credentials: async () => ({ credential }) });
      expect(tokens.scopes).toContain('repository:team/app:pull');
      const anonymous = await manifestsOf(await open(`${registry.host}/team/app:v1`));
      expect(anonymous.gaps).toMatchObject([{ reason: 'denied' }]);
    });

    test('blobs on another host, which refuses a login that is passed on', async () => {
      const port = await freePort();
      const store = await startNginx(
        folder,
        port,
        `server { listen 127.0.0.1:${port}; root ${folder}/data; if ($http_authorization) { return 400; } }`,
      );
      const secret = randomBytes(9).toString('hex');
      const hash = runProgram('perl', ['-e', String.raw`print crypt($ARGV[0], "\$2y\$05\$abcdefghijklmnopqrstuu")`, secret]);
      await writeFile(join(folder, 'htpasswd-2'), `puller:${hash}\n`);
      const more = `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd-2}}
middleware: {storage: [{name: redirect, options: {baseurl: "http://${store.host}/"}}]}`;
      const registry = await startDockerRegistry({ folder, more });
      running.push(store, registry);
      const credential = { kind: 'password', username: 'puller', password: secret } as const;
      const lines: string[] = [];
      await readWhole(`${registry.host}/team/app:v1`, { credentials: async () => ({ credential }), debug: (line) => lines.push(line) });
      expect(lines.filter((line) => line.startsWith(`GET ${store.host} (elsewhere) 200`)).length).toBeGreaterThanOrEqual(3);
    });

    test('through a proxy that breaks every third answer', async () => {
      const path = /\/blobs\//;
      const proxy = await startFaultProxy(`http://${plain.host}`, [
        { path: /\/manifests\//, fault: { kind: 'status', status: 503 }, times: 1 },
        { path, fault: { kind: 'reset', after: 1_000_000 }, times: 2 },
        { path, fault: { kind: 'status', status: 429, headers: { 'retry-after': '0' } }, times: 1 },
        { path, fault: { kind: 'stall', after: 300_000 }, times: 1 },
        { path, fault: { kind: 'range-ignored' }, times: 1 },
      ]);
      running.push({ host: proxy.host, stop: () => proxy.close() });
      await readWhole(`${proxy.host}/team/app:v1`);
    });

    test('a blob that is damaged in the registry is read, and said to be', async () => {
      copy(`oci:${folder}/layout:v1`, `docker://${plain.host}/damaged/app:v1`);
      const reader = await open(`${plain.host}/damaged/app:v1`);
      const { manifests } = await manifestsOf(reader);
      const large = manifests[0]!.layers[1]!;
      const hex = large.digest.slice(7);
      const file = join(folder, 'data/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
      await copyFile(file, `${file}.kept`);
      const bytes = await readFile(file);
      bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
      await writeFile(file, bytes);
      try {
        const flipped = await blobOf(reader, large);
        expect(flipped.bytes.equals(bytes)).toBe(true);
        expect(flipped.gap).toMatchObject({
          reason: 'malformed',
          detail: expect.stringContaining('its bytes are not those of its digest'),
        });
        await writeFile(file, bytes.subarray(0, 2_000_000));
        expect((await blobOf(reader, large)).gap?.reason).toMatch(/malformed|unavailable/);
      } finally {
        await copyFile(`${file}.kept`, file);
      }
    });

    test.skipIf(missingBuild !== undefined)(
      `an image that buildah built (${missingBuild ?? 'it is here'})`,
      async () => {
        const context = join(folder, 'context');
        await mkdir(context, { recursive: true });
        await copyFile(runProgram('sh', ['-c', 'command -v busybox']).trim(), join(context, 'busybox'));
        await writeFile(
          join(context, 'Containerfile'),
          [
            'FROM scratch',
            'ARG TOKEN',
            'COPY busybox /bin/busybox',
            `RUN ["/bin/busybox", "sh", "-c", "echo $TOKEN > /made"]`,
            'ENV MARKER=$TOKEN',
            '',
          ].join('\n'),
        );
        const storage = join(folder, 'storage.conf');
        await writeFile(storage, `[storage]\ndriver = "vfs"\nrunroot = "${folder}/run"\ngraphroot = "${folder}/graph"\n`);
        const env = { HOME: folder, CONTAINERS_STORAGE_CONF: storage, BUILDAH_ISOLATION: 'chroot', TMPDIR: folder };
        const flags = ['--signature-policy', policy, 'bud', '--quiet', '--layers', '--build-arg', `TOKEN=${marker}`, '--format', 'oci'];
        runProgram('buildah', [...flags, '-t', 'built', '-f', join(context, 'Containerfile'), context], env);
        runProgram(
          'buildah',
          ['push', '--quiet', '--signature-policy', policy, '--tls-verify=false', 'built', `docker://${plain.host}/built/app:v1`],
          env,
        );
        const [manifest] = await readWhole(`${plain.host}/built/app:v1`);
        expect(manifest?.layers.length).toBeGreaterThanOrEqual(2);
      },
      120_000,
    );
  },
);

interface TokenService extends Running {
  readonly realm: string;
  readonly password: string;
  readonly scopes: readonly string[];
}

/** RS256 with the certificate in the header: what docker-registry verifies. */
async function startTokenService(folder: string): Promise<TokenService> {
  const files = { key: join(folder, 'token.key'), cert: join(folder, 'token.crt') };
  const subject = ['-subj', '/CN=tokens', '-days', '2', '-newkey', 'rsa:2048', '-nodes'];
  runProgram('openssl', ['req', '-x509', ...subject, '-keyout', files.key, '-out', files.cert], { HOME: folder });
  const key = createPrivateKey(await readFile(files.key));
  const certificate = new X509Certificate(await readFile(files.cert));
  const password = randomBytes(9).toString('hex');
  const scopes: string[] = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://tokens');
    const isKnown = request.headers.authorization === `Basic ${Buffer.from(`puller:${password}`).toString('base64')}`;
    const access = url.searchParams.getAll('scope').map((scope) => {
      scopes.push(scope);
      const [type = '', name = '', actions = ''] = scope.split(':');
      return { type, name, actions: isKnown ? actions.split(',') : [] };
    });
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = part({ typ: 'JWT', alg: 'RS256', x5c: [certificate.raw.toString('base64')] });
    const claims = part({
      iss: 'test-issuer',
      sub: '',
      aud: 'test-registry',
      iat: now,
      nbf: now - 10,
      exp: now + 300,
      jti: randomUUID(),
      access,
    });
    const signature = sign('sha256', Buffer.from(`${head}.${claims}`), key).toString('base64url');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ token: `${head}.${claims}.${signature}`, expires_in: 300 }));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // listening on a port: no string, not null
  return {
    host: `127.0.0.1:${port}`,
    realm: `http://127.0.0.1:${port}/token`,
    password,
    scopes,
    stop: () => new Promise((done) => (server.close(() => done()), server.closeAllConnections())),
  };
}
