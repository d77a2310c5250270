import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { emptyRepository, putIndex, type Repository } from '../../src/demo/registry/content.ts';
import type { Report } from '../../src/model/report.ts';
import { addImage, keyOf, type Lab, repositoryWith, startLab } from '../support/image-lab.ts';
import { newComputer, runCli, runShell } from '../support/run-cli.ts';

const withKey = (number: number, tag = 'latest') => ({
  layers: [[['app/.env', `KEY=${keyOf('anthropic.api-key', number)}\n`]]] as const,
  tag,
});

async function twoPlatforms(): Promise<Repository> {
  const repository = emptyRepository();
  const images = [];
  for (const [number, architecture] of (['amd64', 'arm64'] as const).entries())
    images.push({ ...(await addImage(repository, withKey(20 + number, architecture))), platform: { os: 'linux', architecture } });
  putIndex(repository, images, 'latest');
  repository.tags.delete('amd64');
  repository.tags.delete('arm64');
  return repository;
}

let lab: Lab;
beforeAll(async () => {
  lab = await startLab(
    {
      'ml/chat': await repositoryWith(withKey(1, '1.0'), withKey(2, '2.0')),
      'ml/rank': await repositoryWith(withKey(3)),
      'web/site': await repositoryWith({ layers: [[['index.html', 'hello']]] }),
      'web/both': await twoPlatforms(),
    },
    { pageSize: 2 },
  );
});
afterAll(() => lab.close());

async function scan(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly report: Report; readonly stderr: string }> {
  const computer = await newComputer();
  const { code, stdout, stderr } = await runCli(computer, ['image', ...args, '-f', 'json']);
  return { code, report: JSON.parse(stdout) as Report, stderr };
}

const repositories = ({ assets }: Report): readonly string[] => assets.map(({ name }) => name.slice(name.indexOf('/') + 1));
const tagsOf = ({ assets }: Report, name: string) =>
  assets.flatMap((asset) =>
    asset.name.endsWith(name) ? (asset.facts['manifests'] as { tags: string[] }[]).flatMap(({ tags }) => tags) : [],
  );

describe('a whole registry', () => {
  test('is every repository of its catalogue over all pages, and the newest tag of each', async () => {
    const { code, report } = await scan('--registry', lab.host);
    expect([code, repositories(report), report.gaps]).toEqual([1, ['ml/chat', 'ml/rank', 'web/both', 'web/site'], []]);
    expect(tagsOf(report, 'ml/chat')).toEqual(['2.0']);
    expect(report.selection).toEqual([`registry ${lab.host}`, 'tags: the newest of each repository of a registry']);
    expect(report.findings).toHaveLength(4);
  });

  test('can be narrowed by a glob, and widened to all tags', async () => {
    const { report } = await scan('--registry', `${lab.host}/ml/*`, '--tags', 'all');
    expect(repositories(report)).toEqual(['ml/chat', 'ml/rank']);
    expect(tagsOf(report, 'ml/chat').sort()).toEqual(['1.0', '2.0']);
  });

  test('can be read in parts that are put together again', async () => {
    const computer = await newComputer();
    const parts = ['1/2', '2/2'].map((shard) => ['image', '--registry', lab.host, '--shard', shard] as const);
    for (const [at, args] of parts.entries())
      await runCli(computer, [...args, '-f', `json=part-${at}.json`, '--save-inventory', `inventory-${at}.json`]);
    const joined = await runCli(computer, ['convert', 'part-0.json', 'part-1.json', '-f', 'json']);
    const whole = await runCli(computer, ['image', '--registry', lab.host, '-f', 'json']);
    const { findings, assets } = JSON.parse(whole.stdout) as Report;
    expect(JSON.parse(joined.stdout)).toMatchObject({ findings, assets: assets.map(({ id }) => ({ id })) });
    // Which repository falls into which part depends on the port of the registry: each falls into exactly one.
    const inParts = await Promise.all(
      parts.map(async (_, at) => (JSON.parse(await computer.read(`part-${at}.json`)) as Report).assets.map(({ id }) => id)),
    );
    expect(inParts.flat().sort()).toEqual(assets.map(({ id }) => id).sort());
    const judged = await runCli(computer, ['evaluate', 'inventory-0.json', 'inventory-1.json', '-f', 'json']);
    expect((JSON.parse(judged.stdout) as Report).findings.map(({ fingerprint }) => fingerprint)).toEqual(
      findings.map(({ fingerprint }) => fingerprint),
    );
  });

  test('whose catalogue is refused is a gap and exit code 3, never an empty registry', async () => {
    const closed = await startLab({ app: emptyRepository() }, { auth: { kind: 'basic', logins: [] } });
    try {
      const { code, report } = await scan('--registry', closed.host);
      expect([code, report.assets]).toEqual([3, []]);
      expect(report.gaps).toMatchObject([{ call: 'image catalogue', reason: 'denied', scope: `image/${closed.host}/global` }]);
      expect(report.gaps[0]?.detail).toMatch(/^the catalogue could not be read: .* asks for a login/);
    } finally {
      await closed.close();
    }
  });

  test('without what the glob names is a gap', async () => {
    const { code, report } = await scan('--registry', `${lab.host}/nlp/*`);
    expect([code, report.gaps.map(({ detail }) => detail)]).toEqual([3, ['none of its 4 repositories is like "nlp/*"']]);
  });
});

