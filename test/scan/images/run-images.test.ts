import { expect, onTestFinished, test } from 'vitest';
import type { Repository } from '../../../src/demo/registry/content.ts';
import type { Asset } from '../../../src/model/asset.ts';
import { assetId, assetType, scopeId } from '../../../src/model/ids.ts';
import { repositoryNamed } from '../../../src/model/image-reference.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import { type Collector, defineCollector } from '../../../src/providers/collector.ts';
import { coverageLines } from '../../../src/report/summary.ts';
import table from '../../../src/report/formats/table.ts';
import { assemble } from '../../../src/scan/judge/assemble.ts';
import { edgesOfAsset } from '../../../src/scan/discover/edges-of-asset.ts';
import { knownImageRules } from '../../../src/scan/images/known-image-rules.ts';
import { type ImageChoice, inspectRunImages } from '../../../src/scan/images/run-images.ts';
import { addImage, keyOf, type Lab, repositoryWith, startLab } from '../../support/image-lab.ts';
import { rendered } from '../../support/rendered.ts';
import { inventory as emptyInventory } from '../../support/report-estate.ts';

const collector = (asset: string, kind: 'runs' | 'holds', id: NonNullable<Collector['edges'][number]['id']> = repositoryNamed) =>
  defineCollector({
    asset,
    per: 'region',
    calls: { list: 'toy:List' },
    facts: { '': 'list#' },
    edges: [{ kind, from: 'images[]', to: 'oci.repository', id }],
  });

const asset = (name: string, images: readonly string[], type = 'toy.lab.service'): Asset => ({
  id: assetId(`toy:${name}`),
  type: assetType(type),
  name,
  scope: scopeId('alibaba', '1', 'cn-hangzhou'),
  facts: { images },
  unread: [],
  hiddenEdges: [],
});

const service = collector('toy.lab.service', 'runs');

const registry = 'registry.example';

interface LookOptions {
  readonly collectors?: readonly Collector[];
  readonly choice?: Partial<ImageChoice>;
}

/** Looks into what the assets run; their registry is on loopback. */
async function look(lab: Lab, assets: readonly Asset[], { collectors = [service], choice = {} }: LookOptions = {}): Promise<Inventory> {
  const scope = { provider: 'alibaba', account: '1', region: 'cn-hangzhou', partition: '' } as const;
  const edges = assets.flatMap(({ id, type, facts }) =>
    collectors.filter((one) => one.asset === type).flatMap((one) => edgesOfAsset(one, id, facts, scope)),
  );
  return inspectRunImages(
    emptyInventory({ assets: [...assets], edges }),
    collectors,
    {
      of: 'ai',
      plainHttp: [],
      timeoutMs: 10_000,
      offline: false,
      toolVersion: '0.0.0',
      warn: () => {},
      address: (host) => (host === registry ? new URL(lab.origin) : undefined),
      ...choice,
    },
    {
      env: { SOURCE_DATE_EPOCH: '1780272000' },
      now: () => new Date('2026-06-01T00:00:00Z'),
      random: () => 0,
      signal: new AbortController().signal,
      progress: () => {},
      debug: () => {},
    },
  );
}

async function labWith(repositories: { readonly [name: string]: Repository }): Promise<Lab> {
  const lab = await startLab(repositories);
  onTestFinished(() => lab.close());
  return lab;
}

const withKey = { layers: [[['app/.env', `KEY=${keyOf('anthropic.api-key')}\n`]]], tag: '1.0' } as const;
const clean = { layers: [[['app/readme', 'nothing\n']]], tag: '2.0' } as const;

const report = async (inventory: Inventory) =>
  assemble({
    inventory,
    judgements: [],
    checks: [],
    frameworks: [],
    imageRules: await knownImageRules(),
    failOn: 'high',
    includePass: false,
  });

/** Of the assets that run images: their edges as asset → repository and the number of images. */
const linksOf = ({ edges }: Inventory) => edges.map(({ from, to, images }) => [from, to, images?.length]);

