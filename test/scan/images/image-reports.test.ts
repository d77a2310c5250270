import { afterEach, describe, expect, test } from 'vitest';
import { validate as inventoryErrors } from '../../../src/checks/validators/inventory.generated.ts';
import { validate as reportErrors } from '../../../src/checks/validators/report.generated.ts';
import { emptyRepository, putBlob, putIndex, putManifest, type Repository } from '../../../src/demo/registry/content.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import type { Report } from '../../../src/model/report.ts';
import sarif from '../../../src/report/formats/sarif.ts';
import { type JudgeRequest, judge } from '../../../src/scan/judge/judging.ts';
import { knownImageRules } from '../../../src/scan/images/known-image-rules.ts';
import { hostileStrings } from '../../support/hostile-strings.ts';
import { addImage, keyOf, type Lab, type LabImage, type LabOptions, repositoryWith, startLab } from '../../support/image-lab.ts';
import { rendered } from '../../support/rendered.ts';

const key = keyOf('anthropic.api-key');
const other = keyOf('huggingface.access-token', 2);

let lab: Lab | undefined;
afterEach(() => lab?.close());

async function inspected(
  repositories: { readonly [name: string]: Repository },
  references: readonly string[] = Object.keys(repositories),
  options: LabOptions = {},
): Promise<Inventory> {
  lab = await startLab(repositories);
  return (await lab.inspect(references, options)).inventory;
}

async function reported(inventory: Inventory, more: Partial<JudgeRequest> = {}): Promise<Report> {
  return judge(inventory, {
    checks: [],
    selected: [],
    frameworks: [],
    imageRules: await knownImageRules(),
    policy: {},
    failOn: 'high',
    includePass: false,
    toolVersion: '0.0.0',
    ...more,
  });
}

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));