describe('a list of images', () => {
  test('is read from a file, with comments and empty lines, beside those of the command line', async () => {
    const computer = await newComputer();
    await computer.write('images.txt', `# ours\n${lab.host}/ml/rank   # of the team\n\r\n${lab.host}/web/site\r\n`);
    const { code, stdout } = await runCli(computer, ['image', `${lab.host}/ml/rank`, '--from-file', 'images.txt', '-f', 'json']);
    expect([code, repositories(JSON.parse(stdout) as Report)]).toEqual([1, ['ml/rank', 'web/site']]);
  });

  test('is read from a pipe', async () => {
    const { code, stdout } = await runShell(await newComputer(), `echo ${lab.host}/web/site | aispm image --from-file - -f json`);
    expect([code, repositories(JSON.parse(stdout) as Report)]).toEqual([0, ['web/site']]);
  });

  test.each([
    ['one that does not parse', 'a/b\nA/B\n', 'line 2 of "images.txt": "A/B" is no image reference'],
    ['one that is no text', 'a\0b', 'the list of images "images.txt" is no text'],
    ['a missing one', undefined, 'cannot read the list of images "images.txt": there is no such file'],
  ])('is a mistake of the user: %s', async (_, text, says) => {
    const computer = await newComputer();
    if (text !== undefined) await computer.write('images.txt', text);
    const { code, stderr } = await runCli(computer, ['image', '--from-file', 'images.txt']);
    expect([code, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining(says)]);
  });

  test('that is empty leaves nothing to scan', async () => {
    const computer = await newComputer();
    await computer.write('images.txt', '# none yet\n');
    const { code, why } = await runCli(computer, ['image', '--from-file', 'images.txt']);
    expect([code, why]).toEqual([5, expect.stringContaining('nothing to scan')]);
  });
});

describe('a platform', () => {
  test('that is chosen is read alone, and the others are printed as left out', async () => {
    const { code, report } = await scan(`${lab.host}/web/both`, '--platform', 'linux/arm64');
    expect([code, report.findings.length, report.gaps]).toEqual([1, 1, []]);
    expect(report.limits).toMatchObject([{ subject: 'images for linux/amd64', reason: 'by-design', count: 1 }]);
    expect(report.selection).toContain('platform linux/arm64');
  });

  test('that an image does not have is a gap', async () => {
    const { code, report } = await scan(`${lab.host}/web/both`, '--platform', 'linux/s390x');
    expect([code, report.findings]).toEqual([3, []]);
    expect(report.gaps.map(({ detail }) => detail)).toEqual(['it has no image for the chosen platform; it has linux/amd64, linux/arm64']);
  });
});

test.each([
  [['--registry', 'registry.example/', '--offline'], '--offline allows no connection, and "registry.example/" is a registry'],
  [['--registry', 'a b'], '"a b" is no image reference'],
  [['app', '--platform', 'arm64'], '--platform "arm64" is no platform'],
  [['app', '--shard', '3/2'], '--shard "3/2" is no part of a whole'],
  [['registry.example:5000'], 'it is the name of a registry, or of a file'],
  [['-'], 'nothing was piped in'],
])('%j is a mistake of the user', async (args, says) => {
  const { code, stderr } = await runCli(await newComputer(), ['image', ...args]);
  expect([code, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining(says)]);
});
