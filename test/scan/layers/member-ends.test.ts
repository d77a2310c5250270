import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layerPassesHere } from '../../../src/scan/layers/layer-passes.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleInContext } from '../../../src/secrets/detectors/example.ts';
import { zip } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const set = await loadDetectorSet();
const passes = layerPassesHere({ set });
const block = 512;

describe('a key at the very edge of a file of a layer', () => {
  it('is found where the file ends with its last block, and the header behind it begins with letters', async () => {
    const missed: string[] = [];
    for (const detector of set.detectors) {
      const { before, key, after } = exampleInContext(detector, 'edge');
      if (after !== '') continue; // something has to stand behind it
      const text = before + key;
      const content = `${'#'.repeat(block - 1 - (text.length % block))}\n${text}`;
      const tar = tarBytes([
        { name: 'app/.env', content },
        { name: 'Abcdefghijklmnopqrstuvwxyz0123456789/next', content: 'x' },
      ]);
      const found = await matchesIn(tar);
      const isFound = found.some(
        ({ detector: rule, path, endByte }) => path === 'app/.env' && isRule(rule, detector) && endByte === block + content.length,
      );
      if (content.length % block !== 0 || !isFound) missed.push(detector.id);
    }
    expect(missed).toEqual([]);
  });

  it.each([
    ['a tar', (tar: Buffer) => tar, 'in.tar!/app/.env'],
    ['a packed tar', (tar: Buffer) => gzipSync(tar), 'in.tar!/app/.env'],
    ['a tar in a packed tar', (tar: Buffer) => gzipSync(tarBytes([{ name: 'deep.tar', content: tar }])), 'in.tar!/deep.tar!/app/.env'],
  ])('is found in %s inside of the layer', async (_, pack, path) => {
    const { before, key } = exampleInContext(set.detectors.find(({ id }) => id === 'anthropic.api-key')!, 'edge');
    const text = before + key;
    const content = `${'#'.repeat(3 * block - 1 - text.length)}\n${text}`;
    const tar = tarBytes([
      { name: 'app/.env', content },
      { name: 'Abcdefghijklmnopqrstuvwxyz0123456789/next', content: 'x' },
      { name: 'app/again', content: text },
    ]);
    const found = await matchesIn(tarBytes([{ name: 'in.tar', content: pack(tar) }]));
    expect(found.map((match) => match.path)).toEqual([path, path.replace('.env', 'again')]);
  });

  it.each([
    ['stored', { isStored: true as const }],
    ['stored, its size behind it', { isStored: true as const, isStreamed: true }],
    ['stored in a zip in a packed zip', { isStored: true as const, isDeep: true }],
  ])(
    'is found in a zip, %s, between its name and the next header',
    async (_, written: { isStored: true; isStreamed?: boolean; isDeep?: boolean }) => {
      const { isDeep = false, ...how } = written;
      const missed: string[] = [];
      for (const detector of set.detectors.filter(({ spec }) => spec.context === undefined && spec.example === undefined)) {
        const { key } = exampleInContext(detector, 'zip');
        const inner = zip([
          { name: 'app/token', content: key, ...how },
          { name: 'next', content: 'abc', ...how },
        ]);
        const found = await matchesIn(
          tarBytes([{ name: 'in.zip', content: isDeep ? zip([{ name: 'deep.zip', content: inner }]) : inner }]),
        );
        const path = isDeep ? 'in.zip!/deep.zip!/app/token' : 'in.zip!/app/token';
        if (!found.some((match) => match.path === path && match.offsetInFile === 0 && isRule(match.detector, detector)))
          missed.push(detector.id);
      }
      expect(missed).toEqual([]);
    },
  );

  it('is found where it begins the file', async () => {
    const missed: string[] = [];
    for (const detector of set.detectors) {
      const { before, key, after } = exampleInContext(detector, 'start');
      const found = await matchesIn(
        tarBytes([
          { name: 'first', content: 'abc' },
          { name: 'key', content: `${before}${key}${after}\n` },
        ]),
      );
      if (!found.some(({ detector: rule, path }) => path === 'key' && isRule(rule, detector))) missed.push(detector.id);
    }
    expect(missed).toEqual([]);
  });

  it('is not put together from the end of one file and the name of the next', async () => {
    const detector = set.detectors.find(({ id }) => id === 'anthropic.api-key');
    const { key } = exampleInContext(detector as NonNullable<typeof detector>, 'cut');
    for (const cut of [20, 60, key.length - 3]) {
      const content = key.slice(0, cut).padStart(block, ' ');
      const tar = tarBytes([
        { name: 'app/.env', content },
        { name: key.slice(cut), content: 'x' },
      ]);
      expect(await matchesIn(tar)).toEqual([]);
    }
  });
});

const isRule = (rule: string, { id, spec }: (typeof set.detectors)[number]): boolean => rule === id || rule === `shared.${spec.collides}`;

async function matchesIn(tar: Buffer) {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield tar;
  }
  const blob = { digest: 'sha256:0', size: tar.length, mediaType: '' };
  return (await passes.passLayer(blob, bytes(), new AbortController().signal)).matches;
}
