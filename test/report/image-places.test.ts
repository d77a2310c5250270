import { expect, test } from 'vitest';
import { assetId } from '../../src/model/ids.ts';
import type { ImageLocation } from '../../src/model/secret-match.ts';
import sarif from '../../src/report/formats/sarif.ts';
import table from '../../src/report/formats/table.ts';
import { imageUri } from '../../src/report/sarif/image-place.ts';
import { coverageLines } from '../../src/report/summary.ts';
import { assemble } from '../../src/scan/judge/assemble.ts';
import { knownImageRules } from '../../src/scan/images/known-image-rules.ts';
import { digestOfKey, imageInventory, keyAt, repository, repositoryAsset, repositoryScope } from '../support/image-estate.ts';
import { agent, gap } from '../support/report-estate.ts';
import { rendered } from '../support/rendered.ts';

const imageRules = await knownImageRules();
const runner = agent('serving');
const noJudgements = {
  judgements: [],
  checks: [],
  frameworks: [],
  imageRules,
  failOn: 'high' as const,
  includePass: false,
};
const report = assemble({
  ...noJudgements,
  inventory: imageInventory({
    assets: [...imageInventory().assets, runner],
    edges: [{ from: runner.id, to: repository, kind: 'runs', toType: imageInventory().assets[0]?.type ?? runner.type }],
    secrets: [
      keyAt({ madeBy: 'COPY . /app', visible: 'deleted' }),
      keyAt({ path: '../../../etc/passwd', line: 3 }, { digest: digestOfKey('b') }),
      keyAt({ part: 'config', path: 'config.Env[0]' }, { digest: digestOfKey('c') }),
    ],
  }),
});

const text = async (...input: Parameters<typeof rendered>) => (await rendered(...input)).get('') ?? '';

test('each key of an image stands at its path in the repository, never outside it, with image, layer and history line', async () => {
  const { runs } = JSON.parse(await text(sarif, report));
  const run = runs.find(({ automationDetails }: { automationDetails: { id: string } }) => automationDetails.id.startsWith('aispm/image/'));
  expect(run.automationDetails.id).toBe('aispm/image/registry.example/ml/chat/');
  const places = run.results.map(
    ({ locations }: { locations: readonly [{ physicalLocation: object; logicalLocations: readonly object[] }] }) => ({
      ...locations[0].physicalLocation,
      names: locations[0].logicalLocations.map((at) => Object.values(at)[1]),
    }),
  );
  const at = (startLine: number, startColumn: number) => ({ startLine, startColumn, endLine: startLine, endColumn: startColumn + 1 });
  const names = ['registry.example/ml/chat', 'registry.example/ml/chat:1.0 linux/amd64'];
  expect(places).toEqual(
    expect.arrayContaining([
      { artifactLocation: { uri: 'image/registry.example/ml/chat/app/.env' }, region: at(7, 9), names: [...names, 'layer 4: COPY . /app'] },
      { artifactLocation: { uri: 'image/registry.example/ml/chat/__/__/__/etc/passwd' }, region: at(3, 9), names: [...names, 'layer 4'] },
      expect.objectContaining({ artifactLocation: { uri: 'image/registry.example/ml/chat/config' } }),
    ]),
  );
  expect(run.results.map(({ properties }: { properties: { runBy: unknown } }) => properties.runBy)).toEqual(
    Array.from({ length: 3 }, () => ['aws.bedrock-agent.agent "serving" in us-east-1']),
  );
});

test('keys in several files stand at their own lines, and two in one file at lines of their own', async () => {
  const places: readonly (readonly [path: string, line: number])[] = [
    ['a.env', 1],
    ['b.env', 1],
    ['b.env', 1],
    ['c.env', 2],
  ];
  const secrets = places.map(([path, line], n) => keyAt({ path, line, column: n + 1 }, { digest: digestOfKey(`${n}`) }));
  const several = assemble({ ...noJudgements, inventory: imageInventory({ secrets }) });
  const { runs } = JSON.parse(await text(sarif, several));
  const shown = runs.flatMap(({ results }: { results: readonly { locations: readonly [{ physicalLocation: SarifPlace }] }[] }) =>
    results.map(({ locations: [{ physicalLocation }] }) => [
      physicalLocation.artifactLocation.uri.slice(-5),
      physicalLocation.region.startLine,
    ]),
  );
  expect(shown.toSorted()).toEqual([
    ['a.env', 1],
    ['b.env', 1],
    ['b.env', 2],
    ['c.env', 2],
  ]);
});

interface SarifPlace {
  readonly artifactLocation: { readonly uri: string };
  readonly region: { readonly startLine: number };
}

