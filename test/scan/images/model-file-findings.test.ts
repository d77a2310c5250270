import { expect, onTestFinished, test } from 'vitest';
import { assemble } from '../../../src/scan/judge/assemble.ts';
import { modelFileJudgements } from '../../../src/scan/images/model-file-findings.ts';
import { gapId } from '../../../src/model/ids.ts';
import { type LabImage, repositoryWith, startLab } from '../../support/image-lab.ts';
import { repositoryAsset } from '../../support/image-estate.ts';
import { evidenceInWords } from '../../../src/report/describe.ts';
import { summaryLines } from '../../../src/report/summary.ts';

/** Protocol 0: what is called with a string. */
const calling = (module: string, name: string): string => `c${module}\n${name}\n(S'id'\ntR.`;
const attack = calling('posix', 'system');

async function reportOf(...images: readonly LabImage[]) {
  const lab = await startLab({ app: await repositoryWith(...images) });
  onTestFinished(() => lab.close());
  const { inventory } = await lab.inspect(['app'], { tags: 'all' });
  return assemble({ inventory, judgements: [], checks: [], frameworks: [], failOn: 'high', includePass: true });
}

test('a model file that runs code when it is loaded is a finding, with its layer', async () => {
  const { findings, gate, verdicts, checks } = await reportOf({
    layers: [
      [['etc/os-release', 'ID=debian\n']],
      [
        ['models/bad.pkl', attack],
        ['models/nested.pkl', calling('torch.storage', '_load_from_bytes')],
        ['models/good.pkl', calling('collections', 'OrderedDict')],
      ],
    ],
  });
  expect(findings.map(({ rule, severity, place, locations }) => ({ rule, severity, place, locations }))).toEqual([
    {
      rule: 'model-file.runs-code',
      severity: 'high',
      place: 'models/bad.pkl',
      locations: [
        expect.objectContaining({ kind: 'image', platforms: ['linux/amd64'], layerIndex: 1, path: 'models/bad.pkl', visible: 'final' }),
      ],
    },
    expect.objectContaining({ rule: 'model-file.unpickles-more', severity: 'medium', place: 'models/nested.pkl' }),
  ]);
  expect(findings.flatMap(({ evidence }) => evidence.map(evidenceInWords))[0]).toBe(
    'models/bad.pkl needs a look: loading it calls posix.system',
  );
  expect(gate.exitCode).toBe(1);
  expect(verdicts.map(({ check, verdict }) => [check, verdict.status])).toEqual([
    ['oci.repository.keys', 'pass'],
    ['oci.repository.model-files', 'fail'],
  ]);
  expect(checks.map(({ id }) => id)).toContain('model-file.runs-code');
});

test('one file in several images is one finding, and what a later layer deletes is none', async () => {
  const layer: LabImage['layers'][number] = [['m.pkl', attack]];
  const { findings } = await reportOf({ tag: '1', layers: [layer, [['a', 'a']]] }, { tag: '2', layers: [layer, [['b', 'b']]] });
  expect(findings.map(({ locations }) => locations.map((at) => 'tags' in at && at.tags))).toEqual([[['1', '2']]]);
  const deleted = await reportOf({ layers: [layer, [['.wh.m.pkl', '']]] });
  expect([deleted.findings, deleted.gate.exitCode]).toEqual([[], 0]);
});

test('a repository with unread layers and no such file is unknown; one with unread configs alone is not', () => {
  const unread = (prefix: string) => repositoryAsset({ unread: [{ prefix, why: { gap: gapId('gap:x') } }] });
  expect(modelFileJudgements([unread('layers'), unread('manifests')]).map(({ verdict }) => verdict.status)).toEqual(['unknown', 'pass']);
});

test('a pickle that was read in part is no pass; the exit code stays, and keys were searched all the same', async () => {
  const deep = `(${'N'.repeat(150_000)}${attack}`;
  const { verdicts, gate, limits } = await reportOf({ layers: [[['m.pkl', deep]]] });
  expect(verdicts.map(({ check, verdict }) => [check, verdict.status])).toEqual([
    ['oci.repository.keys', 'pass'],
    ['oci.repository.model-files', 'unknown'],
  ]);
  expect(verdicts.map(({ verdict }) => verdict.status === 'unknown' && verdict.because)).toEqual([false, [{ limit: limits[0]?.id }]]);
  expect(gate.exitCode).toBe(0);
});

test('the summary names what images are made of', async () => {
  const metadata = (name: string): string => `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`;
  const packages = ['torch', 'vllm', 'openai', 'transformers', 'langchain', 'anthropic', 'diffusers'];
  const head = await reportOf({
    layers: [
      [
        ...packages.map((name) => [`usr/lib/python3/dist-packages/${name}-1.0.dist-info/METADATA`, metadata(name)] as const),
        ['m.pkl', attack],
      ],
    ],
  });
  const lines = summaryLines({ head, worst: [] }).filter(({ label }) => label === 'assets');
  expect(lines.map(({ text }) => text)).toEqual([
    'oci 1   (1 repository)',
    expect.stringMatching(/^in images: (?:\S+ 1\.0, ){5}2 more, 1 model file$/),
  ]);
});
