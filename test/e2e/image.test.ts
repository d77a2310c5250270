import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Repository } from '../../src/demo/registry/content.ts';
import type { Report } from '../../src/model/report.ts';
import { hostileStrings } from '../support/hostile-strings.ts';
import { layoutMembers, writeFolder, writeTar } from '../support/image-files.ts';
import { keyOf, type LabImage, repositoryWith, startLab } from '../support/image-lab.ts';
import { type Computer, connectionsOf, newComputer, runCli, runShell } from '../support/run-cli.ts';

const secret = keyOf('anthropic.api-key');

const deletedKey: LabImage = {
  layers: [[['etc/os-release', 'ID=debian\n']], [['app/.env', `A=1\nKEY=${secret}\n`]], [['app/.wh..env', '']]],
  history: [{ created_by: 'ADD rootfs.tar /' }, { created_by: 'COPY secrets /app' }, { created_by: 'RUN rm /app/.env' }],
};

/** The folder of an OCI layout, below the working folder. */
async function writeLayout(computer: Computer, name: string, repository: Repository): Promise<void> {
  await writeFolder(computer.at(name), layoutMembers(repository));
}

test('a key that a later layer deletes is in every format, with its layer and its history line, and masked', async () => {
  const computer = await newComputer();
  await writeLayout(computer, 'chat', await repositoryWith(deletedKey));
  const formats = ['-f', 'table=out.txt', '-f', 'json=out.json', '-f', 'ndjson=out.ndjson', '-f', 'sarif=out.sarif'];
  const { code, stdout, stderr, why } = await runCli(computer, ['image', './chat', '--offline', ...formats]);
  expect([code, why]).toEqual([1, 'exit 1: 1 finding at or above high (gate: high)']);
  const texts = await Promise.all(['out.txt', 'out.json', 'out.ndjson', 'out.sarif'].map(computer.read));
  for (const text of texts) {
    expect(text).toContain('app/.env');
    expect(text).toContain('COPY secrets /app');
    expect(text).toContain('secret.anthropic.api-key');
  }
  for (const text of [...texts, stdout, stderr]) expect(text).not.toContain(secret);
  const report = JSON.parse(texts[1] ?? '') as Report;
  expect(
    report.findings.map(({ rule, severity, locations }) => [rule, severity, locations.map((at) => at.kind === 'image' && at.visible)]),
  ).toEqual([['secret.anthropic.api-key', 'critical', ['deleted']]]);
  const [run] = JSON.parse(texts[3] ?? '').runs;
  expect(run.automationDetails.id).toMatch(/^aispm\/image\/.*chat\/$/);
  expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toMatch(/^image\/.*chat\/app\/\.env$/);
  expect(run.results[0].locations[0].physicalLocation.region.startLine).toBe(2);
  expect(run.results[0].locations[0].logicalLocations.map(({ kind }: { kind: string }) => kind)).toEqual(['resource', 'image', 'layer']);
  expect(run.tool.driver.rules[run.results[0].ruleIndex]).toMatchObject({
    id: 'secret.anthropic.api-key',
    properties: { 'security-severity': '9.5', tags: expect.arrayContaining(['security', 'external/cwe/cwe-798']) },
  });
  expect(await connectionsOf(computer)).toEqual([]);
});

test('an archive can be piped in, also under its name in it', async () => {
  const computer = await newComputer();
  await writeTar(computer.at('chat.tar'), layoutMembers(await repositoryWith({ ...deletedKey, tag: 'v1' })));
  for (const reference of ['-', 'oci-archive:-:v1']) {
    const { code, stdout, why } = await runShell(computer, `cat chat.tar | aispm image ${reference} --no-cache -f json`);
    expect([code, why]).toEqual([1, 'exit 1: 1 finding at or above high (gate: high)']);
    expect((JSON.parse(stdout) as Report).assets.map(({ id }) => id)).toEqual(['oci-layout:stdin']);
  }
  const twice = await runShell(computer, 'echo ./chat.tar | aispm image - --from-file -');
  expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('both the list of images and an image are to come from stdin')]);
});