test('a name of any length is an address that portals take, and two of them are two', () => {
  const uriOf = (path: string) => imageUri(keyAt({ path }).at as ImageLocation); // a key in an image
  const [one, two] = [uriOf(`${'鍵'.repeat(70_000)}/a.env`), uriOf(`${'鍵'.repeat(70_000)}/b.env`)];
  expect([one.length < 2048, two.length < 2048, one === two]).toEqual([true, true, false]);
  expect(decodeURIComponent(one)).toMatch(/^image\/registry\.example\/ml\/chat\/鍵{100,}-[0-9a-f]{8}$/);
  expect(uriOf('a/b.env')).toBe('image/registry.example/ml/chat/a/b.env');
});

test('the table says what runs the image, and what happened to the file', async () => {
  const shown = await text(table, report);
  expect(shown).toContain('run by    aws.bedrock-agent.agent in us-east-1: "serving" (or another image of it)');
  expect(shown).toContain('line 7, column 9 of layer 4 in 1.0 (linux/amd64), deleted or replaced by a later layer, made by COPY . /app');
});

test('on a terminal lines are wrapped and nothing of a finding is cut', async () => {
  const words = (shown: string): string => shown.replaceAll(/\s+/g, ' ');
  const [narrow, wide] = [await text(table, report, { columns: 60 }), await text(table, report)];
  expect(words(narrow)).toContain(words(wide.slice(0, wide.indexOf('\n\nassets'))));
  expect(narrow).not.toContain('…');
  expect(narrow.split('\n').filter((line) => line.length > 60 && line.trim().split(' ').length > 12)).toEqual([]);
});

test('a few findings are not listed a second time as the worst; where some are not shown, or there are many, they are', async () => {
  const isListed = (shown: string): boolean => /^top /m.test(shown);
  const many = assemble({
    inventory: imageInventory({ secrets: Array.from('abcdef', (name) => keyAt({ path: name }, { digest: digestOfKey(name) })) }),
    judgements: [],
    checks: [],
    frameworks: [],
    imageRules,
    failOn: 'high',
    includePass: false,
  });
  const hidden = { ...report, findings: report.findings.map((finding) => ({ ...finding, severity: 'low' as const })) };
  const shown = [await text(table, report), await text(table, hidden, { severity: 'high' }), await text(table, many)];
  expect(shown.map(isListed)).toEqual([false, true, true]);
});

test('a finding names image and layer by digest, and every other place of the very same key', async () => {
  const other = repositoryAsset({ id: assetId('oci:registry.example/web'), name: 'registry.example/web' });
  const key = keyAt({});
  const same = assemble({
    inventory: imageInventory({
      assets: [...imageInventory().assets, other, runner],
      secrets: [
        key,
        keyAt({ asset: other.id }),
        { ...key, at: { kind: 'fact', asset: runner.id, path: 'env', variable: 'KEY' } },
        keyAt({ path: 'b.env' }, { digest: digestOfKey('b') }),
      ],
    }),
    judgements: [],
    checks: [],
    frameworks: [],
    imageRules,
    failOn: 'high',
    includePass: false,
  });
  const lines = (await text(table, same)).split('\n').map((line) => line.trim());
  const image = `image     registry.example/ml/chat@sha256:${'1'.repeat(64)}`;
  const at = lines.indexOf(image);
  expect(lines.slice(at, at + 3)).toEqual([
    image,
    `layer     sha256:${'2'.repeat(64)}`,
    'key       digest aaaaaaaaaaaa; the same key lies in aws.bedrock-agent.agent "serving" in us-east-1, oci.repository "registry.example/web"',
  ]);
  expect(lines).toContain('key       digest bbbbbbbbbbbb');
  const { runs } = JSON.parse(await text(sarif, same)) as { runs: { results: { properties: { keys: object } }[] }[] };
  expect(runs.flatMap(({ results }) => results.map(({ properties }) => properties.keys))).toContainEqual([
    { digest: digestOfKey('a'), alsoIn: ['aws.bedrock-agent.agent "serving" in us-east-1', 'oci.repository "registry.example/web"'] },
  ]);
});

test('what was not read of an image is named in the summary, each with its own reason', () => {
  const of = (id: string, subject: string, detail: string) =>
    gap({ id, subject, detail, scope: repositoryScope, call: 'image layer', reason: 'malformed' });
  const digests = ['1', '2', '3', '4', '5'].map((digit) => `sha256:${digit.repeat(64)}`);
  const gaps = [
    ...digests.slice(0, 4).map((digest, at) => of(`gap:${at}`, digest, 'it is no tar')),
    of('gap:4', digests[4] ?? '', 'its bytes are not those of its digest'),
  ];
  expect(coverageLines({ ...report, gaps }).slice(1)).toEqual([
    'image layer sha256:111111111111, sha256:222222222222, sha256:333333333333, 1 more answered badly in image/registry.example/ml/chat, 4 times (0 checks): it is no tar; run by aws.bedrock-agent.agent in us-east-1: "serving"',
    'image layer sha256:555555555555 answered badly in image/registry.example/ml/chat (0 checks): its bytes are not those of its digest; run by aws.bedrock-agent.agent in us-east-1: "serving"',
  ]);
});