test('images that a registry merely holds are not looked into', async () => {
  const lab = await labWith({ a: await repositoryWith(clean), b: await repositoryWith(clean) });
  const collectors = [service, collector('toy.lab.repository', 'holds')];
  const found = await look(lab, [asset('runs', [`${registry}/a:2.0`]), asset('holds', [`${registry}/b`], 'toy.lab.repository')], {
    collectors,
  });
  expect(found.assets.filter(({ type }) => type === 'oci.repository').map(({ name }) => name)).toEqual([`${registry}/a`]);
  expect(linksOf(found)).toEqual([
    ['toy:holds', `oci:${registry}/b`, undefined],
    ['toy:runs', `oci:${registry}/a`, 1],
  ]);
});

test('a key is the business of the assets whose image holds it, however they name it, and of no others', async () => {
  const chat = await repositoryWith(clean);
  const { digest } = await addImage(chat, withKey);
  const lab = await labWith({ chat });
  const found = await look(lab, [
    asset('by-tag', [`${registry}/chat:1.0`]),
    asset('by-digest', [` ${registry.toUpperCase()}/chat@${digest}`]),
    asset('by-both', [`${registry}/chat:2.0@${digest}`]),
    asset('another-tag', [`${registry}/chat:2.0`]),
    asset('gone', [`${registry}/chat:3.0`]),
  ]);
  expect(found.edges.find(({ from }) => from === 'toy:by-tag')?.images).toEqual([digest]);
  const text = (await rendered(table, await report(found))).get('') ?? '';
  expect(text).toContain(
    '    run by    toy.lab.service in cn-hangzhou: "by-both", "by-digest", "by-tag", "gone" (or another image of it)\n',
  );
});

test('an image is pulled once, whoever runs it', async () => {
  const lab = await labWith({ chat: await repositoryWith(withKey) });
  const found = await look(
    lab,
    Array.from({ length: 50 }, (_, at) => asset(`service-${at}`, [`${registry}/chat:1.0`])),
  );
  expect(linksOf(found).map(([, , images]) => images)).toEqual(Array.from({ length: 50 }, () => 1));
  const blobs = lab.requests.map(({ path }) => path).filter((path) => path.includes('/blobs/'));
  expect(blobs).toHaveLength(new Set(blobs).size);
});

test('what could not be read of an image is said with the assets that run it', async () => {
  const lab = await labWith({});
  const found = await look(lab, [
    asset('gone-2', [`${registry}/a:1`]),
    asset('gone-10', [`${registry}/b:1`]),
    asset('odd', [`${registry}/Upper:1`]),
  ]);
  const [, ...lines] = coverageLines(await report(found));
  expect(lines.map((line) => line.replaceAll(lab.host, 'HOST'))).toEqual([
    expect.stringMatching(/^image manifest .*"Upper" has capitals; run by toy\.lab\.service in cn-hangzhou: "odd"$/),
    'image manifest a:1, b:1 not reachable in 2 repositories of registry.example (2 checks): HOST does not have it (404 NAME_UNKNOWN); run by toy.lab.service in cn-hangzhou: "gone-2", "gone-10"',
  ]);
});

test('a tag that is gone is the business of who names it, not of who runs another one', async () => {
  const lab = await labWith({ chat: await repositoryWith(clean) });
  const found = await look(lab, [asset('well', [`${registry}/chat:2.0`]), asset('gone', [`${registry}/chat:3.0`])]);
  expect(coverageLines(await report(found))[1]).toMatch(/run by toy\.lab\.service in cn-hangzhou: "gone"$/);
});

test('what no asset runs any more is not looked into', async () => {
  const lab = await labWith({});
  const found = await look(lab, [asset('over', [`${registry}/a:1`, 'no reference'])], {
    collectors: [collector('toy.lab.service', 'runs', () => undefined)],
  });
  expect([found.gaps, found.edges, lab.requests]).toEqual([[], [], []]);
});

test('other tags are read beside the one that runs', async () => {
  const chat = await repositoryWith(withKey);
  const { digest } = await addImage(chat, clean);
  chat.tags.delete('2.0');
  const lab = await labWith({ chat });
  const found = await look(lab, [asset('untagged', [`${registry}/chat@${digest}`])], { choice: { tags: 'all' } });
  expect(linksOf(found)).toEqual([['toy:untagged', `oci:${registry}/chat`, 1]]);
  expect(found.edges[0]?.images).toEqual([digest]);
  expect(found.secrets.map(({ detector }) => detector)).toEqual(['anthropic.api-key']);
});