test.each(['cat chat.tar', 'true'])(
  'a pipe that never ends is left when the run is interrupted: %s',
  async (writer) => {
    const computer = await newComputer();
    await writeTar(computer.at('chat.tar'), layoutMembers(await repositoryWith(deletedKey)));
    const line = [
      `mkdir tmp; mkfifo pipe; { ${writer}; exec sleep 60; } > pipe 2> writer.log & writer=$!`,
      'TMPDIR=$PWD/tmp node "$AISPM" image - --no-cache -f json < pipe & reader=$!',
      'until ls tmp | grep -q aispm-; do sleep 0.1; done',
      'kill -TERM $reader; wait $reader; code=$?; kill $writer; exit $code',
    ].join('\n');
    const started = Date.now();
    const { code, stdout } = await runShell(computer, line);
    expect([code, (JSON.parse(stdout) as Report).interrupted]).toEqual([143, true]);
    expect(Date.now() - started).toBeLessThan(50_000);
  },
  60_000,
);

test('a second scan of an unchanged image asks for no layer', async () => {
  const computer = await newComputer();
  const lab = await startLab({ 'ml/chat': await repositoryWith(deletedKey) });
  onTestFinished(() => lab.close());
  const layers = () => lab.requests.filter(({ path: asked }) => asked.includes('/blobs/')).length;
  const first = await runCli(computer, ['image', `${lab.host}/ml/chat`, '-f', 'json']);
  const asked = layers();
  const second = await runCli(computer, ['image', `${lab.host}/ml/chat`, '-f', 'json']);
  expect([first.code, second.code, asked, layers() - asked]).toEqual([1, 1, 4, 1]);
  expect(second.stdout).toBe(first.stdout);
  const third = await runCli(computer, ['image', `${lab.host}/ml/chat`, '-f', 'json', '--no-cache']);
  expect([third.stdout === first.stdout, layers() - asked]).toEqual([true, 5]);
});

test.each([
  { args: ['ghcr.io/Acme/app'], says: '"ghcr.io/Acme/app" is no image reference' },
  { args: ['./missing'], says: /missing/ },
  { args: ['./plain.txt'], says: /plain\.txt/ },
  { args: ['./empty.tar'], says: '"./empty.tar" is empty' },
  { args: ['-'], says: 'nothing was piped in' },
  { args: ['registry.example/app', '--offline'], says: '--offline allows no connection' },
  { args: ['./plain.txt', '--tags', 'new est'], says: '--tags "new est" chooses no tags' },
  { args: ['./plain.txt', '--max-image-size', 'big'], says: '--max-image-size "big" is no size' },
  { args: ['./plain.txt', '--timeout', 'soon'], says: '--timeout "soon" is no duration' },
  { args: ['--registry', 'http://registry.example'], says: '--registry begins with "http://"' },
  { args: ['--registry', ''], says: '--registry is empty' },
  { args: [], says: 'the name of an image is missing' },
])('$args is a mistake of the user: one sentence, and exit code 2', async ({ args, says }) => {
  const computer = await newComputer();
  await computer.write('plain.txt', 'no image');
  await computer.write('empty.tar', '');
  const { code, stdout, stderr } = await runCli(computer, ['image', ...args]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.split('\n')[0]).toMatch(says);
  expect(stderr).not.toMatch(/\n {4}at /);
});

test('a registry that cannot be reached, a pull that is refused and an image that is not there end with 3, and say so', async () => {
  const computer = await newComputer();
  const lab = await startLab(
    { app: await repositoryWith(deletedKey) },
    { auth: { kind: 'basic', logins: [{ username: 'u', password: 'p' }] } },
  );
  onTestFinished(() => lab.close());
  const refused = await runCli(computer, ['image', `${lab.host}/app`]);
  expect([refused.code, refused.stdout]).toEqual([3, expect.stringContaining('image manifest latest refused in image/')]);
  const away = await runCli(computer, ['image', '127.0.0.1:9/app']);
  expect([away.code, away.stdout]).toEqual([3, expect.stringContaining('image manifest latest not reachable in image/127.0.0.1:9/app')]);
});