/** An index of two platforms, an attestation, an artifact, foreign and missing layers, hostile names, keys in every part. */
async function oneOfEverything(): Promise<Repository> {
  const names = hostileStrings.filter((name) => !name.includes('\0') && Buffer.byteLength(name) < 90);
  const files = names.map((name, at) => [`d${at}/${name.replaceAll('/', '_')}`, `KEY=${keyOf('anthropic.api-key', at)}\n`] as const);
  const repository = await repositoryWith({
    layers: [files, [['app/.env', `A=1\nKEY=${key}\n`]], [['app/.wh..env', '']]],
    history: names.slice(0, 3).map((name) => ({ created_by: `RUN ${name}` })),
    config: { Env: [`HF_TOKEN=${other}`], Labels: { key } },
    annotations: { [names[0] ?? '']: key, 'org.opencontainers.image.title': names.join(' ') },
  });
  const [digest = ''] = repository.tags.values();
  const { mediaType = '', bytes = new Uint8Array() } = repository.manifests.get(digest) ?? {};
  const image = { mediaType, digest, size: bytes.length };
  const document = putBlob(repository, Buffer.from(`{"args":"${key}"}`), 'application/vnd.in-toto+json');
  const provenance = putManifest(repository, { schemaVersion: 2, config: { ...document }, layers: [{ ...document }] });
  const foreign = { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', digest: `sha256:${'2'.repeat(64)}`, size: 5 };
  putManifest(
    repository,
    { schemaVersion: 2, artifactType: 'x/y', layers: [{ ...document }, { ...foreign, urls: ['http://127.0.0.2:9/'] }] },
    'kit',
  );
  putIndex(
    repository,
    [
      { ...image, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { ...provenance, platform: { os: 'unknown', architecture: 'unknown' } },
      { ...image, digest: `sha256:${'1'.repeat(64)}` },
    ],
    'index',
  );
  return repository;
}

describe('the published schemas', () => {
  test.each([
    ['as it is', {}, {}],
    ["with digests under the user's key, and every verdict", { digestKey: Buffer.from('a key of the user') }, { includePass: true }],
    ['of one platform', { platforms: [{ os: 'linux', architecture: 'arm64' }] }, {}],
    ['that was interrupted', { signal: AbortSignal.abort('SIGINT') }, { signal: 'SIGINT' }],
  ] as const)('fit what is seen in images: %s', async (_, options, request) => {
    const inventory = await inspected({ app: await oneOfEverything() }, ['app', 'app:index', 'app:kit', 'none'], options);
    const report = await reported(inventory, request);
    expect(inventoryErrors(plain(inventory))).toEqual([]);
    expect(reportErrors(plain(report))).toEqual([]);
  });

  test('fit what is carried from the report before, too', async () => {
    const previous = await reported(await inspected({ app: await oneOfEverything() }, ['app']));
    await lab?.close();
    const report = await reported(await inspected({ web: emptyRepository() }), { previous });
    expect(report.findings.length).toBe(previous.findings.length);
    expect(reportErrors(plain(report))).toEqual([]);
  });
});

describe('a key that stays', () => {
  const built = (noise: string): LabImage => ({ layers: [[['etc/motd', noise]], [['app/.env', `NOISE=${noise}\nKEY=${key}\n`]]] });
  const identities = async (report: Report): Promise<unknown> => {
    const file = JSON.parse((await rendered(sarif, report)).get('') ?? '') as {
      runs: { results: { partialFingerprints: object; locations: { physicalLocation: { artifactLocation: object } }[] }[] }[];
    };
    return file.runs.flatMap(({ results }) =>
      results.map(({ partialFingerprints, locations }) => [partialFingerprints, locations[0]?.physicalLocation.artifactLocation]),
    );
  };

  test('is the same finding after a rebuild, in another tag, and with more tags', async () => {
    const first = await inspected({ app: await repositoryWith(built('one')) });
    const host = lab?.host ?? '';
    await lab?.close();
    const again = await inspected(
      { app: await repositoryWith({ ...built('two'), tag: 'v2' }, { ...built('three'), tag: 'v3' }) },
      ['app'],
      {
        tags: 'all',
      },
    );
    // Another run of the double has another port: the name of the registry is made the same.
    const renamed = JSON.parse(JSON.stringify(again).replaceAll(lab?.host ?? '', host)) as Inventory;
    const reports = [await reported(first), await reported(renamed)] as const;
    expect(reports.map(({ findings }) => findings.length)).toEqual([1, 1]);
    expect(await identities(reports[1])).toEqual(await identities(reports[0]));
    expect(reports[1].findings[0]?.locations.flatMap((at) => (at.kind === 'image' ? at.tags : []))).toEqual(['v2', 'v3']);
  });

  test('in two repositories is two findings with one digest, which the key of the user changes and the findings not', async () => {
    const inventory = await inspected({ app: await repositoryWith(built('one')), web: await repositoryWith(built('two')) });
    const keyed = (await lab!.inspect(['app', 'web'], { digestKey: Buffer.from('a key of the user') })).inventory;
    const digests = (of: Inventory) => [...new Set(of.secrets.map(({ digest }) => digest))];
    expect([digests(inventory).length, digests(keyed).length]).toEqual([1, 1]);
    expect(digests(keyed)).not.toEqual(digests(inventory));
    const [open, secret] = [await reported(inventory), await reported(keyed)];
    expect(open.findings).toHaveLength(2);
    expect(secret.findings.map(({ fingerprint }) => fingerprint)).toEqual(open.findings.map(({ fingerprint }) => fingerprint));
    // A report under another key is a report of the same findings.
    const next = await reported(keyed, { previous: open });
    expect(next.findings.filter(({ carried }) => carried !== undefined)).toEqual([]);
    expect(next.findings).toHaveLength(2);
  });
});

describe('with the report of the last run', () => {
  const states = ({ findings }: Report) => findings.map(({ rule, carried }) => [rule, carried?.why ?? 'seen']);
  const [ofKey, ofOther] = ['secret.anthropic.api-key', 'secret.huggingface.access-token'];

  async function lastRun(repository: Repository) {
    const started = await startLab({ app: repository, web: await repositoryWith({ layers: [[['index.html', 'hello']]] }) });
    lab = started;
    return { started, previous: await reported((await started.inspect(['app'])).inventory) };
  }

  test('a key that is gone from the image is gone, one that came is new, and one that stays comes once', async () => {
    const repository = await repositoryWith({ layers: [[['a.env', key]]] });
    const { started, previous } = await lastRun(repository);
    expect(states(previous)).toEqual([[ofKey, 'seen']]);
    await addImage(repository, { layers: [[['a.env', key]], [['b.env', other]]] });
    const more = await reported((await started.inspect(['app'])).inventory, { previous });
    expect(states(more)).toEqual([
      [ofKey, 'seen'],
      [ofOther, 'seen'],
    ]);
    await addImage(repository, { layers: [[['b.env', other]]] });
    expect(states(await reported((await started.inspect(['app'])).inventory, { previous: more }))).toEqual([[ofOther, 'seen']]);
  });

  test('a key whose layer could not be read again is carried, and one of an image that nobody named, too', async () => {
    const repository = await repositoryWith({ layers: [[['a.env', key]]] });
    const { started, previous } = await lastRun(repository);
    const elsewhere = await reported((await started.inspect(['web'])).inventory, { previous });
    expect(states(elsewhere)).toEqual([[ofKey, 'not-selected']]);
    for (const digest of repository.blobs.keys()) repository.blobs.set(digest, Buffer.from('damaged'));
    const unread = await reported((await started.inspect(['app'])).inventory, { previous });
    expect(states(unread)).toEqual([[ofKey, 'unknown']]);
  });

  test('a waiver by fingerprint or by repository holds for keys in images, and for what is carried of them', async () => {
    const repository = await repositoryWith({ layers: [[['a.env', key]]] });
    const { started, previous } = await lastRun(repository);
    const { inventory } = await started.inspect(['app']);
    const elsewhere = (await started.inspect(['web'])).inventory;
    const waiver = { until: '2026-12-31', reason: 'a key of the training', line: 1 };
    for (const narrowed of [
      { fingerprint: previous.findings[0]?.fingerprint ?? '' },
      { check: 'secret.anthropic.*', asset: 'oci:*/app' },
    ]) {
      const waivers = { file: 'x', gaps: [], findings: [{ ...waiver, ...narrowed }] };
      for (const one of [await reported(inventory, { waivers }), await reported(elsewhere, { waivers, previous })]) {
        expect(one.findings.map(({ waived }) => waived?.reason)).toEqual(['a key of the training']);
        expect(one.gate.exitCode).toBe(0);
      }
    }
  });
});