test('a layer that is cut short is a gap, and what was read until then is reported', async () => {
  const computer = await newComputer();
  const repository = await repositoryWith({ layers: [...deletedKey.layers, [['big', 'x'.repeat(500_000)]]] });
  await writeLayout(computer, 'chat', repository);
  const [manifest] = [...repository.manifests.values()].map(
    ({ bytes }) => JSON.parse(Buffer.from(bytes).toString()) as { layers: { digest: string }[] },
  );
  const last = manifest?.layers.at(-1)?.digest ?? '';
  await writeFile(
    path.join(computer.at('chat'), 'blobs', ...last.split(':')),
    (repository.blobs.get(last) ?? Buffer.alloc(0)).subarray(0, 200),
  );
  const { code, stdout, why } = await runCli(computer, ['image', './chat', '-f', 'json', '--fail-on', 'none']);
  expect([code, why]).toEqual([3, expect.stringContaining('incomplete: 1 scope not fully read')]);
  const report = JSON.parse(stdout) as Report;
  expect(report.findings.map(({ rule }) => rule)).toEqual(['secret.anthropic.api-key']);
  expect(report.gaps.map(({ call, reason, subject }) => [call, reason, subject])).toContainEqual(['image layer', 'malformed', last]);
});

test('names in an image come out of every format as text, whatever they are', async () => {
  const computer = await newComputer();
  const names = hostileStrings
    .filter((name) => !name.includes('\0') && Buffer.byteLength(name) < 90)
    .map((name) => name.replaceAll('/', '_'));
  const layer = names.map((name, at) => [`d${at}/${name}.env`, `KEY=${keyOf('anthropic.api-key', at + 10)}\n`] as const);
  await writeLayout(computer, 'chat', await repositoryWith({ layers: [layer], history: [{ created_by: `RUN ${names.join(' ')}` }] }));
  const formats = ['-f', 'table=out.txt', '-f', 'json=out.json', '-f', 'ndjson=out.ndjson', '-f', 'sarif=out.sarif'];
  const { code } = await runCli(computer, ['image', './chat', ...formats]);
  expect(code).toBe(1);
  const [table = '', json = '', ndjson = '', sarif = ''] = await Promise.all(
    ['out.txt', 'out.json', 'out.ndjson', 'out.sarif'].map(computer.read),
  );
  // oxlint-disable-next-line no-control-regex -- these are what a terminal would obey
  expect(table).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect((JSON.parse(json) as Report).findings).toHaveLength(names.length);
  expect(
    ndjson
      .trimEnd()
      .split('\n')
      .filter((line) => JSON.parse(line).kind === 'finding'),
  ).toHaveLength(names.length);
  for (const { locations } of JSON.parse(sarif).runs[0].results) {
    const { uri } = locations[0].physicalLocation.artifactLocation;
    expect(new URL(uri, 'file:///checkout/').href).toBe(`file:///checkout/${uri}`);
  }
});

test('images of a scan of three clouds: asset, image and key stand in one report', async () => {
  const computer = await newComputer();
  const { code } = await runCli(computer, ['demo', '-o', 'demo']);
  expect(code).toBe(0);
  const report = JSON.parse(await computer.read('demo/report.json')) as Report;
  const keysRunBy = (name: string) => {
    const edges = report.edges.filter(({ kind, from, to }) => kind === 'runs' && from.endsWith(name) && to.startsWith('oci:'));
    return report.findings
      .filter(({ asset }) => edges.some(({ to }) => to === asset))
      .map(({ rule }) => rule)
      .sort();
  };
  expect(keysRunBy('service/chat-qwen')).toEqual([
    'secret.anthropic.api-key',
    'secret.github.fine-grained-token',
    'secret.huggingface.access-token',
    'secret.openai.project-key',
  ]);
  expect(keysRunBy('model/fraud-scoring')).toEqual(['secret.wandb.api-key']);
  expect(keysRunBy('environments/claims-serving/versions/4')).toEqual(['secret.openai.project-key']);
}, 60_000);
